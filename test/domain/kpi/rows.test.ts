import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import { emailClicks } from '../../../domain/kpi/email-clicks.ts'
import type { History, Row, RowKind } from '../../../domain/kpi/row.ts'
import { compareRows, rowsOf } from '../../../domain/kpi/rows-of.ts'
import { apportion } from '../../../domain/kpi/touch.ts'
import { signedLink, trackingPurpose } from '../../../domain/lead/consent.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { compileRules, type Rules } from '../../../domain/rules/rules.ts'
import { runs } from '../../support/runs.ts'
import { anyLog, anyNow, anyRules, anyTraffic } from '../support/arbitrary.ts'
import { fact, leadId, leadIdOf } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const later = '2026-06-01T00:00:00.000Z'
const nothing: Omit<History, 'log'> = { leadId, handoffs: [], runs: [], sends: [] }

const rowsFrom = (log: readonly Fact[], more: Partial<History> = {}, of: Rules = rules, now = later) =>
  rowsOf({ ...nothing, log, ...more }, of, now)

const of = (kind: RowKind, rows: readonly Row[]): readonly Row[] => rows.filter((row) => row.kind === kind)

const time = (at: string): number => Date.parse(fact('', '', at).occurredAt)

describe('however facts arrive, the rows are the same', () => {
  const logs = fc.oneof(anyLog(20), anyTraffic(20))
  const other = leadIdOf('lead-0002')

  test('in any order, any of them repeated', () => {
    fc.assert(
      fc.property(logs, anyRules, anyNow, fc.infiniteStream(fc.nat(2)), (log, any, now, times) => {
        const rows = rowsFrom(log, {}, any, now)
        const again = log.flatMap((one) => Array<Fact>(1 + Number(times.next().value)).fill(one))
        expect(rowsFrom(again.toReversed(), {}, any, now)).toEqual(rows)
        expect(rows).toEqual(rows.toReversed().toSorted(compareRows))
      }),
      { numRuns: runs(300) },
    )
  })

  test('with others that were taken back', () => {
    fc.assert(
      fc.property(logs, anyLog(5), anyRules, anyNow, fc.nat(20), (log, wrong, any, now, when) => {
        const taken = wrong.map((one) => ({ ...one, id: `wrong-${one.id}` }))
        const voids = taken.map(({ id, occurredAt }) => ({
          ...{ id: `void-${id}`, type: 'activity.voided', properties: { activityId: id } },
          occurredAt: new Date(Date.parse(occurredAt) + when * 3_600_000).toISOString(),
        }))
        expect(rowsFrom([...voids, ...log, ...taken], {}, any, now)).toEqual(rowsFrom(log, {}, any, now))
      }),
      { numRuns: runs(300) },
    )
  })

  test('of one lead, of several merged ones, and of one that parted again', () => {
    const merge = fact('merge', 'lead.merged', '03-01T00:00', { leadId: other })
    const part = fact('part', 'lead.unmerged', '03-02T00:00', { leadId: other })
    fc.assert(
      fc.property(anyLog(20), anyRules, anyNow, fc.nat(3), (all, any, now, nth) => {
        // Answers name handoffs of the lead that asked.
        const log = all.filter(({ type }) => !type.startsWith('handoff.'))
        const rows = rowsFrom(log, {}, any, now)
        const merged = log.map((one, index) => (index % 4 === nth ? { ...one, member: other } : one))
        expect(rowsFrom([...merged, merge], {}, any, now)).toEqual(rows)
        expect(rowsFrom([...log, merge, part], {}, any, now)).toEqual(rows)
      }),
      { numRuns: runs(300) },
    )
  })
})

describe('a form', () => {
  const submitted = (id: string, at: string, form?: string) =>
    fact(id, 'form.submitted', at, { ...(form !== undefined && { form }), fields: {} })
  const confirmed = (id: string, at: string, more: Fact['properties']) =>
    fact(id, 'consent.granted', at, { purpose: 'newsletter', form: 'quote', confirmed: true, ...more })
  const rows = rowsFrom([
    submitted('s1', '03-01T00:00', 'quote'),
    submitted('s2', '03-02T00:00', 'quote'),
    submitted('s3', '03-03T00:00'),
    confirmed('c1', '03-04T00:00', { submission: 's1' }),
    confirmed('c2', '03-04T00:01', { submission: 's1', purpose: 'consultation' }),
    confirmed('c3', '03-05T00:00', { submission: 's2' }),
    confirmed('c4', '03-06T00:00', { submission: 's2', confirmed: false }),
  ])
  const standing = (kind: RowKind) => of(kind, rows).map(({ key, happenedAt }) => [key, happenedAt])

  it('counts each time it is submitted, and what confirms it once, however many consents that are', () => {
    expect(standing('submitted')).toEqual([
      ['quote', time('03-01T00:00')],
      ['quote', time('03-02T00:00')],
    ])
    expect(standing('confirmed')).toEqual([
      ['quote', time('03-04T00:00')],
      ['quote', time('03-05T00:00')],
    ])
  })
})

describe('the first touch', () => {
  const sourceOf = (...log: readonly Fact[]) => {
    const rows = rowsFrom([...log, fact('x', 'page.viewed', '05-01T00:00', { path: '/' })])
    expect(new Set(rows.map(({ source, campaign }) => `${source} ${campaign}`)).size).toBe(1)
    return [rows[0]?.source, rows[0]?.campaign]
  }
  const visit = (at: string, properties: Fact['properties']) => fact(at, 'page.viewed', at, properties)

  it.each<[string, readonly Fact[], readonly [string, string | null]]>([
    ['nothing', [], ['direct', null]],
    ['a visit', [visit('03-01T00:00', { source: 'google', campaign: 'spring' })], ['google', 'spring']],
    ['a link', [visit('03-01T00:00', { utm_source: 'bing', utm_campaign: 'x' })], ['bing', 'x']],
    ['a referring site', [visit('03-01T00:00', { referrer: 'news.example' })], ['news.example', null]],
    ['a click', [fact('c', 'ad.clicked', '03-01T00:00', { source: 'linkedin' })], ['linkedin', null]],
    [
      'a form',
      [fact('f', 'form.submitted', '03-01T00:00', { fields: { utm_source: 'fair' } })],
      ['fair', null],
    ],
    [
      'a profile',
      [fact('p', 'profile.updated', '03-01T00:00', { fields: {}, source: 'press' })],
      ['press', null],
    ],
    [
      'the earliest of all',
      [visit('03-02T00:00', { source: 'b' }), visit('03-01T00:00', { source: 'a', campaign: 'c' })],
      ['a', 'c'],
    ],
    [
      'a source rather than an earlier campaign',
      [visit('03-01T00:00', { campaign: 'c' }), visit('03-02T00:00', { source: 'b' })],
      ['b', null],
    ],
    ['a campaign alone', [visit('03-01T00:00', { campaign: 'c' })], ['direct', 'c']],
    ['no address', [visit('03-01T00:00', { source: 'ann@example.com' })], ['direct', null]],
  ])('is told by %s', (_by, log, expected) => {
    expect(sourceOf(...log)).toEqual(expected)
  })
})

describe('a deal', () => {
  const eur = (amount: string) => ({ amount, currency: 'EUR' })

  it('counts as won until it is opened again, and then once more', () => {
    const rows = rowsFrom([
      fact('o', 'deal.opened', '03-01T00:00', eur('5.00')),
      fact('w', 'deal.won', '03-03T00:00', eur('10.00')),
      fact('m', 'deal.moved', '03-10T00:00', { phase: 'negotiation', reason: 'again' }),
      fact('v', 'deal.won', '03-12T12:00', eur('12.50')),
    ])
    expect(of('purchase', rows)).toMatchObject([
      { key: 'deal', happenedAt: time('03-03T00:00'), until: time('03-10T00:00'), amount: 100_000n },
      {
        key: 'negotiated',
        happenedAt: time('03-12T12:00'),
        until: null,
        amount: 125_000n,
        value: 11_500_000,
      },
    ])
    expect(of('deal', rows)).toMatchObject([
      { happenedAt: time('03-01T00:00'), until: time('03-03T00:00') },
      { happenedAt: time('03-10T00:00'), until: time('03-12T12:00') },
    ])
    expect(of('negotiation', rows)).toMatchObject([
      { happenedAt: time('03-10T00:00'), until: time('03-12T12:00') },
    ])
  })

  it('is lost', () => {
    const rows = rowsFrom([fact('o', 'deal.opened', '03-01T00:00'), fact('l', 'deal.lost', '03-02T00:00')])
    expect(of('loss', rows)).toMatchObject([{ key: 'deal', value: 1_000_000, amount: null, currency: null }])
  })
})

describe('handoffs', () => {
  const asked = { handoffId: 'lead-0001.1', requestedAt: '2026-03-01T08:00:00.000Z' }
  const dueAt = '2026-03-01T12:00:00.000Z'
  const seen = fact('a', 'page.viewed', '03-01T00:00')

  it('that nobody has answered are overdue from their deadline on', () => {
    const rows = rowsFrom([seen], { handoffs: [{ ...asked, dueAt, answer: { state: 'requested' } }] })
    expect(of('handoff', rows)).toMatchObject([{ until: null }])
    expect(of('overdue', rows)).toMatchObject([{ happenedAt: Date.parse(dueAt) }])
  })

  it('below the threshold bear a mark', () => {
    const answer = { state: 'requested' } as const
    const keys = [undefined, 0.03].map((explored) => {
      const mark = explored === undefined ? {} : { explored }
      return of('handoff', rowsFrom([seen], { handoffs: [{ ...asked, ...mark, dueAt, answer }] }))[0]?.key
    })
    expect(keys).toEqual([null, 'explored'])
  })

  it('are rejected for a reason that is an id, and never for words', () => {
    const answered = (id: string, reason: string) => fact(id, 'handoff.rejected', '03-01T09:00', { reason })
    const rows = rowsFrom([seen, answered('b', 'wrong-fit'), answered('c', 'Ann said no')])
    expect(of('rejected', rows).map(({ key }) => key)).toEqual([null, 'wrong-fit'])
  })

  it('that were answered in time never were', () => {
    const answer = { state: 'accepted', at: '2026-03-01T09:00:00.000Z', by: 'x' } as const
    const rows = rowsFrom(
      [seen, fact('b', 'handoff.accepted', '03-01T09:00', { handoffId: asked.handoffId })],
      { handoffs: [{ ...asked, dueAt, answer }] },
    )
    expect(of('overdue', rows)).toEqual([])
    expect(of('accepted', rows)).toMatchObject([
      { happenedAt: time('03-01T09:00'), first: time('03-01T08:00') },
    ])
  })
})

describe('sequences and their emails', () => {
  const seen = fact('a', 'page.viewed', '03-01T00:00')
  const at = (day: string) => `2026-03-${day}T00:00:00.000Z`

  it('end as completed, with their goal, or otherwise', () => {
    const run = (status: History['runs'][number]['status']) => ({
      sequence: 's',
      enteredAt: at('01'),
      status,
    })
    const rows = rowsFrom([seen], {
      runs: [
        run({ type: 'completed', at: at('02') }),
        run({ type: 'goal', at: at('03') }),
        run({ type: 'exited', at: at('04'), because: 'exit' }),
        run({ type: 'held', due: at('05'), next: 1 }),
      ],
    })
    expect(of('run', rows).map(({ key, until }) => [key, until])).toEqual([
      ['s', null],
      ['s', time('03-02T00:00')],
      ['s', time('03-03T00:00')],
      ['s', time('03-04T00:00')],
    ])
    expect([of('completed', rows).length, of('goal', rows).length]).toEqual([1, 1])
  })

  it('count what people did with an email once, and nothing of robots', () => {
    const hit = (id: string, type: string, at: string, properties: Fact['properties']) =>
      fact(id, type, `2026-03-01T00:${at}.000Z`, properties)
    const person = { sendId: 'one', email: 'welcome', link: 'https://a.example' }
    const rows = rowsFrom(
      [
        hit('d', 'email.delivered', '00:01', { sendId: 'one', email: 'welcome' }),
        hit('r', 'email.clicked', '00:30', { ...person, userAgent: 'Barracuda/1.0' }),
        hit('o', 'email.opened', '01:00', { email: 'welcome' }),
        hit('c', 'email.clicked', '02:00', person),
        hit('e', 'email.clicked', '03:00', person),
        hit('u', 'email.unsubscribed', '04:00', { sendId: 'unknown', email: 'welcome' }),
      ],
      { sends: [{ sendId: 'one', email: 'welcome', sequence: 's', sentAt: at('01') }] },
    )
    const kinds = (['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'] as const).map((kind) =>
      of(kind, rows).map(({ key, happenedAt }) => [key, happenedAt - time('03-01T00:00')]),
    )
    expect(kinds).toEqual([
      [['s/welcome', 0]],
      [['s/welcome', 1_000]],
      [['s/welcome', 60_000]],
      [['s/welcome', 120_000]],
      [],
    ])
  })
})

test('count each link of an email once, as it stands in the template, and none that others told of', () => {
  const hit = (id: string, at: string, sendId: string, link: string, more: Fact['properties'] = {}) =>
    fact(id, 'email.clicked', `2026-03-01T00:0${at}:00.000Z`, { sendId, email: 'welcome', link, ...more })
  const own = { via: signedLink }
  const rows = rowsFrom(
    [
      fact('t', 'consent.granted', '02-28T00:00', { purpose: trackingPurpose }),
      hit('a', '1', 'one', 'https://a.example/prices?utm_source=mail&plan=b&utm_content=welcome', own),
      hit('b', '2', 'one', 'https://a.example/prices?plan=b', own),
      hit('c', '3', 'one', 'https://a.example', own),
      hit('d', '4', 'two', 'https://a.example/', own),
      hit('e', '5', 'two', 'https://a.example/?to=anna@example.com'),
      hit('f', '6', 'two', 'https://a.example/robot', { ...own, userAgent: 'Barracuda/1.0' }),
    ],
    {
      sends: ['one', 'two'].map((sendId) => ({
        sendId,
        email: 'welcome',
        sequence: 's',
        sentAt: '2026-03-01T00:00:00.000Z',
      })),
    },
  )
  expect(of('link', rows).map(({ key }) => key)).toEqual([
    's/welcome https://a.example/',
    's/welcome https://a.example/',
    's/welcome https://a.example/prices?plan=b',
  ])
  expect(emailClicks([columnsOf(rowsInColumns(rows))], { email: 'welcome' }, later)).toEqual({
    ...{ email: 'welcome', sent: 1, delivered: 0, opened: 0, clicked: 1, unsubscribed: 0 },
    links: [
      { link: 'https://a.example/', people: 1, share: 1 },
      { link: 'https://a.example/prices?plan=b', people: 1, share: 1 },
    ],
  })
})

describe('who is credited with a purchase', () => {
  const visit = (source: string, at: string) => fact(`${source}-${at}`, 'page.viewed', at, { source })
  const order = fact('order', 'order.completed', '03-29T00:00', { amount: '100.00', currency: 'EUR' })
  const credits = (...log: readonly Fact[]) =>
    Object.fromEntries(
      ['last', 'linear', 'position', 'decay'].map((model) => [
        model,
        of('credit', rowsFrom([...log, order]))
          .filter(({ key }) => key === model)
          .map(({ source, amount }) => `${source} ${Number(amount) / 10_000}`),
      ]),
    )

  it('is the lead’s own source where no touch came before', () => {
    const own = ['late 100']
    expect(credits(visit('late', '04-01T00:00'))).toEqual({
      last: own,
      linear: own,
      position: own,
      decay: own,
    })
  })

  it('are the touches before it, by each model', () => {
    const touches = [visit('a', '03-01T00:00'), visit('b', '03-15T00:00'), visit('c', '03-22T00:00')]
    expect(credits(...touches)).toEqual({
      last: ['c 100'],
      linear: ['a 33.34', 'b 33.33', 'c 33.33'],
      position: ['a 40', 'b 20', 'c 40'],
      // a is three weeks older than c: 1/8, 1/2 and 1 of their sum.
      decay: ['a 7.69', 'b 30.77', 'c 61.54'],
    })
  })

  it('counts the pages of one visit once, and another visit again', () => {
    const pages = ['00:00', '00:20', '00:45'].map((at) => visit('a', `03-01T${at}`))
    expect(credits(...pages, visit('b', '03-02T00:00')).linear).toEqual(['a 50', 'b 50'])
    expect(credits(...pages, visit('b', '03-02T00:00'), visit('a', '03-03T00:00')).linear).toEqual([
      'a 66.67',
      'b 33.33',
    ])
  })

  test('the parts add up to the whole, and none is more than one from its share', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 19n }),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 41n }), { minLength: 1, maxLength: 12 }),
        (whole, weights) => {
          fc.pre(weights.some((weight) => weight > 0n))
          const parts = apportion(whole, weights)
          const sum = weights.reduce((all, weight) => all + weight, 0n)
          expect(parts.reduce((all, part) => all + part, 0n)).toBe(whole)
          for (const [index, part] of parts.entries()) {
            const rest = part * sum - whole * (weights[index] ?? 0n)
            expect(rest < sum && rest > -sum).toBe(true)
          }
        },
      ),
      { numRuns: runs(300) },
    )
  })
})
