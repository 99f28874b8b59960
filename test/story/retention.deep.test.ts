import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type LeadView, linkIn } from './client.ts'
import { changedPlaybook } from './playbook-folder.ts'
import { tableItems } from './table-items.ts'
import { useStory } from './use-story.ts'

/** Sooner than the shipped playbook has it: years of nights take their time. */
const client = useStory({
  playbook: () =>
    changedPlaybook(async (folder) => {
      const file = join(folder, 'settings.yaml')
      const text = await readFile(file, 'utf8')
      expect(text).toContain('inactive: 3y')
      await writeFile(file, text.replace('inactive: 3y', 'inactive: 180d'))
    }),
})

const items = () => tableItems(client)

const visit = (visitorId: string, id = visitorId) => ({
  id: `visit-${id}`,
  type: 'page.viewed',
  subject: { visitorId },
  properties: { url: 'https://www.example.com/' },
})

const signUp = async (email: string): Promise<void> => {
  await client.submitForm('newsletter', { email }, '?lang=de')
  await client.settle()
  const [mail] = await client.inbox(email)
  if (!mail) throw new Error(`no mail to ${email}`)
  await client.raw(linkIn(mail, '/confirm/'), { method: 'POST' })
  await client.settle()
}

const isThere = async (email: string): Promise<boolean> =>
  (await client.get<{ items: LeadView[] }>(`/api/leads?email=${encodeURIComponent(email)}`)).items.length > 0

it('who is not heard of goes, with everything of theirs; who has a tie stays', async () => {
  const [left, subscriber, customer] = ['left@weg.example.net', 'abo@da.example.net', 'kauf@da.example.net']
  await client.postEvents([
    ...Array.from({ length: 50 }, (_, index) => visit(`browser-number-${index}`)),
    {
      id: 'order',
      type: 'order.completed',
      subject: { email: customer },
      properties: { orderId: 'o-1', amount: 100, currency: 'EUR' },
    },
  ])
  await signUp(left)
  await signUp(subscriber)
  await client.postEvents([
    { id: 'left', type: 'email.unsubscribed', subject: { email: left }, properties: {} },
  ])
  await client.settle()

  await client.advance('60d')
  await client.postEvents([visit('browser-number-7', 'again')])
  await client.settle()
  expect((await items()).filter((item) => item.includes('browser-number-3'))).not.toEqual([])
  await client.advance('32d')
  const erased = (await client.events('LeadErased')).map(({ detail }) => detail.data.because)
  expect(erased).toEqual(Array.from({ length: 49 }, () => 'retention'))
  const kept = (await items()).filter((item) => item.includes('browser-number-'))
  expect(kept.filter((item) => !/browser-number-7\b/.test(item))).toEqual([])
  expect(kept).not.toEqual([])
  expect([await isThere(left), await isThere(subscriber), await isThere(customer)]).toEqual([
    true,
    true,
    true,
  ])

  await client.advance('180d')
  expect([await isThere(left), await isThere(subscriber), await isThere(customer)]).toEqual([
    false,
    true,
    true,
  ])
  expect((await items()).filter((item) => item.includes(left) || item.includes('browser-number-'))).toEqual(
    [],
  )
  expect(await client.deadLetters()).toEqual([])
}, 600_000)
