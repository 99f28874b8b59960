import { isScalar, type Node, parseDocument } from 'yaml'
import { compileCondition } from '../condition/compile-condition.ts'
import { scoreThresholdOf, withThreshold } from '../condition/score-threshold.ts'
import type { RuleEvidence, ScoringCalibration } from './scoring-proposal.ts'

type Proposal = Extract<ScoringCalibration, { status: 'ok' }>

/** What a proposal changes: plain JSON, by which it is known again. */
export interface ScoringChanges {
  readonly rules: readonly {
    readonly rule: string
    readonly unknown?: true
    readonly points: number
    readonly halfLife?: string
  }[]
  readonly threshold: number | null
}

const isChanged = ({ today, proposed, halfLife }: RuleEvidence): boolean =>
  today !== proposed || halfLife?.today !== halfLife?.proposed

export const changesOf = ({ rules, threshold: { today, proposed } }: Proposal): ScoringChanges => ({
  rules: rules.filter(isChanged).flatMap(({ rule, unknown, proposed: points, halfLife }) =>
    points === null
      ? []
      : [
          {
            rule,
            ...(unknown && { unknown }),
            points,
            ...(halfLife && halfLife.today !== halfLife.proposed && { halfLife: halfLife.proposed }),
          },
        ],
  ),
  threshold: proposed === today ? null : proposed,
})

export const changesNothing = ({ rules, threshold }: ScoringChanges): boolean =>
  rules.length === 0 && threshold === null

/** Further answers of sales move points and threshold by one without anything new to say. */
const isNear = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) <= 1)

/** Whether two proposals say the same. */
export const saySame = (a: ScoringChanges, b: ScoringChanges): boolean =>
  isNear(a.threshold, b.threshold) &&
  a.rules.length === b.rules.length &&
  a.rules.every((one) => {
    const other = b.rules.find(({ rule, unknown }) => rule === one.rule && unknown === one.unknown)
    return other !== undefined && isNear(one.points, other.points) && one.halfLife === other.halfLife
  })

/** A change of a playbook's text that could not be made: it has to be made by hand. */
interface LeftOut {
  readonly file: string
  /** Such as `engagement.demo.points`. */
  readonly path: string
  readonly why: 'missing' | 'not-plain'
}

export interface DraftedScoring {
  readonly files: ReadonlyMap<string, string>
  readonly leftOut: readonly LeftOut[]
}

type Path = readonly (string | number)[]

interface Edit {
  readonly name: string
  readonly path: Path
  /** The text that takes the value's place. @param source the text that stands there. */
  readonly write: (source: string) => string
}

/** Replaces values where they stand: every other sign of the text stays, comments included. */
const editText = (file: string, text: string, edits: readonly Edit[]) => {
  const document = parseDocument(text)
  const leftOut: LeftOut[] = []
  const places = edits.flatMap(({ name, path, write }) => {
    const node = document.getIn(path, true) as Node | undefined
    const [from, to] = isScalar(node) ? (node.range ?? []) : []
    if (from !== undefined && to !== undefined) return [{ from, to, write }]
    leftOut.push({ file, path: name, why: node === undefined ? 'missing' : 'not-plain' })
    return []
  })
  const edited = places
    .toSorted((a, b) => b.from - a.from)
    .reduce(
      (now, { from, to, write }) => now.slice(0, from) + write(now.slice(from, to)) + now.slice(to),
      text,
    )
  return { text: edited, leftOut }
}

interface RawRule {
  readonly id?: unknown
  readonly points?: unknown
  readonly cap?: unknown
}

const listIn = (value: unknown): readonly RawRule[] => (Array.isArray(value) ? value : [])

/** Caps grow and shrink with the points, so that they take as many activities as before. */
const capEdits = (
  path: Path,
  name: string,
  { cap, points: before }: RawRule,
  points: number,
): readonly Edit[] => {
  if (typeof before !== 'number' || before === 0 || points === 0 || before === points) return []
  const share = Math.abs(points / before)
  const caps = Array.isArray(cap) ? cap.map((_, index) => [...path, 'cap', index]) : [[...path, 'cap']]
  if (cap === undefined) return []
  return caps.map((at) => ({
    name: `${name}.cap`,
    path: [...at, 'points'],
    write: (source) => String(Math.max(1, Math.round(Number(source) * share))),
  }))
}

const ruleEdits = (scoring: Readonly<Record<string, unknown>>, changes: ScoringChanges['rules']) => {
  const places = (['fit', 'engagement'] as const).flatMap((part) =>
    listIn(scoring[part]).map((rule, index) => ({ part, rule, path: [part, index] })),
  )
  return changes.flatMap(({ rule: id, unknown, points, halfLife }): readonly Edit[] => {
    const place = places.find(({ rule }) => rule.id === id)
    const { part, rule, path } = place ?? { part: 'engagement', rule: {}, path: ['rules', id] }
    const name = `${part}.${id}`
    const key = unknown ? 'unknown' : 'points'
    return [
      { name: `${name}.${key}`, path: [...path, key], write: () => String(points) },
      ...(halfLife === undefined
        ? []
        : [{ name: `${name}.halfLife`, path: [...path, 'halfLife'], write: () => halfLife }]),
      ...(unknown ? [] : capEdits(path, name, rule, points)),
    ]
  })
}

const scoringFile = 'scoring.yaml'
const handoffFile = 'handoff.yaml'

const thresholdIn = (qualify: unknown) => {
  const compiled = typeof qualify === 'string' ? compileCondition(qualify, 'lead') : undefined
  return compiled?.type === 'condition' ? scoreThresholdOf(compiled.condition) : undefined
}

/** Another score in the text of a condition, quotes and all; the text as it was where it compares none. */
const writeThreshold =
  (threshold: number) =>
  (source: string): string => {
    const qualify: unknown = parseDocument(source).toJS()
    const place = thresholdIn(qualify)
    if (!place || typeof qualify !== 'string') return source
    const before = qualify.slice(0, place.to)
    const at = source.indexOf(before)
    return at < 0
      ? JSON.stringify(withThreshold(qualify, place, threshold))
      : `${source.slice(0, at)}${withThreshold(before, place, threshold)}${source.slice(at + before.length)}`
  }

const draftThreshold = (text: string, threshold: number | null): ReturnType<typeof editText> => {
  if (threshold === null) return { text, leftOut: [] }
  const edit = { name: 'qualify', path: ['qualify'], write: writeThreshold(threshold) }
  const drafted = editText(handoffFile, text, [edit])
  const isDone = thresholdIn(parseDocument(drafted.text).get('qualify'))?.score === threshold
  return isDone ? drafted : { text, leftOut: [{ file: handoffFile, path: 'qualify', why: 'not-plain' }] }
}

/**
 * The files of a playbook with what a proposal changes: points, half-lives and caps of rules, the bands, and the threshold in
 * `handoff.yaml`. Everything else in them stays as it is written.
 */
export const draftScoring = (files: ReadonlyMap<string, string>, proposal: Proposal): DraftedScoring => {
  const changes = changesOf(proposal)
  const text = files.get(scoringFile) ?? ''
  const scoring: unknown = parseDocument(text).toJS()
  const isRead = typeof scoring === 'object' && scoring !== null
  const bands = proposal.bands
    .filter(({ today, proposed }) => today !== proposed)
    .map(
      ({ band, proposed }): Edit => ({
        name: `bands.${band}`,
        path: ['bands', band],
        write: () => String(proposed),
      }),
    )
  const rules = ruleEdits(isRead ? (scoring as Record<string, unknown>) : {}, changes.rules)
  const drafted = editText(scoringFile, text, [...rules, ...bands])
  const handoff = draftThreshold(files.get(handoffFile) ?? '', changes.threshold)
  return {
    files: new Map([...files, [scoringFile, drafted.text], [handoffFile, handoff.text]]),
    leftOut: [...drafted.leftOut, ...handoff.leftOut],
  }
}
