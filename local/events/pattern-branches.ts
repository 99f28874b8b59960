import { InvalidPattern } from './invalid-pattern.ts'
import { isList, Members, type Parsed } from './json-text.ts'
import { type FieldTest, fieldTest } from './value-match.ts'

/** Tests by dotted path; all must hold. A pattern without `$or` is one branch. */
export type Branch = ReadonlyMap<string, FieldTest>

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
export function patternBranches(pattern: Parsed): readonly Branch[] {
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
