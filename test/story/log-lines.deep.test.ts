import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Client, linkIn, makeClient } from './client.ts'
import { changedPlaybook } from './playbook-folder.ts'
import { startTrichter, type Trichter } from './trichter.ts'

let data: string
let playbook: string
let running: Trichter
let client: Client
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'trichter-log-'))
  playbook = await changedPlaybook(async (folder) => {
    const file = join(folder, 'handoff.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(/^qualify: .*$/m, `qualify: 'did("quote.requested") && consented'`))
  })
  running = await startTrichter(['--data', data, '--playbook', playbook])
  client = makeClient(running.url)
})
afterAll(async () => {
  const code = await running.stop()
  await Promise.all([data, playbook].map((folder) => rm(folder, { recursive: true })))
  expect(code).toBe(0)
})

/** What is said of the person anywhere in the story; each is found nowhere else. */
const said = {
  email: 'Ottilie.Zwirner@Quarzwerk.example.net',
  firstName: 'Ottilie',
  lastName: 'Zwirner',
  company: 'Quarzwerk',
  phone: '+49 521 7788991',
  message: 'Unser Kompressor pfeift seit Dienstag',
  note: 'Ruft am liebsten vormittags zurück',
  address: '203.0.113.77',
}

interface Line {
  readonly function: string
  readonly correlationId?: string
  readonly correlationIds?: readonly string[]
  readonly leadId?: string
  readonly work?: string
}

const logLines = async (): Promise<readonly { readonly text: string; readonly line: Line }[]> => {
  const folder = join(data, 'logs')
  const texts = await Promise.all(
    (await readdir(folder)).map(async (file) => ({ file, text: await readFile(join(folder, file), 'utf8') })),
  )
  return texts.flatMap(({ file, text }) =>
    text
      .split('\n')
      .filter(Boolean)
      .map((one) => ({
        text: one,
        line: { ...JSON.parse(one), function: /-(\w+?)Function/.exec(file)?.[1] ?? file },
      })),
  )
}

it('tells by one id how a form came to a handoff, and of the person nothing', async () => {
  const { address, note, ...fields } = said
  await client.postEvents([
    {
      id: 'before',
      type: 'page.viewed',
      subject: { email: said.email },
      properties: { path: `/${said.company}` },
    },
  ])
  const answer = await client.raw('/f/quote?lang=de', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ ...fields, optIn: 'on' }),
  })
  expect(answer.status).toBe(202)
  const { id }: { id: string } = JSON.parse(await answer.text())
  await client.settle()

  const { leadId, handoffs } = await client.leadByEmail(said.email)
  expect(handoffs).toHaveLength(1)
  const told = (await client.events()).filter(
    ({ source, detail }) => source === 'trichter' && detail.metadata,
  )
  const followed = told.filter(({ detail }) => Object(detail.metadata).correlationId === id)
  expect(followed.map((event) => event['detail-type'])).toEqual(
    expect.arrayContaining(['LeadQualified', 'HandoffRequested', 'EmailSent']),
  )

  const lines = await logLines()
  const ofForm = lines.filter(({ line }) => [line.correlationId, line.correlationIds].flat().includes(id))
  expect(new Set(ofForm.map(({ line }) => line.function))).toEqual(
    new Set(['Intake', 'Record', 'Nurture', 'Handoff', 'Send', 'Figures']),
  )
  expect(ofForm.map(({ line }) => line.work)).toEqual(
    expect.arrayContaining(['Activity', 'LeadQualified', 'EmailRequested']),
  )
  // The recorder names the lead, by which the rest of its story is found.
  expect(ofForm.filter(({ line }) => line.leadId === leadId).length).toBeGreaterThan(2)

  const [confirm] = (await client.inbox(said.email)).filter(({ html }) => html.includes('/confirm/'))
  if (!confirm) throw new Error('no confirmation')
  await client.raw(linkIn(confirm, '/confirm/'), { method: 'POST' })
  await client.post(`/api/handoffs/${handoffs[0]?.handoffId}/reject`, { reason: 'not-now', note })
  await client.raw(`/api/leads/${leadId}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer local-admin' },
  })
  await client.settle()
  await client.advance('2d')

  const all = await logLines()
  expect(all.length).toBeGreaterThan(lines.length)
  const words = Object.values(said).flatMap((text) => [text, encodeURIComponent(text)])
  const leaking = all.filter(({ text }) =>
    words.some((word) => text.toLowerCase().includes(word.toLowerCase())),
  )
  expect(leaking).toEqual([])
  // Whoever writes to us from anywhere: no line holds what could be an address.
  expect(all.filter(({ text }) => /[\w.+-]+@[\w-]+\.[a-z]{2,}/i.test(text))).toEqual([])
})
