/** An event pattern that EventBridge would refuse, with the reason. */
export class InvalidPattern extends Error {
  constructor(reason: string) {
    super(`Event pattern is not valid. Reason: ${reason}`)
    this.name = 'InvalidEventPatternException'
  }
}

/** Wildcard patterns of one field; each entry is one alternative, which may name several (`anything-but`). */
export type Wildcards = readonly (readonly string[])[]

/** So many beginnings of wildcard patterns may fit one value at the same time. */
const MOST_BEGINNINGS = 10

const STAR = '*'
const QUOTE = '"'

interface State {
  /** By the next byte, what comes after it. */
  readonly literal: Map<string, Set<State>>
  /** The star that follows; a star is followed by itself. */
  star: State | undefined
  /** The alternatives that pass through here. */
  readonly through: Set<number>
}

/**
 * EventBridge refuses a rule for which some value could be within many beginnings of its wildcard patterns at once:
 * many stars, or few of them with the same characters repeating after them. The value is read byte by byte, and what
 * counts are the places in all patterns of a field where one may be after the same bytes.
 * @throws InvalidPattern
 * @see https://github.com/aws/event-ruler `MachineComplexityEvaluator`
 */
export function checkComplexity(wildcards: Wildcards): void {
  const start = newState()
  for (const [alternative, patterns] of wildcards.entries()) {
    const end = newState()
    for (const pattern of patterns) addPattern(start, end, alternative, tokensOf(pattern))
  }
  const seen = new Set<string>()
  const numbers = new Map<State, number>()
  const numberOf = (state: State) => {
    const known = numbers.get(state) ?? numbers.size
    numbers.set(state, known)
    return known
  }
  const open: ReadonlySet<State>[] = [new Set([start])]
  for (let active = open.pop(); active; active = open.pop()) {
    for (const next of nextPlaces(active)) {
      if (beginnings(next) > MOST_BEGINNINGS) throw tooComplex()
      const key = [...next]
        .map(numberOf)
        .sort((a, b) => a - b)
        .join()
      if (seen.has(key)) continue
      seen.add(key)
      open.push(next)
    }
  }
}

function addPattern(start: State, end: State, alternative: number, tokens: readonly string[]): void {
  let before: State | undefined
  let state = start
  let fixed = true
  for (const [index, token] of tokens.entries()) {
    const isLast = index === tokens.length - 1
    const afterStar = tokens[index - 1] === STAR
    let next: State
    if (token === STAR) {
      // Patterns that begin alike share their places up to the first star.
      next = (fixed ? state.star : undefined) ?? newState()
      next.star = next
      state.star = next
      fixed = false
    } else {
      const [shared] = fixed ? (state.literal.get(token) ?? []) : []
      next = isLast ? end : (shared ?? newState())
      follow(state, token, next)
      if (afterStar && before) follow(before, token, next)
    }
    next.through.add(alternative)
    before = state
    state = next
  }
}

function nextPlaces(active: ReadonlySet<State>): Set<State>[] {
  const always = [...active].flatMap(({ star }) => star ?? [])
  const bytes = new Set([...active].flatMap(({ literal }) => [...literal.keys()]))
  const places = [...bytes].map(
    (byte) => new Set([...always, ...[...active].flatMap(({ literal }) => [...(literal.get(byte) ?? [])])]),
  )
  return always.length > 0 ? [...places, new Set(always)] : places
}

/** A value that has come as far as a star may as well be past it. */
function beginnings(places: ReadonlySet<State>): number {
  let count = 0
  for (const { through, star } of places) {
    count += through.size
    if (star && !places.has(star)) count += star.through.size
  }
  return count
}

function tokensOf(pattern: string): string[] {
  const tokens: string[] = []
  for (let index = 0; index < pattern.length; index++) {
    const character = String.fromCodePoint(pattern.codePointAt(index) ?? 0)
    if (character === STAR) tokens.push(STAR)
    else {
      const literal = character === '\\' ? (pattern[++index] ?? '') : character
      for (const byte of Buffer.from(literal)) tokens.push(`byte ${byte}`)
      index += literal.length - 1
    }
  }
  return [QUOTE, ...tokens, QUOTE]
}

function follow(state: State, token: string, next: State): void {
  const known = state.literal.get(token)
  if (known) known.add(next)
  else state.literal.set(token, new Set([next]))
}

function newState(): State {
  return { literal: new Map(), star: undefined, through: new Set() }
}

function tooComplex(): InvalidPattern {
  return new InvalidPattern(
    'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
  )
}
