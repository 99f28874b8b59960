import { conditionOf, segmentCondition } from './conditions.ts'
import type { Activity, Journey, PinpointExport, WaitTime } from './export.ts'
import { activityTypeOf, durationOf, makeIds, momentOf } from './names.ts'
import type { Report, Tell } from './report.ts'

/** A step as `sequences/<sequence>.yaml` writes it. */
type WrittenStep = Readonly<Record<string, unknown>>

/** A sequence as its file writes it, and what the file says of it. */
export interface WrittenSequence {
  readonly id: string
  readonly comment: string
  readonly yaml: Readonly<Record<string, unknown>>
}

/** What all journeys share. */
export interface JourneyPorts extends Pick<PinpointExport, 'segments'> {
  /** The email of the playbook for a template; undefined where the export lacks it. */
  readonly emailOf: (template: string) => string | undefined
  readonly several: ReadonlySet<string>
  readonly sequenceId: (name: string) => string
  /** The segment of the playbook for one of the export. */
  readonly segmentId: (id: string) => string | undefined
  readonly report: Report
  /** RFC 3339 UTC: fixed days that are past are not waited for. */
  readonly now: string
}

/** Whom `ContactCenter` asks to call. */
export const callingTeam = 'calls'

/** Nothing records it: sequences that lead on from others have no beginning of their own. */
const noTrigger = 'journey.joined'

const splitsOf = ({ ConditionalSplit, MultiCondition, RandomSplit, Holdout }: Activity) => [
  ...(ConditionalSplit ? [ConditionalSplit.TrueActivity, ConditionalSplit.FalseActivity] : []),
  ...(MultiCondition
    ? [...(MultiCondition.Branches ?? []).map((one) => one.NextActivity), MultiCondition.DefaultActivity]
    : []),
  ...(RandomSplit?.Branches ?? []).map((one) => one.NextActivity),
  Holdout?.NextActivity,
]

const nextOf = ({ EMAIL, SMS, PUSH, CUSTOM, ContactCenter, Wait }: Activity) =>
  (EMAIL ?? SMS ?? PUSH ?? CUSTOM ?? ContactCenter ?? Wait)?.NextActivity

const waysOf = (activity: Activity): readonly string[] =>
  [...splitsOf(activity), nextOf(activity)].filter((id) => typeof id === 'string')

interface Shape {
  /** Activities to which several ways lead, the start being one. */
  readonly joints: ReadonlySet<string>
  /** Steps from one activity to one before it: a sequence goes forward only. */
  readonly back: ReadonlySet<string>
}

const edge = (from: string, to: string): string => `${from} -> ${to}`

const shapeOf = ({ Activities, StartActivity }: Journey): Shape => {
  const arrivals = new Map<string, number>()
  const back = new Set<string>()
  const visit = (id: string, path: ReadonlySet<string>): void => {
    const count = (arrivals.get(id) ?? 0) + 1
    arrivals.set(id, count)
    if (count > 1) return
    const within = new Set([...path, id])
    for (const to of waysOf(Activities?.[id] ?? {}))
      if (within.has(to)) back.add(edge(id, to))
      else visit(to, within)
  }
  if (StartActivity) visit(StartActivity, new Set())
  return { joints: new Set([...arrivals].filter(([, count]) => count > 1).map(([id]) => id)), back }
}

/** Turns one journey into sequences. */
class JourneyWriter {
  readonly #journey: Journey
  readonly #ports: JourneyPorts
  readonly #shape: Shape
  readonly #rests = new Map<string, string>()
  readonly #open: string[] = []
  readonly #splitName = makeIds(40)
  readonly #about: string

  constructor(journey: Journey, ports: JourneyPorts) {
    this.#journey = journey
    this.#ports = ports
    this.#shape = shapeOf(journey)
    this.#about = `journey "${journey.Name}"`
  }

  /** The journey's own sequences: the first one, and one for each place where ways meet again. */
  write(): readonly WrittenSequence[] {
    const { Name, Id, State, StartActivity } = this.#journey
    const tell = this.#tell()
    if (State && State !== 'ACTIVE')
      tell('todo', `it was ${State}, and will run once it is published: delete its file unless it shall`)
    const id = this.#ports.sequenceId(Name)
    const begun = StartActivity ? this.#steps(StartActivity) : []
    const first = this.#begin(id, `Journey "${Name}" of Pinpoint (${Id})`, begun)
    return [...first, ...this.#writeRests()]
  }

  #tell(activity?: string): Tell {
    return this.#ports.report.about(
      activity === undefined ? this.#about : `${this.#about}, activity ${activity}`,
    )
  }

  #surroundings(activity?: string) {
    const { segments, several, emailOf } = this.#ports
    return {
      segments,
      several,
      tell: this.#tell(activity),
      emailOf: (id: string) => {
        const template = this.#journey.Activities?.[id]?.EMAIL?.TemplateName
        return template ? emailOf(template) : undefined
      },
    }
  }

  #writeRests(): readonly WrittenSequence[] {
    const rests: WrittenSequence[] = []
    for (let activity = this.#open.shift(); activity !== undefined; activity = this.#open.shift()) {
      const id = this.#rests.get(activity) ?? ''
      const steps = this.#steps(activity)
      rests.push({
        id,
        comment: `Where ways of the journey "${this.#journey.Name}" meet again (activity ${activity}). Nothing begins it but the step "enter: ${id}".`,
        yaml: this.#withSteps({ id, enter: { activity: noTrigger }, reenter: 'always' }, steps),
      })
    }
    return rests
  }

  #withSteps(head: Readonly<Record<string, unknown>>, steps: readonly WrittenStep[]) {
    return { ...head, steps: steps.length === 0 ? [{ exit: 'the journey has no more to do' }] : steps }
  }

  /** A step that leads on to the sequence for what follows where ways meet. */
  #lead(activity: string): WrittenStep {
    const known = this.#rests.get(activity)
    if (known !== undefined) return { enter: known }
    const id = this.#ports.sequenceId(`${this.#journey.Name} ${this.#rests.size + 2}`)
    this.#rests.set(activity, id)
    this.#open.push(activity)
    return { enter: id }
  }

  #begin(id: string, comment: string, steps: readonly WrittenStep[]): readonly WrittenSequence[] {
    const { StartCondition } = this.#journey
    const reenter = this.#reenter()
    const event = StartCondition?.EventStartCondition
    if (event) return this.#beginByEvent({ id, comment, steps, reenter }, event)
    const segment = StartCondition?.SegmentStartCondition?.SegmentId
    return [{ id, comment, yaml: this.#withSteps({ id, enter: this.#enter(segment), reenter }, steps) }]
  }

  #enter(segment: string | undefined): Readonly<Record<string, string>> {
    const known = segment === undefined ? undefined : this.#ports.segmentId(segment)
    if (known !== undefined) return { segment: known }
    this.#tell()('todo', 'no segment of the export begins it: nobody enters until you say who ("enter")')
    return { when: 'false' }
  }

  #beginByEvent(
    {
      id,
      comment,
      steps,
      reenter,
    }: {
      readonly id: string
      readonly comment: string
      readonly steps: readonly WrittenStep[]
      readonly reenter: string
    },
    { EventFilter, SegmentId }: NonNullable<NonNullable<Journey['StartCondition']>['EventStartCondition']>,
  ): readonly WrittenSequence[] {
    const at = this.#surroundings()
    const { EventType, Attributes, Metrics } = EventFilter?.Dimensions ?? {}
    const types = [...new Set((EventType?.Values ?? []).map(activityTypeOf))]
    for (const event of EventType?.Values ?? [])
      if (activityTypeOf(event) !== event)
        at.tell('changed', `the event ${event} is the activity ${activityTypeOf(event)}`)
    if (Object.keys({ ...Attributes, ...Metrics }).length > 0)
      at.tell('lost', 'what is asked of the properties of the starting event: every such activity begins it')
    if (types.length === 0) at.tell('todo', 'it names no starting event: say which activity begins it')
    const audience = SegmentId ? segmentCondition(SegmentId, at) : ''
    const [first = noTrigger, ...others] = types
    const head = (own: string, activity: string) => ({
      ...{ id: own, enter: { activity } },
      ...(audience !== '' && { audience }),
      reenter,
    })
    return [
      { id, comment, yaml: this.#withSteps(head(id, first), steps) },
      ...others.map((type) => {
        const own = this.#ports.sequenceId(`${this.#journey.Name} by ${type}`)
        return {
          id: own,
          comment: `The journey "${this.#journey.Name}" begins with this activity as well.`,
          yaml: this.#withSteps(head(own, type), [{ enter: id }]),
        }
      }),
    ]
  }

  #reenter(): string {
    const { EndpointReentryCap: cap, EndpointReentryInterval: interval } = this.#journey.Limits ?? {}
    if (cap === null || cap === undefined || cap === 1) return 'never'
    if (cap > 1)
      this.#tell()(
        'changed',
        `a lead could enter ${cap} times: here as often as it wants, or never ("reenter")`,
      )
    return durationOf(interval ?? '') ?? 'always'
  }

  #steps(id: string): readonly WrittenStep[] {
    const activity = this.#journey.Activities?.[id]
    if (!activity) {
      this.#tell(id)('lost', 'the export does not have this activity: the way ends here')
      return []
    }
    return [...this.#stepOf(id, activity), ...this.#onwards(id, nextOf(activity))]
  }

  #onwards(from: string, to: string | null | undefined): readonly WrittenStep[] {
    if (typeof to !== 'string') return []
    if (this.#shape.back.has(edge(from, to))) {
      this.#tell(from)('lost', `the journey leads back to ${to}: a sequence goes forward only, and ends here`)
      return []
    }
    return this.#shape.joints.has(to) ? [this.#lead(to)] : this.#steps(to)
  }

  #stepOf(id: string, activity: Activity): readonly WrittenStep[] {
    const tell = this.#tell(id)
    const along = (way: string | null | undefined) => this.#onwards(id, way)
    const { EMAIL, SMS, PUSH, CUSTOM, ContactCenter, Wait } = activity
    if (EMAIL) return this.#email(EMAIL.TemplateName, tell)
    if (SMS) return this.#message('sms', SMS.TemplateName ?? id, tell)
    if (PUSH) return this.#message('push', PUSH.TemplateName ?? id, tell)
    if (CUSTOM) return this.#message('custom', CUSTOM.DeliveryUri ?? CUSTOM.TemplateName ?? id, tell)
    if (ContactCenter) {
      tell(
        'changed',
        `a call by Amazon Connect: the team "${callingTeam}" gets an email that asks it to call`,
      )
      const message = `Please call: the sequence "${this.#journey.Name}" asks for it.`
      return [{ notify: { team: callingTeam, message } }]
    }
    if (Wait) return this.#wait(Wait.WaitTime, tell)
    return this.#split(id, activity, along)
  }

  #email(template: string | null | undefined, tell: Tell): readonly WrittenStep[] {
    const email = template ? this.#ports.emailOf(template) : undefined
    if (email !== undefined) return [{ email }]
    tell('lost', `the export does not have the email template "${template ?? ''}": nothing is sent here`)
    return []
  }

  /** Whoever sends such messages hears of the step on the bus: `SequenceStepReached`. */
  #message(kind: 'sms' | 'push' | 'custom', what: string, tell: Tell): readonly WrittenStep[] {
    const does = { sms: 'a text message', push: 'a push message', custom: 'a call of your own function' }[
      kind
    ]
    tell(
      'lost',
      `${does} (${what}): the step writes the attribute ${kind}, and a program of yours can send it on the event SequenceStepReached`,
    )
    return [{ set: { [kind]: what } }]
  }

  #wait(time: WaitTime, tell: Tell): readonly WrittenStep[] {
    if (time?.WaitFor) {
      const wait = durationOf(time.WaitFor)
      if (wait !== undefined) return [{ wait }]
      tell('lost', `a wait of ${time.WaitFor}`)
    }
    const until = time?.WaitUntil ? momentOf(time.WaitUntil) : undefined
    if (until === undefined) {
      if (time?.WaitUntil) tell('lost', `a wait until ${time.WaitUntil}`)
      return []
    }
    if (until <= this.#ports.now) {
      tell('changed', `a wait until ${until}, which is past, is left out`)
      return []
    }
    const attribute = `wait_${until.slice(0, 10).replaceAll('-', '_')}`
    tell('changed', `a wait until ${until} is a wait for that day, as the attribute ${attribute} of the lead`)
    // Conditions and dates see what a step has set after the next wait.
    return [
      { set: { [attribute]: until.slice(0, 10) } },
      { wait: '5m' },
      { wait: { date: attribute, at: until.slice(11, 16) } },
    ]
  }

  #split(
    id: string,
    { ConditionalSplit, MultiCondition, RandomSplit, Holdout }: Activity,
    along: (way: string | null | undefined) => readonly WrittenStep[],
  ): readonly WrittenStep[] {
    const at = this.#surroundings(id)
    if (ConditionalSplit) {
      const { Condition, EvaluationWaitTime, TrueActivity, FalseActivity } = ConditionalSplit
      const condition = conditionOf(Condition?.Conditions ?? [], Condition?.Operator, at)
      const before = this.#wait(EvaluationWaitTime, at.tell)
      return [...before, ...branched(condition, along(TrueActivity), along(FalseActivity))]
    }
    if (MultiCondition) {
      const { Branches, DefaultActivity, EvaluationWaitTime } = MultiCondition
      const last = along(DefaultActivity)
      const nested = (Branches ?? []).reduceRight<readonly WrittenStep[]>(
        (otherwise, { Condition, NextActivity }) =>
          branched(Condition ? conditionOf([Condition], 'ALL', at) : '', along(NextActivity), otherwise),
        last,
      )
      return [...this.#wait(EvaluationWaitTime, at.tell), ...nested]
    }
    if (RandomSplit) return this.#random(RandomSplit.Branches ?? [], along, at.tell)
    if (Holdout) return this.#holdout(Holdout.Percentage, along(Holdout.NextActivity), at.tell)
    at.tell('lost', 'a kind of activity that is not known here: the way ends here')
    return []
  }

  #random(
    branches: readonly {
      readonly NextActivity?: string | null | undefined
      readonly Percentage?: number | null | undefined
    }[],
    along: (way: string | null | undefined) => readonly WrittenStep[],
    tell: Tell,
  ): readonly WrittenStep[] {
    const taken = branches.filter(({ Percentage }) => (Percentage ?? 0) > 0)
    const shares = wholeShares(taken.map(({ Percentage }) => Percentage ?? 0))
    const [only] = taken
    if (taken.length < 2) return along(only?.NextActivity)
    if (shares.some((share, index) => share !== taken[index]?.Percentage))
      tell('changed', `the shares are ${shares.join(', ')} percent`)
    const ways = taken.map(({ NextActivity }, index) => [
      `way-${index + 1}`,
      { share: shares[index] ?? 0, steps: along(NextActivity) },
    ])
    return [{ split: { name: this.#splitName('random'), ways: Object.fromEntries(ways) } }]
  }

  /** What follows stands within the split, so that those held out get none of it. */
  #holdout(percentage: number, rest: readonly WrittenStep[], tell: Tell): readonly WrittenStep[] {
    const share = Math.round(percentage)
    if (share < 1) return rest
    if (share > 99) return [{ exit: 'held out' }]
    tell('note', `${share} percent are held out: /splits of the sequence compares them with the others`)
    const ways = {
      'held-out': { share, steps: [{ exit: 'held out' }] },
      on: { share: 100 - share, steps: rest },
    }
    return [{ split: { name: this.#splitName('holdout'), ways } }]
  }
}

/** Whole percentages of at least one that add up to 100. */
const wholeShares = (given: readonly number[]): readonly number[] => {
  const sum = given.reduce((total, share) => total + share, 0)
  const whole = given.map((share) => Math.max(1, Math.round((share / sum) * 100)))
  const largest = whole.indexOf(Math.max(...whole))
  const over = whole.reduce((total, share) => total + share, 0) - 100
  return whole.map((share, index) => (index === largest ? share - over : share))
}

/** Named apart: an object literal with this key would look like a promise to tools. */
const yes = 'then'

const branched = (
  condition: string,
  held: readonly WrittenStep[],
  other: readonly WrittenStep[],
): readonly WrittenStep[] => {
  if (condition === '') return held
  if (held.length === 0 && other.length === 0) return []
  return [{ if: condition, [yes]: held, ...(other.length > 0 && { else: other }) }]
}

export const journeySequences = (journey: Journey, ports: JourneyPorts): readonly WrittenSequence[] =>
  new JourneyWriter(journey, ports).write()
