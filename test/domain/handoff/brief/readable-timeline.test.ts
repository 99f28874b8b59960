import { describe, expect, it } from 'vitest'
import { readableTimeline } from '../../../../domain/handoff/handoff-brief.ts'
import { fact } from '../../support/facts.ts'

const english = { language: 'en', timeZone: 'Europe/Berlin' }

describe('the timeline of a handoff', () => {
  it('tells everything of one kind on one day in one line, the things met most often first', () => {
    const facts = [
      fact('a', 'page.viewed', '03-02T08:00', { path: '/product' }),
      fact('b', 'page.viewed', '03-02T08:05', { path: '/pricing' }),
      fact('c', 'page.viewed', '03-02T08:06', { path: '/pricing' }),
      fact('d', 'demo.requested', '03-02T09:00'),
    ]
    expect(readableTimeline(facts, english).map(({ when, text, count }) => [when, text, count])).toEqual([
      ['2 Mar 2026', 'Asked for a demo', 1],
      ['2 Mar 2026', 'Visited a page (3×): /pricing (2×), /product', 3],
    ])
  })

  it("divides days where the reader's midnight is", () => {
    const facts = [
      fact('a', 'page.viewed', '03-01T22:30', { path: '/a' }),
      fact('b', 'page.viewed', '03-01T23:30', { path: '/b' }),
    ]
    const days = (timeZone: string) =>
      readableTimeline(facts, { language: 'de', timeZone }).map(({ when, count }) => [when, count])
    expect(days('Europe/Berlin')).toEqual([
      ['02.03.2026', 1],
      ['01.03.2026', 1],
    ])
    expect(days('UTC')).toEqual([['01.03.2026', 2]])
  })

  it('leaves out a form that recorded something which says more, but no other', () => {
    const facts = [
      fact('f1', 'form.submitted', '03-01T08:00', { form: 'quote' }),
      fact('f1~1', 'consent.granted', '03-01T08:00', {}),
      fact('f1~2', 'quote.requested', '03-01T08:00', {}),
      fact('f2', 'form.submitted', '03-02T08:00', { form: 'survey' }),
      fact('f2~1', 'consent.granted', '03-02T08:00', {}),
    ]
    const types = readableTimeline(facts, english).map(({ type }) => type)
    expect(types.filter((type) => type === 'form.submitted')).toHaveLength(1)
    expect(types[0]).toBe('consent.granted')
    expect(types).toContain('quote.requested')
  })

  it('names at most three things and cuts what is no short text', () => {
    const facts = ['a', 'b', 'c', 'd', 'x'.repeat(121)].map((path, index) =>
      fact(`p${index}`, 'page.viewed', '03-01T08:00', { path }),
    )
    expect(readableTimeline(facts, english)[0]?.text).toBe('Visited a page (5×): a, b, c, …')
  })
})
