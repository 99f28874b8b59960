import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { moveFolder } from '../../../bin/pinpoint/move-folder.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { parseRehearsal } from '../../../domain/rehearsal/rehearsal.ts'
import { rehearse } from '../../../functions/rehearse/rehearse.ts'
import { loadPlaybook } from '../../../lib/playbook/load-playbook.ts'
import { printed } from '../printed.ts'
import { byEvent, endpoints, everyKind, segments, templates } from './sample-export.ts'

const now = '2026-01-01T00:00:00.000Z'
let folder = ''
let out = ''
let playbook: Playbook
const written = (file: string) => readFile(join(out, file), 'utf8')

const save = async (file: string, content: string | Uint8Array): Promise<void> => {
  const path = join(folder, 'export', file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinpoint-'))
  out = join(folder, 'out')
  await save('journeys/1.json', JSON.stringify({ JourneyResponse: everyKind }))
  await save('journeys/all.json', JSON.stringify({ JourneysResponse: { Item: [byEvent] } }))
  await save('segments.json', JSON.stringify({ SegmentsResponse: { Item: segments } }))
  for (const template of templates)
    await save(`templates/${template.TemplateName}.json`, JSON.stringify({ EmailTemplateResponse: template }))
  const lines = endpoints.map((endpoint) => JSON.stringify(endpoint)).join('\n')
  await save('endpoints/part-0.json.gz', gzipSync(`${lines}\n`))
  await save(
    'endpoints/seg-list/part-1.csv',
    'ChannelType,Address,User.UserAttributes.FirstName.0,Metrics.orders\nEMAIL,lee@werk.example.net,Lee,2\n',
  )
  await save('notes.json', '{"a":1}')
  const { status } = await printed(() =>
    moveFolder({ from: join(folder, 'export'), to: out, language: 'en', timeZone: 'Europe/Berlin', now }),
  )
  expect(status).toBe(0)
  const loaded = await loadPlaybook(out)
  if (!loaded.playbook) throw new Error(JSON.stringify(loaded.faults))
  playbook = loaded.playbook
}, 60_000)

afterAll(() => rm(folder, { recursive: true }))

const activities = (more: readonly string[], attributes: string) => `
lead: { email: grete@werk.example.net }
start: 2026-03-02T20:00:00+01:00
activities:
  - { at: 0h, type: consent.granted, properties: { purpose: newsletter } }
  - { at: 0h, type: consent.granted, properties: { purpose: tracking } }
  - { at: 0h, type: profile.updated, properties: { fields: { country: DE, plan: pro, orders: "3", ${attributes} } } }
${more.map((line) => `  - ${line}\n`).join('')}until: 30d
`

/** What a lead gets, and which messages of other kinds are asked for. */
const played = async (more: readonly string[], attributes = 'a: b') => {
  const text = activities(more, attributes)
  const { rehearsal, faults } = parseRehearsal('lead.yaml', text, { playbook, now })
  if (!rehearsal) throw new Error(JSON.stringify(faults))
  const { entries, outcome } = await rehearse(rehearsal, playbook)
  expect(entries.filter(({ type }) => type === 'failed')).toEqual([])
  return {
    mails: entries.flatMap((one) => (one.type === 'mail' ? [one.email] : [])),
    sequences: outcome?.sequences.map(({ sequence }) => sequence),
  }
}

describe('a journey with every kind of activity', () => {
  test('sends who clicked along the one way, and on where the ways meet', async () => {
    const { mails } = await played(['{ at: 1d, clicks: welcome-mail }'])
    expect(mails.slice(0, 2)).toEqual(['welcome-mail', 'offer'])
    // Nine of ten; this lead is one of them or held out, the same each time.
    expect([[], ['last-mail']]).toContainEqual(mails.slice(2))
  })

  test('sends who did not along the other, which no email is part of', async () => {
    const { mails } = await played(['{ at: 1d, type: cart.filled }'])
    expect(mails[0]).toBe('welcome-mail')
    expect(['variant-a', 'variant-b']).toContain(mails[1])
    expect(mails).toHaveLength(2)
  })

  test('asks the team to call where the contact centre would have', async () => {
    const { mails } = await played(['{ at: 1d, clicks: welcome-mail }'], 'tier: gold')
    expect(mails.slice(0, 3)).toEqual(['welcome-mail', 'offer', 'notify'])
    expect(['variant-a', 'variant-b']).toContain(mails[3])
  })

  test('is not for whom the segment leaves out', async () => {
    const { mails } = await played([], 'doNotMail: "yes"')
    expect(mails).toEqual([])
  })

  test('keeps shares, waits, limits and quiet time', () => {
    const [first, rest] = ['every-kind', 'every-kind-2'].map((id) => playbook.sequences[id])
    expect(first).toMatchObject({
      enter: { segment: 'germans-on-a-plan' },
      reenter: 'never',
      program: expect.arrayContaining([{ type: 'wait', for: 2 * 86_400_000 }]),
    })
    expect(first?.program.filter(({ type }) => type === 'enter')).toEqual([
      { type: 'enter', sequence: 'every-kind-2' },
      { type: 'enter', sequence: 'every-kind-2' },
    ])
    const splits = playbook.sequences['every-kind-3']?.program.flatMap((step) =>
      step.type === 'split' ? [step.ways] : [],
    )
    expect(splits).toMatchObject([[{ share: 70 }, { share: 30 }]])
    expect(rest?.program).toContainEqual({ type: 'exit', because: 'held out' })
    expect(playbook.settings).toMatchObject({
      sender: { name: 'Acme', email: 'news@mail.acme.example' },
      sending: { from: '08:00', to: '21:00' },
      caps: [{ emails: 3, per: 86_400_000 }],
    })
  })
})

test('a journey that events begin becomes a sequence for each event', () => {
  expect(playbook.sequences['after-an-order']).toMatchObject({
    enter: { activity: 'event.orderplaced' },
    reenter: 7 * 86_400_000,
    program: [{ type: 'email', email: 'thanks' }],
  })
  expect(playbook.sequences['after-an-order-by-subscription-renewed']).toMatchObject({
    enter: { activity: 'subscription.renewed' },
    program: [{ type: 'enter', sequence: 'after-an-order' }],
  })
})

test('the report names what has no equal, and what is to do', async () => {
  const report = await written('report.md')
  for (const part of [
    'activity sms**',
    'activity push**',
    'activity custom**',
    'activity call**',
    'it was COMPLETED',
    'the email template "Never exported"',
    'leads back to thanks',
    'properties of the starting event',
    'notes.json: neither',
    'the link to "{{Attributes.link}}"',
    'an invisible picture',
    'its HTML does not pass the check',
    'interests has several values',
    'no proof of consent',
    '1 address opted out',
  ])
    expect(report).toContain(part)
})

test('a template keeps its words, its variables and its conditions', async () => {
  const email = await written('emails/welcome-mail.en.mjml')
  expect(email).toContain('subject: "Hello {{ lead.firstName | default: \\"friend\\" }}"')
  expect(email).toContain('{{ lead.plan | default: "" | upcase }}')
  expect(email).toContain("?name={{ lead.firstName | default: 'friend' | url_encode }}")
  expect(email).toContain('{% if p1 != "" %}')
  expect(email).toContain('href="{{ links.unsubscribe }}"')
  expect(email).not.toMatch(/script|track\.example|@import/)
  expect(await written('emails/variant-b.en.mjml')).toContain(
    'Second &amp; last {{ lead.city | default: "" }}',
  )
})

test('the import file has each address once, and no consent', async () => {
  expect((await written('import/contacts.csv')).split('\r\n')).toEqual([
    'email,city,country,firstName,in_fair_2024,interests,language,note,orders,phone,plan,timeZone,userId,opted-out',
    'lee@werk.example.net,,,Lee,yes,,,,2,,,,,',
    'grete@werk.example.net,Köln,DE,Grete,,"air; noise, loud",de-DE,,3,+49301234567,team,Europe/Berlin,u1,',
    "gone@werk.example.net,,,,,,,'=cmd(),,,,,,yes",
    '',
  ])
  expect(parse(await written('import/map.yaml'))).toMatchObject({
    columns: { email: 'email', orders: 'orders', 'opted-out': '$unsubscribed' },
  })
})

test('a folder with something in it is not written to', async () => {
  const again = moveFolder({ from: join(folder, 'export'), to: out, language: 'en', timeZone: 'UTC', now })
  await expect(again).rejects.toThrow('is not empty')
})
