import { describe, expect, test } from 'vitest'
import { classifyHits, isCrawler, isMachineAgent } from '../../../domain/lead/filter-facts.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { fact } from '../support/facts.ts'

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36'

const instant = (second: number): string =>
  new Date(Date.parse('2026-03-02T09:00:00.000Z') + second * 1000).toISOString()
const shown = { email: 'welcome', messageId: 'm1', userAgent: browser }
const clicked = (id: string, second: number, link: string, more: JsonObject = {}) =>
  fact(id, 'email.clicked', instant(second), { ...shown, link, ...more })
const delivered = (second: number) =>
  fact('d', 'email.delivered', instant(second), { email: 'welcome', messageId: 'm1' })

const machine = (...facts: Parameters<typeof classifyHits>[0]) =>
  Object.fromEntries(classifyHits(facts.toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : 1))).machine)

describe('a click is a machine’s', () => {
  test('within five seconds of delivery, either side, and not a moment later', () => {
    expect(machine(delivered(0), clicked('a', 5, '/x'))).toEqual({ a: 'within seconds of delivery' })
    expect(machine(delivered(0), clicked('a', 5.001, '/x'))).toEqual({})
    expect(machine(clicked('a', 0, '/x'), delivered(3))).toEqual({ a: 'within seconds of delivery' })
    expect(machine(clicked('a', 0, '/x'), delivered(6))).toEqual({})
  })

  test('when several links of one message are followed within a second', () => {
    const both = { a: 'several links within a second', b: 'several links within a second' }
    expect(machine(clicked('a', 60, '/x'), clicked('b', 61, '/y'))).toEqual(both)
    expect(machine(clicked('a', 60, '/x'), clicked('b', 61.001, '/y'))).toEqual({})
    expect(machine(clicked('a', 60, '/x'), clicked('b', 60.2, '/x'))).toEqual({})
    expect(machine(clicked('a', 60, '/x'), clicked('b', 60.2, '/y', { messageId: 'm2' }))).toEqual({})
  })

  test('when it says so itself: HEAD, or a known scanner', () => {
    expect(machine(clicked('a', 600, '/x', { method: 'HEAD' }))).toEqual({ a: 'asked for with HEAD' })
    expect(machine(clicked('a', 600, '/x', { userAgent: 'BarracudaCentral/1.0' }))).toEqual({
      a: 'a known scanner',
    })
    const reported = { id: 'a', type: 'email.opened', occurredAt: instant(0) }
    expect(machine({ ...reported, properties: { email: 'welcome', userAgent: 'curl/8.5' } })).toEqual({
      a: 'a known scanner',
    })
    expect(machine({ ...reported, properties: { email: 'welcome' } })).toEqual({})
  })

  test('known by its send, by its message, or by both', () => {
    const both = fact('d', 'email.delivered', instant(0), { email: 'welcome', messageId: 'm1', sendId: 's1' })
    const hit = (properties: JsonObject) =>
      fact('a', 'email.clicked', instant(3), { link: '/x', ...properties })
    for (const properties of [{ sendId: 's1' }, { messageId: 'm1' }, { sendId: 's1', messageId: 'm1' }])
      expect(machine(both, hit(properties))).toEqual({ a: 'within seconds of delivery' })
    expect(machine(both, hit({ sendId: 's2' }))).toEqual({})
    const before = classifyHits([hit({ sendId: 's1' })])
    const late = fact('d', 'email.delivered', instant(4), { messageId: 'm1', sendId: 's1' })
    expect(classifyHits([late], before.traffic).reachesBack).toBe(true)
  })

  test('and what was remembered is judged again by what comes next', () => {
    const first = classifyHits([clicked('a', 60, '/x')])
    expect(first.machine.size).toBe(0)
    const next = classifyHits([clicked('b', 60.5, '/y')], first.traffic)
    expect([...next.machine.keys()]).toEqual(['b'])
    expect(next.reachesBack).toBe(true)
    expect(classifyHits([clicked('b', 70, '/y')], first.traffic).reachesBack).toBe(false)
    expect(classifyHits([clicked('b', 70, '/y')], first.traffic).traffic?.hits).toHaveLength(1)
  })
})

test.each([
  [browser, false],
  ['Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/100 Mobile Safari/537.36', false],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148', false],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', true],
  ['Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', true],
  ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0', true],
  ['python-requests/2.31.0', true],
  ['Mimecast/1.0', true],
])('%s', (agent, expected) => {
  expect(isMachineAgent(agent)).toBe(expected)
})

test('a browser that is driven by a program may send a beacon, a crawler may not', () => {
  expect(isCrawler('Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0')).toBe(false)
  expect(isCrawler('node')).toBe(false)
  expect(isCrawler('Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)')).toBe(true)
})
