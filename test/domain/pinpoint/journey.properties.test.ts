import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type Activity, type Journey, sortExport } from '../../../domain/pinpoint/export.ts'
import { moveExport } from '../../../domain/pinpoint/move.ts'
import { makeReport } from '../../../domain/pinpoint/report.ts'
import { runs } from '../../support/runs.ts'

const size = 9
const ids = Array.from({ length: size }, (_, index) => `a${index}`)

/** Who is asked for: `x` is one of a few values. */
const asks = (value: string, type: string) => ({
  SegmentDimensions: { UserAttributes: { x: { AttributeType: type, Values: [value] } } },
})
const value = fc.constantFrom('p', 'q', 'r')
const condition = fc.tuple(value, fc.constantFrom('INCLUSIVE', 'EXCLUSIVE')).map(([v, type]) => asks(v, type))

/** An activity that leads on to later ones only, or nowhere. */
const activity = (index: number): fc.Arbitrary<Activity> => {
  const later = fc.option(fc.constantFrom(...ids.slice(index + 1), 'gone'), { nil: undefined })
  const mail = later.map((NextActivity) => ({ EMAIL: { TemplateName: `m${index}`, NextActivity } }))
  const wait = later.map((NextActivity) => ({ Wait: { WaitTime: { WaitFor: 'PT1H' }, NextActivity } }))
  const either = fc
    .record({
      Conditions: fc.array(condition, { minLength: 1, maxLength: 2 }),
      Operator: fc.constantFrom('ALL', 'ANY'),
      TrueActivity: later,
      FalseActivity: later,
    })
    .map(({ Conditions, Operator, ...ways }) => ({
      ConditionalSplit: { Condition: { Conditions, Operator }, ...ways },
    }))
  const several = fc
    .record({
      Branches: fc.array(fc.record({ Condition: condition, NextActivity: later }), { maxLength: 3 }),
      DefaultActivity: later,
    })
    .map((MultiCondition) => ({ MultiCondition }))
  return fc.oneof({ weight: 3, arbitrary: mail }, wait, either, several) as fc.Arbitrary<Activity>
}

const journeys = fc.tuple(...ids.map((_, index) => activity(index))).map(
  (activities): Journey => ({
    Id: 'j',
    Name: 'j',
    StartActivity: 'a0',
    StartCondition: { SegmentStartCondition: { SegmentId: 's' } },
    Activities: Object.fromEntries(activities.map((one, index) => [`a${index}`, one])),
  }),
)

const holds = (
  { SegmentDimensions }: { readonly SegmentDimensions?: unknown },
  x: string | undefined,
): boolean => {
  const { UserAttributes } = SegmentDimensions as ReturnType<typeof asks>['SegmentDimensions']
  const { AttributeType, Values } = UserAttributes.x
  const isOne = x !== undefined && Values.includes(x)
  return AttributeType === 'INCLUSIVE' ? isOne : !isOne
}

/** What Pinpoint would have sent, as its documentation tells of each activity. */
const sentByPinpoint = (journey: Journey, x: string | undefined): readonly string[] => {
  const sent: string[] = []
  let id: string | null | undefined = journey.StartActivity
  while (id) {
    const one: Activity | undefined = journey.Activities?.[id]
    if (!one) break
    const { EMAIL, Wait, ConditionalSplit, MultiCondition } = one
    if (EMAIL) sent.push(EMAIL.TemplateName ?? '')
    if (ConditionalSplit) {
      const { Condition, TrueActivity, FalseActivity } = ConditionalSplit
      const all = (Condition?.Conditions ?? []).map((given) => holds(given, x))
      id = (Condition?.Operator === 'ANY' ? all.some(Boolean) : all.every(Boolean))
        ? TrueActivity
        : FalseActivity
    } else if (MultiCondition) {
      const way = MultiCondition.Branches?.find(({ Condition }) => holds(Condition ?? {}, x))
      id = way ? way.NextActivity : MultiCondition.DefaultActivity
    } else id = EMAIL?.NextActivity ?? Wait?.NextActivity
  }
  return sent
}

interface Step {
  readonly email?: string
  readonly enter?: string
  readonly if?: string
  readonly then?: readonly Step[]
  readonly else?: readonly Step[]
}

/** Of the conditions that are written for these journeys. */
const judged = (source: string, x: string | undefined): boolean => {
  const script = source
    .replaceAll('has(lead.x)', String(x !== undefined))
    .replaceAll('lead.x', JSON.stringify(x ?? null))
    .replaceAll('==', '===')
  return new Function(`return ${script}`)()
}

const sentBySequences = (files: ReadonlyMap<string, string>, x: string | undefined): readonly string[] => {
  const sent: string[] = []
  const walk = (steps: readonly Step[]): void => {
    for (const step of steps) {
      if (step.email) sent.push(step.email)
      if (step.if) walk((judged(step.if, x) ? step.then : step.else) ?? [])
      if (step.enter) run(step.enter)
    }
  }
  const run = (sequence: string): void => walk(parse(files.get(`sequences/${sequence}.yaml`) ?? '').steps)
  run('j')
  return sent
}

const templates = ids.map((_, index) => ({ TemplateName: `m${index}`, Subject: 's', TextPart: 't' }))
const segment = { Id: 's', SegmentType: 'DIMENSIONAL', Dimensions: {} }

test('whoever goes through the sequences of a journey gets what Pinpoint would have sent, in that order', () => {
  fc.assert(
    fc.property(journeys, fc.constantFrom('p', 'q', 'r', undefined), (journey, x) => {
      const exported = sortExport([{ file: 'all.json', json: [journey, segment, ...templates] }])
      const options = { now: '2026-01-01T00:00:00.000Z', language: 'en', timeZone: 'UTC' }
      const { files } = moveExport(exported, options, makeReport())
      expect(sentBySequences(files, x)).toEqual(sentByPinpoint(journey, x))
    }),
    { numRuns: runs(2_000) },
  )
})
