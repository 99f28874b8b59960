import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { linkIn, makeClient } from '../story/client.ts'
import { tableItems } from '../story/table-items.ts'
import { startTrichter } from '../story/trichter.ts'
import type { OldData } from './old-data.ts'

/**
 * Writes what an earlier release leaves behind: `node test/old-data/make.ts COMMIT`. The release is checked out and
 * installed beside this one, runs as its users ran it, and is asked over HTTP what it knows about each lead.
 */
const [commit] = process.argv.slice(2)
if (!commit) {
  console.error('usage: node test/old-data/make.ts COMMIT')
  process.exit(2)
}

const scratch = mkdtempSync(join(tmpdir(), 'trichter-old-'))
const release = join(scratch, 'release')
const data = join(scratch, 'data')
/** Far enough ahead for a clock that is never moved back to start there for years. */
const ahead = '3650d'

const checkOut = (): void => {
  const run = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  run('git', 'worktree', 'add', '--detach', release, commit)
  run('npm', 'ci', '--prefix', release, '--no-fund', '--no-audit')
}

const filesBelow = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.includes('/schema/'))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  )

const live = async (url: string) => {
  const client = makeClient(url)
  let ids = 0
  const post = (email: string, ...facts: readonly (readonly [type: string, properties?: object])[]) =>
    client.postEvents(
      facts.map(([type, properties = {}]) => {
        ids += 1
        return { id: `old-${ids}`, type, properties, subject: { email } }
      }),
    )
  const signUp = async (email: string, confirms: boolean): Promise<void> => {
    await client.submitForm('newsletter', { email }, '?lang=de')
    await client.settle()
    const [asked] = await client.inbox(email)
    if (confirms && asked)
      await fetch(linkIn(asked, '/confirm/'), { method: 'POST', headers: { accept: 'text/html' } })
    await client.settle()
  }
  const requests = async (email: string): Promise<void> => {
    await signUp(email, true)
    await post(
      email,
      [
        'profile.updated',
        { fields: { firstName: email.split('@')[0], country: 'DE', employees: 250, role: 'CTO' } },
      ],
      ['page.viewed', { url: 'https://www.example.com/preise', utm_source: 'search' }],
      ['content.downloaded', { content: 'guide' }],
      ['webinar.attended'],
      ['demo.requested'],
      ['quote.requested'],
    )
    await client.settle()
  }
  const answer = async (email: string, path: string, body: object): Promise<void> => {
    const { handoffs } = await client.leadByEmail(email)
    const [handoff] = handoffs
    if (!handoff) throw new Error(`${email} is not with sales`)
    const response = await client.post(`/api/handoffs/${handoff.handoffId}/${path}`, body)
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    await client.settle()
  }

  await client.advance(ahead)
  await signUp('waiting@old.example.net', true)
  await signUp('unconfirmed@old.example.net', false)
  await signUp('left@old.example.net', true)
  const [, welcome] = await client.inbox('left@old.example.net')
  if (!welcome) throw new Error('nobody was welcomed')
  await fetch(linkIn(welcome, '/u/'), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  await requests('open@old.example.net')
  await requests('accepted@old.example.net')
  await answer('accepted@old.example.net', 'accept', {})
  await requests('rejected@old.example.net')
  await answer('rejected@old.example.net', 'reject', { reason: 'not-now' })
  await requests('won@old.example.net')
  await answer('won@old.example.net', 'accept', {})
  await post(
    'won@old.example.net',
    ['proposal.sent', { proposalId: 'p-1', amount: 4200, currency: 'EUR' }],
    ['deal.won', { amount: 4200, currency: 'EUR' }],
  )
  await client.settle()
  await client.advance('1d')
  await client.settle()
  return client
}

const remember = async (url: string): Promise<OldData> => {
  const client = await live(url)
  const { items } = await client.get<{ items: { leadId: string }[] }>('/api/leads?limit=100')
  const leads: OldData['leads'][number][] = []
  for (const { leadId } of items) {
    const lead = await client.get<OldData['leads'][number]['lead']>(`/api/leads/${leadId}`)
    leads.push({ lead, explanation: await client.explanation(leadId) })
  }
  return {
    commit,
    now: await client.now(),
    playbook: filesBelow(join(release, 'templates')),
    items: await tableItems(client),
    mails: (await client.inbox()).map(({ to, subject }) => ({ to: to[0] ?? '', subject })),
    leads,
    files: {},
  }
}

try {
  checkOut()
  const running = await startTrichter(['--data', data], release)
  const remembered = await remember(running.url)
  await running.stop()
  const files = Object.fromEntries(
    ['secrets.json', 'schedules.jsonl'].map((name) => [name, readFileSync(join(data, name), 'utf8')]),
  )
  const path = join(import.meta.dirname, `${commit.slice(0, 7)}.json.gz`)
  writeFileSync(path, gzipSync(JSON.stringify({ ...remembered, files }), { level: 9 }))
  console.log(`${path}: ${remembered.items.length} items of ${remembered.leads.length} leads`)
} finally {
  execFileSync('git', ['worktree', 'remove', '--force', release])
  rmSync(scratch, { recursive: true, force: true })
}
