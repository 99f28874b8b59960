import { describe, expect, it } from 'vitest'
import { timelineOf } from '../../../domain/lead/timeline.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { fact, leadId } from '../support/facts.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const rules = compileRules(makePlaybook())
const soon = '2026-01-05T09:01:00.000Z'
const demo = fact('demo', 'demo.requested', '01-05T09:00')
const entry = (id: string, entries: ReturnType<typeof timelineOf>) => entries.find((one) => one.id === id)

describe('the timeline', () => {
  it('is newest first, and names a fact once', () => {
    const again = fact('demo', 'demo.requested', '01-06T09:00')
    const page = fact('page', 'page.viewed', '01-05T10:00', { path: '/' })
    expect(timelineOf([demo, page, again], rules, '2026-01-07T09:00:00.000Z').map(({ id }) => id)).toEqual([
      'page',
      'demo',
    ])
  })

  it('shows the stage that was entered, not those that were passed through', () => {
    const [shown] = timelineOf([demo], rules, soon)
    expect(shown?.followed.filter(({ type }) => type === 'stage')).toMatchObject([
      { from: null, to: 'awareness' },
      { from: 'awareness', to: 'consideration', because: 'did("demo.requested") || score >= 40' },
    ])
  })

  it('shows every change of band: by a fact, and by fading at the last fact before', () => {
    // 30 points are warm for one instant, and with 10 more until a third of them has faded.
    const signUp = fact('signup', 'newsletter.subscribed', '01-05T09:00')
    const note = fact('note', 'custom.noted', '01-06T09:00')
    const shown = timelineOf([demo, signUp, note], rules, '2026-03-01T09:00:00.000Z')
    const bandsAt = (id: string) =>
      entry(id, shown)?.followed.filter(({ type, from, to }) => type === 'band' && from !== to)
    expect(bandsAt('demo')).toMatchObject([{ from: 'cold', to: 'warm', grade: expect.any(String) }])
    const faded = bandsAt('note')
    expect(faded).toMatchObject([{ from: 'warm', to: 'cold', faded: true }])
    const days = (Date.parse(String(faded?.[0]?.at)) - Date.parse(demo.occurredAt)) / 86_400_000
    // 30 × 2^(−days / 30) + 10 = 30
    expect(days).toBeCloseTo(30 * Math.log2(30 / 20), 6)
  })

  it('says what was taken back, by what, and that nothing followed', () => {
    const voided = fact('void', 'activity.voided', '01-05T09:30', { activityId: 'demo', reason: 'spam' })
    const shown = timelineOf([demo, voided], rules, '2026-01-05T10:00:00.000Z')
    expect(entry('demo', shown)).toMatchObject({ leftOut: { type: 'voided', by: 'void' } })
    expect(entry('demo', shown)?.followed.filter(({ type }) => type === 'points')).toEqual([])
    expect(entry('void', shown)?.followed).toEqual([{ type: 'withdrew', activityId: 'demo' }])
  })

  it('says what a machine did, and what is held until that is known', () => {
    const click = {
      ...fact('click', 'email.clicked', '01-05T09:10'),
      properties: { messageId: 'm', link: 'https://a.example' },
    }
    const delivered = fact('delivered', 'email.delivered', '01-05T09:10', { messageId: 'm' })
    expect(entry('click', timelineOf([demo, click, delivered], rules, soon))?.leftOut).toMatchObject({
      type: 'machine',
      because: 'within seconds of delivery',
    })
    expect(entry('click', timelineOf([demo, click], rules, '2026-01-05T09:10:01.000Z'))?.leftOut).toEqual({
      type: 'held',
      until: '2026-01-05T09:10:05.000Z',
    })
    expect(
      entry('click', timelineOf([demo, click], rules, '2026-01-05T09:10:05.000Z'))?.leftOut,
    ).toBeUndefined()
  })

  it('tells merges, and which fact is whose', () => {
    const facts = [
      { ...demo, member: leadId },
      fact('join', 'lead.merged', '01-05T09:30', { leadId }),
      fact('part', 'lead.unmerged', '01-05T09:40', { leadId }),
    ]
    const shown = timelineOf(facts, rules, '2026-01-05T10:00:00.000Z')
    expect(shown.map(({ followed }) => followed[0])).toMatchObject([
      { type: 'unmerged', leadId },
      { type: 'merged', leadId },
      {},
    ])
    expect(entry('demo', shown)?.member).toBe(leadId)
  })

  it.each([
    ['an hour', '2026-01-05T10:00:00.000Z', undefined],
    ['more than an hour', '2026-01-05T10:00:00.001Z', true],
  ])('calls late what came %s after it occurred', (_name, recordedAt, late) => {
    expect(timelineOf([{ ...demo, recordedAt }], rules, recordedAt)[0]).toMatchObject({
      recordedAt,
      ...(late && { late }),
    })
    expect(timelineOf([{ ...demo, recordedAt }], rules, recordedAt)[0]?.late).toBe(late)
  })
})
