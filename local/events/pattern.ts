import { isList, type Json, Members, type Parsed, parseExactly, parseMembers } from './json-text.ts'
import { type FieldTest, fieldTest, isScalar, type Membership, someLeaf } from './value-match.ts'
import { checkComplexity, InvalidPattern } from './wildcard-complexity.ts'

/** Tests by dotted path; all must hold. A pattern without `$or` is one branch. */
type Branch = ReadonlyMap<string, FieldTest>

/** EventBridge refuses a pattern whose `$or`s multiply out to more. */
const MAX_BRANCHES = 1000
const RESERVED = new Set([
  'exactly',
  'prefix',
  'suffix',
  'equals-ignore-case',
  'wildcard',
  'anything-but',
  'numeric',
  'cidr',
  'exists',
])

/**
 * Multiplies a pattern out into branches of which one must match. Where a path is named twice, the later one
 * counts, so an alternative of `$or` overrides what stands before it.
 */
function patternBranches(pattern: Parsed): readonly Branch[] {
  if (!(pattern instanceof Members)) throw new InvalidPattern('Filter is not an object')
  return addMembers([new Map()], pattern, '')
}

function addMembers(branches: readonly Branch[], members: Members, prefix: string): readonly Branch[] {
  if (members.entries.length === 0) throw new InvalidPattern('Empty objects are not allowed')
  let all = branches
  for (const [key, value] of members.entries) {
    const path = prefix === '' ? key : `${prefix}.${key}`
    if (key === '$or' && isAlternatives(value)) {
      all = value.flatMap((alternative) => addMembers(all, alternative, prefix))
    } else if (value instanceof Members) {
      all = addMembers(all, value, path)
    } else if (isList(value)) {
      const test = fieldTest(value)
      all = all.map((branch) => new Map(branch).set(path, test))
    } else {
      throw new InvalidPattern(`"${key}" must be an object or an array`)
    }
    if (all.length > MAX_BRANCHES) throw new InvalidPattern(`More than ${MAX_BRANCHES} combinations of $or`)
  }
  return all
}

/** `$or` is an operator only above two or more objects of fields; anything else is a field of that name. */
function isAlternatives(value: Parsed): value is readonly Members[] {
  return (
    isList(value) &&
    value.length >= 2 &&
    value.every((one) => one instanceof Members && one.entries.length > 0 && !namesOperator(one))
  )
}

function namesOperator(members: Members): boolean {
  return members.entries.some(([key]) => RESERVED.has(key))
}

export { InvalidPattern } from './wildcard-complexity.ts'

interface Field extends FieldTest {
  readonly segments: readonly string[]
}

export type Matcher = (event: string | object) => boolean

/**
 * Compiles an EventBridge event pattern (JSON text). The matcher takes an event as JSON text, which keeps every
 * digit of its numbers, or as an object.
 * @throws InvalidPattern with EventBridge's reason.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compilePattern(pattern: string): Matcher {
  return compileBranches(patternBranches(parsePattern(pattern)))
}

/**
 * The same for the pattern of a rule, which EventBridge also refuses where its wildcards make it too complex.
 * @throws InvalidPattern with EventBridge's reason.
 */
export function compileRulePattern(pattern: string): Matcher {
  const branches = patternBranches(parsePattern(pattern))
  checkWildcards(branches)
  return compileBranches(branches)
}

function compileBranches(written: readonly Branch[]): Matcher {
  const branches = written.map(compileBranch)
  const [only] = branches
  const matches =
    only && branches.length === 1 ? only : (event: Json) => branches.some((branch) => branch(event))
  return (event) => matches(typeof event === 'string' ? parseExactly(event) : asJson(event))
}

/** Alternatives of `$or` that agree in the fields before one share what is known of its value. */
function checkWildcards(branches: readonly Branch[]): void {
  if (!branches.some((branch) => [...branch.values()].some(({ wildcards }) => wildcards.length > 0))) return
  const numbers = new Map<FieldTest, number>()
  const groups = new Map<string, Set<FieldTest>>()
  for (const branch of branches) {
    let before = ''
    for (const [path, test] of [...branch].sort(byPath)) {
      const number = numbers.get(test) ?? numbers.size
      numbers.set(test, number)
      const group = groups.get(`${before} ${path}`) ?? new Set()
      groups.set(`${before} ${path}`, group.add(test))
      before += ` ${number}`
    }
  }
  for (const tests of groups.values()) checkComplexity([...tests].flatMap(({ wildcards }) => wildcards))
}

function byPath([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1
}

/** Objects come from a JSON parser; only the type has forgotten it. */
function asJson(event: object): Json {
  return event as Json
}

function parsePattern(pattern: string): Parsed {
  try {
    return parseMembers(pattern)
  } catch (error) {
    throw error instanceof SyntaxError ? new InvalidPattern(error.message) : error
  }
}

/** Fields in the order of their names: event-ruler tries them so, and absence depends on what was taken before. */
function compileBranch(branch: Branch): (event: Json) => boolean {
  const fields = [...branch].map(([path, test]) => ({ ...test, path, segments: segmentsOf(path) }))
  fields.sort((a, b) => (a.path < b.path ? -1 : 1))
  return (event) => {
    const open: Field[] = []
    for (const field of fields) {
      const value = direct(event, field.segments)
      if (value !== undefined && isScalar(value) && field.test(value)) continue
      if (field.segments.length === 1 && (value === undefined || isScalar(value))) {
        if (value === undefined && field.absent) continue
        return false
      }
      open.push(field)
    }
    return open.length === 0 || search(event, open, 0, undefined)
  }
}

function segmentsOf(path: string): readonly string[] {
  return path.split('.')
}

/** The value at a path that leads through objects alone. */
function direct(event: Json, segments: readonly string[]): Json | undefined {
  let node: Json | undefined = event
  for (const segment of segments) {
    if (node === undefined || isScalar(node) || Array.isArray(node) || !Object.hasOwn(node, segment)) {
      return undefined
    }
    node = (node as { readonly [key: string]: Json })[segment]
  }
  return node
}

/** Tries the ways to take one element of each array until all fields agree. */
function search(event: Json, fields: readonly Field[], at: number, taken: Membership | undefined): boolean {
  const field = fields[at]
  if (!field) return true
  const found = someLeaf(
    event,
    field.segments,
    taken,
    (value, now) => field.test(value) && search(event, fields, at + 1, now),
  )
  if (found || !field.absent) return found
  return !someLeaf(event, field.segments, taken, () => true) && search(event, fields, at + 1, taken)
}
