import { expect, it } from 'vitest'
import { type InboxMail, requestsFor } from '../../../bin/demo/reading.ts'
import { isMachineAgent } from '../../../domain/lead/filter-facts.ts'

const site = 'http://127.0.0.1:3000'
const links = [1, 2, 3, 4].map((nth) => `<a href="${site}/c/token-${nth}?a=1&amp;b=2">on</a>`).join('')
const measured = `${links}<img src="${site}/o/token">`

const mail = (email: string, html: string): InboxMail => ({
  messageId: 'm1',
  at: '2026-05-04T09:30:00.000Z',
  to: ['anna@x.example.net'],
  html,
  headers: { 'List-Unsubscribe': `<${site}/u/token>, <mailto:off@example.com>` },
  tags: { email },
})

const rounds = [0, 1, 2, 3, 4]
const readers = Array.from({ length: 66 }, (_, reader) => reader)
const allOf = (one: InboxMail) =>
  readers.flatMap((reader) => rounds.flatMap((round) => requestsFor(one, reader, round)))

it('most people open an email, fewer follow a link, and each link has somebody who does', () => {
  const people = allOf(mail('three-minutes', measured)).filter(({ agent }) => !isMachineAgent(agent))
  const opens = people.filter(({ url }) => url === `${site}/o/token`)
  const clicks = people.filter(({ url }) => url.startsWith(`${site}/c/`))
  expect(opens.length).toBeGreaterThan(clicks.length)
  expect(opens.length).toBeLessThan(readers.length)
  expect(new Set(clicks.map(({ url }) => url)).size).toBe(4)
  expect(clicks[0]?.url).toMatch(/\?a=1&b=2$/)
})

it('a gateway follows all links at once, and is known for one', () => {
  const gateways = allOf(mail('three-minutes', measured)).filter(({ agent }) => isMachineAgent(agent))
  expect(gateways.map(({ method }) => method)).toEqual(['HEAD', 'HEAD', 'HEAD', 'HEAD'])
})

it('one person unsubscribes, by the address for it', () => {
  const left = allOf(mail('three-minutes', measured)).filter(({ method }) => method === 'POST')
  expect(left).toEqual([
    expect.objectContaining({ url: `${site}/u/token`, body: 'List-Unsubscribe=One-Click' }),
  ])
})

it('nobody opens what is not measured', () => {
  const plain = mail('three-minutes', '<a href="https://www.example.com/magazin/horst">on</a>')
  expect(allOf(plain).filter(({ method }) => method !== 'POST')).toEqual([])
})

it('most people confirm, once, by the first link', () => {
  const asked = mail('confirm', `<a href="${site}/confirm/1">yes</a><a href="${site}/confirm/2">not me</a>`)
  const confirmed = allOf(asked)
  expect(new Set(confirmed.map(({ method, url }) => `${method} ${url}`))).toEqual(
    new Set([`POST ${site}/confirm/1`]),
  )
  expect(confirmed).toHaveLength(55)
})
