import { describe, expect, test } from 'vitest'
import { parseLeadId } from '../../../domain/model/activity.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import type { Entry, Rehearsed } from '../../../domain/rehearsal/journal.ts'
import type { Deed, PlannedDeed, Rehearsal } from '../../../domain/rehearsal/rehearsal.ts'
import { splitWay } from '../../../domain/step/split.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { rehearse } from '../../../functions/rehearse/rehearse.ts'
import { days } from '../../domain/support/make-playbook.ts'
import { interest, samplePlaybook } from './sample-playbook.ts'

const start = '2026-03-02T08:00:00.000Z'
const email = 'grete@werk.example.net'
const minute = 60_000

const later = (time: number, deed: Deed): PlannedDeed => ({ at: addMilliseconds(start, time), deed })
const did = (activity: string, properties = {}): Deed => ({ type: 'activity', activity, properties })
const signUp = [
  later(0, { type: 'form', form: 'newsletter', fields: { email, firstName: 'Grete' } }),
  later(5 * minute, { type: 'confirm', form: 'newsletter' }),
]

const play = (
  deeds: readonly PlannedDeed[],
  playbook: Playbook = samplePlaybook(),
  more: Partial<Rehearsal> = {},
): Promise<Rehearsed> => {
  const until = addMilliseconds(start, days(60))
  return rehearse({ subject: { email }, start, until, deeds, mailReportsFrom: start, ...more }, playbook)
}

const only = <Type extends Entry['type']>(entries: readonly Entry[], type: Type) =>
  entries.filter((entry): entry is Extract<Entry, { type: Type }> => entry.type === type)
const mails = ({ entries }: Rehearsed) => only(entries, 'mail').map(({ at, email, to }) => [at, email, to])
const decisions = ({ entries }: Rehearsed, name: string) =>
  only(entries, 'decision').filter(({ decision }) => decision === name)
const refusals = ({ entries }: Rehearsed) =>
  only(entries, 'refused').map(({ deed, reason }) => [deed.type, reason])

/** Which emails a sequence sends, and when, to a lead that does nothing: read off its program. */
const expectedMails = ({ program }: Sequence, begun: string): readonly (readonly [string, string])[] => {
  const expected: [string, string][] = []
  let now = begun
  for (let at = 0; at < program.length; ) {
    const step = program[at]
    if (step?.type === 'email') expected.push([now, step.email])
    if (step?.type === 'wait') now = addMilliseconds(now, step.for)
    at = step?.type === 'branch' ? step.otherwise : step?.type === 'jump' ? step.goto : at + 1
  }
  return expected
}

describe('emails', () => {
  test('go out when the sequence says so, in its order', async () => {
    const confirmed = addMilliseconds(start, 5 * minute)
    expect(mails(await play(signUp))).toEqual([
      [start, 'confirm', email],
      ...expectedMails(interest, confirmed).map(([at, name]) => [at, name, email]),
    ])
  })

  test('follow what was clicked', async () => {
    const played = await play([...signUp, later(days(1), { type: 'click', email: 'welcome' })])
    expect(mails(played).map(([, name]) => name)).toEqual(['confirm', 'welcome', 'case-study', 'offer'])
    expect(
      only(played.entries, 'activity').find(({ activity }) => activity === 'email.clicked'),
    ).toMatchObject({
      at: addMilliseconds(start, days(1)),
      properties: { email: 'welcome', link: 'https://shop.example/x' },
    })
  })

  test('stop where the rehearsal ends', async () => {
    const until = addMilliseconds(start, 5 * minute + days(3))
    expect(mails(await play(signUp, samplePlaybook(), { until })).map(([, name]) => name)).toEqual([
      'confirm',
      'welcome',
      'reminder',
    ])
  })

  test('that lack consent are told of, with the reason', async () => {
    const played = await play([later(0, did('newsletter.subscribed'))])
    expect(mails(played)).toEqual([])
    expect(decisions(played, 'EmailSuppressed').map(({ data }) => [data.email, data.reason])).toEqual(
      ['welcome', 'reminder', 'offer'].map((name) => [name, 'no-consent']),
    )
  })

  test('that lacked consent go out when it comes within a day', async () => {
    const played = await play([
      later(0, did('newsletter.subscribed')),
      later(minute, did('consent.granted', { purpose: 'newsletter' })),
    ])
    expect(mails(played)[0]).toEqual([addMilliseconds(start, minute), 'welcome', email])
  })

  test('that the playbook does not have fail by themselves, and all else goes on', async () => {
    const program = [{ type: 'email', email: 'ghost' } as const, ...interest.program]
    const played = await play(signUp, samplePlaybook({ sequences: { interest: { ...interest, program } } }))
    expect(only(played.entries, 'failed')).toMatchObject([
      { message: 'send', reason: expect.stringContaining('no email ghost') },
    ])
    expect(mails(played).map(([, name]) => name)).toContain('welcome')
  })
})

describe('scores and stages', () => {
  test('every change says which rule gave how many points', async () => {
    const { entries } = await play([
      later(0, did('profile.updated', { fields: { country: 'DE' } })),
      later(days(1), did('demo.requested')),
      later(days(31), did('profile.updated', { fields: { country: 'FR' } })),
    ])
    expect(only(entries, 'score').map(({ score, changes }) => [score, changes])).toEqual([
      [10, [{ rule: 'dach', points: 10 }]],
      [40, [{ rule: 'demo', points: 30 }]],
      [15, [{ rule: 'dach', points: -10 }]],
    ])
  })

  test('a band that a lead cools out of is left at that moment', async () => {
    const played = await play([
      later(0, did('profile.updated', { fields: { country: 'DE' } })),
      later(0, did('demo.requested')),
    ])
    const [left, ...more] = decisions(played, 'LeadScored').filter(
      ({ data }) => data.band === 'cold' && data.previousBand === 'warm',
    )
    expect(more).toEqual([])
    // 10 for the country and 30 for the demo are below 30 once those 30 are worth less than 20.
    const moment = Date.parse(start) + days(30) * Math.log2(30 / 20)
    const delay = Date.parse(left?.at ?? '') - moment
    expect(delay).toBeGreaterThanOrEqual(0)
    expect(delay).toBeLessThan(2000)
  })

  test('the end says how things stand, points faded', async () => {
    const until = addMilliseconds(start, days(30))
    const { outcome } = await play([later(0, did('demo.requested'))], samplePlaybook(), { until })
    expect(outcome).toMatchObject({
      at: until,
      stage: 'consideration',
      consent: 'none',
      scores: { score: 15, fit: 0 },
      points: [{ rule: 'demo', points: 15 }],
    })
  })

  test('where nothing is recorded there is no outcome', async () => {
    expect(await play([later(0, { type: 'accept' })])).toEqual({
      entries: [{ at: start, type: 'refused', deed: { type: 'accept' }, reason: 'no handoff is open' }],
    })
  })
})

describe('handoff', () => {
  const qualify = [...signUp, later(days(1), did('demo.requested')), later(days(1), did('quote.requested'))]

  test('names owner, team and the time by which to answer; its email goes to the owner', async () => {
    const played = await play(qualify)
    expect(only(played.entries, 'handoff')).toMatchObject([
      { at: addMilliseconds(start, days(1)), team: 'dach', owner: { name: 'Anna Berg' } },
    ])
    expect(mails(played)).toContainEqual([
      addMilliseconds(start, days(1)),
      'handoff',
      'anna@sales.example.com',
    ])
    expect(played.outcome?.handoffs).toMatchObject([{ state: 'requested', team: 'dach' }])
  })

  test('rejected for a reason that recycles, the lead is back in that stage', async () => {
    const played = await play([...qualify, later(days(2), { type: 'reject', reason: 'not-now' })])
    expect(decisions(played, 'LeadRecycled')).toMatchObject([
      { at: addMilliseconds(start, days(2)), data: { from: 'intent', to: 'interest', reason: 'not-now' } },
    ])
    expect(played.outcome).toMatchObject({ stage: 'interest', handoffs: [{ state: 'rejected' }] })
  })

  test('answered once only', async () => {
    const answers = [later(days(2), { type: 'accept' }), later(days(3), { type: 'accept' })] as const
    expect(refusals(await play([...qualify, ...answers]))).toEqual([['accept', 'no handoff is open']])
  })
})

describe('what cannot be done', () => {
  test.each([
    [{ type: 'open', email: 'welcome' }, 'the email "welcome" was not sent'],
    [{ type: 'click', email: 'welcome' }, 'the email "welcome" was not sent'],
    [{ type: 'confirm', form: 'newsletter' }, 'no confirmation email was sent'],
    [{ type: 'form', form: 'newsletter', fields: {} }, expect.stringMatching(/^email: /)],
    [{ type: 'form', form: 'gone', fields: {} }, 'there is no form "gone"'],
    [did('offer.rated', { rating: 9 }), 'properties.rating must be a number from 1 to 5'],
  ] as const)('%j', async (deed, reason) => {
    const played = await play([later(0, deed)])
    expect(played.entries).toMatchObject([{ type: 'refused', deed, reason }])
  })

  test('a link of confirmation is good for thirty days, that of the reminder as well', async () => {
    const [submit] = signUp
    const late = later(days(33), { type: 'confirm', form: 'newsletter' })
    expect(refusals(await play(submit ? [submit, late] : []))).toEqual([
      ['confirm', 'no confirmation link of the form "newsletter" is valid'],
    ])
  })
})

describe('a lead that is known already', () => {
  const known = (id: string, activity: string, properties = {}): PlannedDeed => ({
    at: start,
    deed: { type: 'activity', activity, properties, known: { id, occurredAt: start } },
  })
  const consented = known('f-1', 'consent.granted', { purpose: 'newsletter' })
  const subscribed = known('f-2', 'newsletter.subscribed')

  test('keeps its id, and with it its way at a split', async () => {
    const ways = ['a', 'b', 'c', 'd'].map((id, index) => ({ id, goto: index + 1 }))
    const program = [{ type: 'split', name: 'test', ways } as const, ...interest.program]
    const playbook = samplePlaybook({ sequences: { interest: { ...interest, program } } })
    for (const id of ['b3c8d1de-1', 'b3c8d1de-2', 'b3c8d1de-3']) {
      const leadId = parseLeadId(id)
      if (!leadId) throw new Error('not an id')
      const played = await play([consented, subscribed], playbook, { leadId })
      const [step] = decisions(played, 'SequenceStepReached')
      expect(step?.data.way).toBe(ways[splitWay(`${id}:interest:1`, 'test', ways)]?.id)
    }
  })

  test('keeps its facts, and hears of emails only from now on', async () => {
    const mailReportsFrom = addMilliseconds(start, days(4))
    const { entries } = await play([consented, subscribed], samplePlaybook(), { mailReportsFrom })
    const ids = only(entries, 'activity').map(({ at, id }) => [at === start, id])
    expect(ids).toEqual([
      [true, 'f-1'],
      [true, 'f-2'],
      [false, 'message-3:email.sent'],
      [false, 'message-3:email.delivered'],
    ])
  })
})

test('of a deed and a wait that ends at the same moment, the deed comes first', async () => {
  const wait = interest.program.slice(0, 2)
  const program = [...wait, ...interest.program.slice(7)]
  const playbook = samplePlaybook({
    sequences: { interest: { ...interest, program, goal: 'did("demo.requested")' } },
  })
  const played = await play(
    [
      later(0, did('consent.granted', { purpose: 'newsletter' })),
      later(0, did('newsletter.subscribed')),
      later(days(3), did('demo.requested')),
    ],
    playbook,
  )
  expect(decisions(played, 'SequenceExited').map(({ data }) => data.outcome)).toEqual(['goal'])
})

test('the same rehearsal is the same every time', async () => {
  expect(await play(signUp)).toEqual(await play(signUp))
})
