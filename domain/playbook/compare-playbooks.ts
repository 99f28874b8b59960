import type { Json } from '../model/json.ts'
import type { EmailTemplate, Playbook } from '../model/playbook.ts'
import type { Sequence, Step } from '../model/sequence.ts'

/** One value, before and after; absent: there is none. */
export interface FieldChange {
  /** Its name in the file, such as `goal` or `subject.en`. */
  readonly field: string
  readonly before?: Json
  readonly after?: Json
}

/** A step that is new, gone, or of the same kind with other words. */
export interface StepChange {
  readonly before?: Step
  readonly after?: Step
}

/** What marketers call a thing of its own. */
type PlaybookPart =
  | 'sequence'
  | 'email'
  | 'rule'
  | 'stage'
  | 'segment'
  | 'form'
  | 'hook'
  | 'scoring'
  | 'handoff'
  | 'settings'

/** One thing that another playbook adds, removes or changes. */
export interface PlaybookChange {
  readonly part: PlaybookPart
  /** Its name; of what there is one only, of the part that differs. */
  readonly id: string
  readonly change: 'added' | 'removed' | 'changed'
  /** What differs in what both have. */
  readonly fields: readonly FieldChange[]
  /** Of a sequence that both have. */
  readonly steps?: readonly StepChange[]
}

type Things = Readonly<Record<string, object>>

/** As JSON has it: what stands in a playbook is plain. */
const jsonOf = (value: unknown): Json | undefined =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value))

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

const fieldChanges = (before: object, after: object, ignored: readonly string[]): readonly FieldChange[] => {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((field) => !ignored.includes(field) && !isSame(was.get(field), is.get(field)))
    .map((field) => {
      const [old, now] = [jsonOf(was.get(field)), jsonOf(is.get(field))]
      return { field, ...(old !== undefined && { before: old }), ...(now !== undefined && { after: now }) }
    })
}

interface Comparison<Thing extends object> {
  readonly part: PlaybookPart
  readonly before: Readonly<Record<string, Thing>>
  readonly after: Readonly<Record<string, Thing>>
  /** Fields that say nothing to people. */
  readonly ignored?: readonly string[]
  readonly further?: (before: Thing, after: Thing) => Pick<PlaybookChange, 'steps'>
}

const compareThings = <Thing extends object>({
  part,
  before,
  after,
  ignored = [],
  further = () => ({}),
}: Comparison<Thing>): readonly PlaybookChange[] => {
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((id): readonly PlaybookChange[] => {
    const [old, now] = [was.get(id), is.get(id)]
    if (!old) return [{ part, id, change: 'added', fields: [] }]
    if (!now) return [{ part, id, change: 'removed', fields: [] }]
    const [fields, more] = [fieldChanges(old, now, ignored), further(old, now)]
    return fields.length === 0 && (more.steps ?? []).length === 0
      ? []
      : [{ part, id, change: 'changed', fields, ...more }]
  })
}

/** Of what there is one only, each part that differs is a change of its own. */
const compareOne = (part: PlaybookPart, before: object, after: object): readonly PlaybookChange[] =>
  fieldChanges(before, after, []).map((field) => ({
    part,
    id: field.field,
    change: 'changed',
    fields: [field],
  }))

/** Where a step goes on is told by the order of the steps. */
const wordsOf = (step: Step): string =>
  JSON.stringify(step, (key, value: unknown) => (key === 'goto' || key === 'otherwise' ? undefined : value))

/** Lengths of the longest rows of steps that `old` from i on and `now` from j on have in common. */
const commonLengths = (old: readonly string[], now: readonly string[]): readonly (readonly number[])[] => {
  const lengths = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  )
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--) {
      const row = lengths[i]
      if (row) row[j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  return lengths
}

/** One that went and one of its kind that came in its place are one that was changed. */
const paired = (gone: readonly Step[], come: readonly Step[]): readonly StepChange[] => {
  const left = [...come]
  const changes = gone.map((before): StepChange => {
    const at = left.findIndex(({ type }) => type === before.type)
    const [after] = at < 0 ? [] : left.splice(at, 1)
    return after ? { before, after } : { before }
  })
  return [...changes, ...left.map((after) => ({ after }))]
}

const isShown = ({ type }: Step): boolean => type !== 'jump'

/** What differs between the steps of two versions of a sequence, from top to bottom. */
export const compareSteps = (
  before: Sequence['program'],
  after: Sequence['program'],
): readonly StepChange[] => {
  const [old, now] = [before.filter(isShown), after.filter(isShown)]
  const [oldWords, nowWords] = [old.map(wordsOf), now.map(wordsOf)]
  const lengths = commonLengths(oldWords, nowWords)
  const lengthAt = (i: number, j: number): number => lengths[i]?.[j] ?? 0
  const changes: StepChange[] = []
  let [gone, come]: [Step[], Step[]] = [[], []]
  const settle = (): void => {
    changes.push(...paired(gone, come))
    ;[gone, come] = [[], []]
  }
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    const [was, is] = [old[i], now[j]]
    if (was && is && oldWords[i] === nowWords[j]) {
      settle()
      i++
      j++
    } else if (was && (!is || lengthAt(i + 1, j) >= lengthAt(i, j + 1))) {
      gone.push(was)
      i++
    } else if (is) {
      come.push(is)
      j++
    }
  }
  settle()
  return changes
}

/** The steps tell what differs. The same steps may still lead elsewhere: then `program` is said to differ. */
const withoutProgram = (change: PlaybookChange): PlaybookChange => ({
  ...change,
  fields: change.fields.flatMap((field) => {
    if (field.field !== 'program') return [field]
    return (change.steps ?? []).length === 0 ? [{ field: field.field }] : []
  }),
})

/** Front matter by language, with the text as one field: it differs or it does not. */
const emailFields = (versions: Readonly<Record<string, EmailTemplate>>): object =>
  Object.fromEntries(
    Object.entries(versions).flatMap(([language, { html, ...front }]) => [
      ...Object.entries(front).map(([field, value]) => [`${field}.${language}`, value]),
      [`text.${language}`, html],
    ]),
  )

const mapValues = <From, To>(things: Readonly<Record<string, From>>, to: (from: From) => To) =>
  Object.fromEntries(Object.entries(things).map(([id, thing]) => [id, to(thing)]))

/** A text is too long to be told: that it differs is. */
const withoutTexts = (change: PlaybookChange): PlaybookChange => ({
  ...change,
  fields: change.fields.map((field) => (field.field.startsWith('text.') ? { field: field.field } : field)),
})

const byId = <Thing extends { readonly id: string }>(
  things: readonly Thing[],
): Readonly<Record<string, Thing>> => Object.fromEntries(things.map((thing) => [thing.id, thing]))

type Compared = Omit<Playbook, 'version' | 'rulesVersion'>

/** What `after` adds, removes and changes, thing by thing, sequences and emails first. */
export const comparePlaybooks = (before: Compared, after: Compared): readonly PlaybookChange[] => {
  const rulesOf = ({ scoring: { fit, engagement } }: Compared) => byId([...fit, ...engagement])
  const { fit: _f, engagement: _e, ...scoring } = before.scoring
  const { fit: _fit, engagement: _engagement, ...scoringAfter } = after.scoring
  const things = (part: 'forms' | 'hooks' | 'segments', of: Compared): Things => of[part] ?? {}
  return [
    ...compareThings({
      part: 'sequence',
      before: before.sequences,
      after: after.sequences,
      ignored: ['version'],
      further: (was, is) => ({ steps: compareSteps(was.program, is.program) }),
    }).map(withoutProgram),
    ...compareThings({
      part: 'email',
      before: mapValues(before.emails, emailFields),
      after: mapValues(after.emails, emailFields),
    }).map(withoutTexts),
    ...compareThings({ part: 'rule', before: rulesOf(before), after: rulesOf(after) }),
    ...compareOne('scoring', scoring, scoringAfter),
    ...compareThings({ part: 'stage', before: byId(before.funnel.stages), after: byId(after.funnel.stages) }),
    ...compareThings({
      part: 'segment',
      before: things('segments', before),
      after: things('segments', after),
    }),
    ...compareThings({ part: 'form', before: things('forms', before), after: things('forms', after) }),
    ...compareThings({ part: 'hook', before: things('hooks', before), after: things('hooks', after) }),
    ...compareOne('handoff', before.handoff, after.handoff),
    ...compareOne('settings', before.settings, after.settings),
  ]
}
