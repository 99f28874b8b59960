import { expect, test } from 'vitest'
import { linkIn } from './client.ts'
import { tableItems } from './table-items.ts'
import { useStory } from './use-story.ts'

const client = useStory()
const items = () => tableItems(client)

const holding = async (...texts: readonly string[]): Promise<readonly string[]> =>
  (await items()).filter((item) => texts.some((text) => item.toLowerCase().includes(text.toLowerCase())))

const signUp = (email: string, more: Record<string, string> = {}) =>
  client.submitForm('newsletter', { email, ...more }, '?lang=de')

const confirm = (link: string) => fetch(link, { method: 'POST', headers: { accept: 'text/html' } })

const typesOf = async (leadId: string): Promise<readonly string[]> =>
  (await client.events())
    .filter(({ detail }) => detail.data?.leadId === leadId)
    .map((event) => event['detail-type'])

test('whoever does not confirm is reminded once, and forgotten after thirty days', async () => {
  const email = 'nora@stille.example.net'
  await signUp(email, { firstName: 'Noralinde' })
  await signUp(email, { firstName: 'Noralinde' })
  await client.settle()
  const [asked] = await client.inbox(email)
  expect(await client.inbox(email)).toHaveLength(2)
  // A mail scanner opens everything; nothing follows.
  for (let visit = 0; visit < 3; visit += 1) if (asked) await fetch(linkIn(asked, '/confirm/'))
  const { leadId, consent } = await client.leadByEmail(email)
  expect(consent).toBe('pending')

  await client.advance('4d')
  expect(await client.inbox(email)).toHaveLength(3)
  await client.advance('20d')
  expect(await client.inbox(email)).toHaveLength(3)
  await client.advance('8d')
  await client.settle()

  expect(await holding(email, 'Noralinde')).toEqual([])
  expect(await typesOf(leadId)).toContain('LeadErased')
  expect((await client.post(`/api/leads/${leadId}/activities`, {}, 'admin')).status).not.toBe(500)
  expect(await client.deadLetters()).toEqual([])
}, 60_000)

test('the preference page shows what was agreed to; choosing and leaving hold at once', async () => {
  const email = 'petra@halle.example.net'
  await signUp(email)
  await client.settle()
  const [asked] = await client.inbox(email)
  if (!asked) throw new Error('nothing to confirm')
  await confirm(linkIn(asked, '/confirm/'))
  await client.settle()
  const mails = await client.inbox(email)
  const link = linkIn(mails.at(-1) ?? asked, '/u/')
  const page = await (await fetch(link, { headers: { accept: 'text/html' } })).text()
  expect(page).toContain('<html lang="de">')
  expect(page).toMatch(/name="purpose\.newsletter"[^>]*checked/)
  expect(page).not.toMatch(/name="purpose\.consultation"[^>]*checked/)
  expect(page).toContain('Ja, ich möchte von der Leisewerk GmbH per E-Mail')

  const choose = (fields: Record<string, string>) =>
    fetch(link, {
      method: 'POST',
      headers: { accept: 'text/html' },
      body: new URLSearchParams({ preferences: '1', ...fields }),
    })
  expect((await choose({ 'purpose.newsletter': 'on', frequency: 'less' })).status).toBe(200)
  await client.settle()
  const { leadId } = await client.leadByEmail(email)
  const lead = await client.get<{ consent: string; attributes: Record<string, unknown> }>(
    `/api/leads/${leadId}`,
  )
  expect(lead.consent).toBe('granted')
  expect(lead.attributes.frequency).toBe('less')

  // An email is due in three days; consent is taken back, and it does not go out.
  const before = (await client.inbox(email)).length
  await choose({})
  await client.settle()
  expect((await client.leadByEmail(email)).consent).toBe('withdrawn')
  await client.advance('4d')
  expect(await client.inbox(email)).toHaveLength(before)

  // The old link to confirm gives nothing back.
  await confirm(linkIn(asked, '/confirm/'))
  await client.settle()
  expect((await client.leadByEmail(email)).consent).toBe('withdrawn')
  const history = await client.get<{
    consentHistory: { type: string; wordingHash: unknown; how: unknown }[]
  }>(`/api/leads/${leadId}`)
  expect(history.consentHistory).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        type: 'granted',
        how: 'double-opt-in',
        wordingHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
      expect.objectContaining({ type: 'withdrawn', how: 'preference-page' }),
    ]),
  )
}, 60_000)

test('the export holds everything, and erasure leaves nothing but a hash', async () => {
  const email = 'Rosalinde.Kern@werk.example.net'
  await client.submitForm(
    'demo',
    { email, firstName: 'Rosalinde', company: 'Kernwerke', optIn: 'on' },
    '?lang=de',
  )
  await client.settle()
  const [asked] = await client.inbox(email)
  if (!asked) throw new Error('nothing to confirm')
  await confirm(linkIn(asked, '/confirm/'))
  await client.settle()
  await client.postEvents([
    {
      id: 'visit',
      type: 'page.viewed',
      subject: { visitorId: 'browser-of-rosalinde' },
      properties: { path: '/pricing' },
    },
    {
      id: 'quote',
      type: 'quote.requested',
      subject: { email },
      properties: { visitorId: 'browser-of-rosalinde' },
    },
  ])
  await client.settle()
  const { leadId, consent } = await client.leadByEmail(email)
  expect(consent).toBe('granted')

  const exported = await client.get<Record<string, unknown[]>>(`/api/leads/${leadId}/export`)
  const text = JSON.stringify(exported)
  for (const part of ['Rosalinde', 'Kernwerke', 'quote.requested', 'außerdem per E-Mail'])
    expect(text).toContain(part)
  for (const list of ['activities', 'consentHistory', 'sequences', 'emails', 'handoffs'])
    expect(exported[list]?.length, list).toBeGreaterThan(0)
  expect(
    (await client.raw(`/api/leads/${leadId}/export`, { headers: { authorization: 'Bearer local-sales' } }))
      .status,
  ).toBe(403)

  const erase = () =>
    client.raw(`/api/leads/${leadId}`, { method: 'DELETE', headers: { authorization: 'Bearer local-admin' } })
  expect((await erase()).status).toBe(202)
  expect((await erase()).status).toBe(202)
  await client.settle()
  await client.advance('5m')
  await client.settle()

  expect(await holding(email, 'Rosalinde', 'Kernwerke', 'browser-of-rosalinde')).toEqual([])
  const left = (await holding(leadId)).map((item) => JSON.parse(item))
  // That it was erased, its browser's lead too, and the number in the team's round: an id that leads to nobody any more.
  const kept = left.filter(({ pk }) => !pk.startsWith('AUDIT#'))
  expect(kept.map(({ sk }) => sk).sort()).toEqual(['LEAD', 'LEAD', 'ROUND'])
  // And who exported it, and who erased it, each time.
  const done = left.filter(({ pk }) => pk.startsWith('AUDIT#')).map(({ entry }) => JSON.parse(entry).action)
  expect(done.sort()).toEqual(['lead.erased', 'lead.erased', 'lead.exported'])
  expect((await items()).filter((item) => item.includes('SUPPRESSED#')).length).toBeGreaterThan(0)
  expect(
    (await client.raw(`/api/leads/${leadId}`, { headers: { authorization: 'Bearer local-admin' } })).status,
  ).toBe(404)
  expect((await typesOf(leadId)).filter((type) => type === 'LeadErased').length).toBeGreaterThan(0)

  // What still comes about the erased lead is dropped; the address begins anew.
  await client.postEvents([{ id: 'late', type: 'page.viewed', subject: { leadId } }])
  await client.settle()
  expect(await holding('late')).toEqual([])
  await signUp(email)
  await client.settle()
  expect((await client.leadByEmail(email)).leadId).not.toBe(leadId)
  expect(await client.deadLetters()).toEqual([])
}, 60_000)
