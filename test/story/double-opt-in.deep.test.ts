import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { linkIn, type Mail } from './client.ts'
import { changedPlaybook } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

const box = `
optIn:
  purpose: consultation
  wording: { de: Rufen Sie mich an., en: Call me. }
`

const client = useStory({
  playbook: () =>
    changedPlaybook(async (folder) => {
      const path = join(folder, 'forms/newsletter.yaml')
      const form = await readFile(path, 'utf8')
      await writeFile(path, `${form.replace(/^optIn:.*\n(?: .*\n)*/m, 'tracking: true\n')}${box}`)
    }),
})

const signUp = (email: string, more: Record<string, string> = {}) =>
  client.submitForm('newsletter', { email, ...more }, '?lang=de')
const post = async (link: string, body?: URLSearchParams) => {
  const reply = await fetch(link, {
    method: 'POST',
    headers: { accept: 'text/html' },
    ...(body && { body }),
  })
  await client.settle()
  return { status: reply.status, page: await reply.text() }
}
const namesOf = (mails: readonly Mail[]) => mails.map(({ tags }) => tags.email)
const lastOf = (mails: readonly Mail[]): Mail => {
  const last = mails.at(-1)
  if (!last) throw new Error('no mail')
  return last
}

test('however often and fast a form is sent, three confirmations a day come of it', async () => {
  const email = 'viel@order.example.net'
  const replies = await Promise.all(Array.from({ length: 20 }, () => signUp(email)))
  expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([303]))
  await client.settle()
  expect(namesOf(await client.inbox(email))).toEqual(['confirm', 'confirm', 'confirm'])
  const reasons = (await client.events('EmailSuppressed')).map(({ detail }) => detail.data.reason)
  for (const reason of reasons) expect(reason).toBe('too-many-confirmations')

  await client.advance('1d')
  await signUp(email)
  await client.settle()
  expect(await client.inbox(email)).toHaveLength(4)
  await client.advance('4d')
  const reminder = lastOf(await client.inbox(email))
  expect(reminder.tags.email).toBe('confirm-reminder')
  expect(reminder.subject).toBe('Ihre Anmeldung wartet noch auf Sie')
  expect(reminder.text.replaceAll('\n', ' ')).toContain('per E-Mail Neues über Druckluft, Lecksuche')
  expect((await post(linkIn(reminder, '/confirm/'))).page).toContain('Anmeldung bestätigt')
  expect((await client.leadByEmail(email)).consent).toBe('granted')
  expect(await client.deadLetters()).toEqual([])
}, 60_000)

test('what a stranger writes into a form makes no link in our mail, and an old link confirms nothing', async () => {
  const email = 'fremd@order.example.net'
  await signUp(email, { firstName: 'Sie haben gewonnen http://evil.example/x' })
  await client.settle()
  const asked = lastOf(await client.inbox(email))
  expect(`${asked.subject}${asked.html}${asked.text}`).not.toMatch(/evil|gewonnen/)
  expect(asked.text).toContain('Hallo und guten Tag')

  const link = linkIn(asked, '/confirm/')
  expect(await post(link)).toMatchObject({ status: 200, page: expect.stringContaining('bestätigt') })
  expect(await post(link)).toMatchObject({ status: 200, page: expect.stringContaining('Schon bestätigt') })
  const leave = linkIn(lastOf(await client.inbox(email)), '/u/')
  await post(leave, new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }))
  for (const method of ['GET', 'POST']) {
    const reply = await fetch(link, { method, headers: { accept: 'text/html' } })
    expect(reply.status).toBe(404)
    const page = await reply.text()
    expect(page).toContain('Dieser Link gilt nicht mehr')
    expect(page).not.toContain('wirksam')
    const form = /href="(\/f\/newsletter[^"]*)"/.exec(page)?.[1] ?? 'none'
    expect((await client.raw(form)).status).toBe(200)
  }
  await client.settle()
  const { leadId, consent } = await client.leadByEmail(email)
  expect(consent).toBe('withdrawn')

  const { consentHistory } = await client.get<{
    consentHistory: { type: string; purpose: string; submission: string; wordingHash: string; how: string }[]
  }>(`/api/leads/${leadId}`)
  for (const purpose of ['newsletter', 'tracking']) {
    const [requested, granted, withdrawn, ...others] = consentHistory.filter((one) => one.purpose === purpose)
    expect(others).toEqual([])
    expect(requested).toMatchObject({
      type: 'requested',
      wordingHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(granted).toMatchObject({
      type: 'granted',
      how: 'double-opt-in',
      submission: requested?.submission,
      wordingHash: requested?.wordingHash,
    })
    expect(withdrawn).toMatchObject({ type: 'withdrawn', how: 'one-click' })
  }
}, 60_000)

test('one email asks for the newsletter and for what the box beside it says, and one button gives both', async () => {
  const email = 'beides@order.example.net'
  await signUp(email, { optIn: 'on' })
  await client.settle()
  const asked = await client.inbox(email)
  expect(namesOf(asked)).toEqual(['confirm'])
  const link = linkIn(lastOf(asked), '/confirm/')
  const shown = await (await fetch(link, { headers: { accept: 'text/html' } })).text()
  expect(lastOf(asked).text).toContain('Rufen Sie mich an.“')
  for (const wording of ['Ja, ich möchte von der Leisewerk', 'Rufen Sie mich an.'])
    expect(shown).toContain(wording)
  expect((await post(link)).page).toContain('Anmeldung bestätigt')
  const { leadId } = await client.leadByEmail(email)
  const { consentHistory } = await client.get<{
    consentHistory: { type: string; purpose: string; wording: string }[]
  }>(`/api/leads/${leadId}`)
  const given = consentHistory.filter(({ type }) => type === 'granted')
  expect(given.map(({ purpose }) => purpose).toSorted()).toEqual(['consultation', 'newsletter', 'tracking'])
  expect(given.find(({ purpose }) => purpose === 'consultation')?.wording).toBe('Rufen Sie mich an.')
}, 60_000)

test('whoever was erased and comes back by themselves is asked, and gets mail once they have confirmed', async () => {
  const email = 'zurueck@order.example.net'
  const grant = (id: string) => ({
    id,
    type: 'consent.granted',
    subject: { email },
    properties: { purpose: 'newsletter' },
  })
  await client.postEvents([grant('first')])
  await client.settle()
  const { leadId } = await client.leadByEmail(email)
  const erased = await client.raw(`/api/leads/${leadId}`, {
    method: 'DELETE',
    headers: { authorization: 'Bearer local-admin' },
  })
  expect(erased.status).toBe(202)
  await client.settle()
  await client.advance('5m')

  await client.postEvents([
    grant('imported'),
    { id: 'imported-2', type: 'newsletter.subscribed', subject: { email } },
  ])
  await client.settle()
  expect(await client.inbox(email)).toEqual([])
  await signUp(email)
  await client.settle()
  expect(namesOf(await client.inbox(email))).toEqual(['confirm'])
  await post(linkIn(lastOf(await client.inbox(email)), '/confirm/'))
  await client.advance('20d')
  expect(namesOf(await client.inbox(email)).filter((name) => name !== 'confirm').length).toBeGreaterThan(0)
  expect(await client.deadLetters()).toEqual([])
}, 60_000)
