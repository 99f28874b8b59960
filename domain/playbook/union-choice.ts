import type { z } from 'zod'

type Issue = z.core.$ZodIssue

const isAtRoot = (issue: Issue): boolean => issue.path.length === 0

const isMissing = (issue: Issue): boolean =>
  issue.path.length === 1 && 'input' in issue && issue.input === undefined

/** How far the value is from what this branch wants: the wrong kind of thing, then keys too many or missing, then the rest. */
const distance = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys' && isAtRoot(issue)) return sum + 10 * issue.keys.length
    if (isAtRoot(issue) && (issue.code === 'invalid_type' || issue.code === 'custom')) return sum + 1_000
    return sum + (isMissing(issue) || issue.code === 'invalid_union' ? 10 : 1)
  }, 0)

const keyCount = (input: unknown): number =>
  typeof input === 'object' && input !== null ? Object.keys(input).length : 0

/** Whether no branch knows a single key of the value. */
const knowsNoKey = (branches: readonly (readonly Issue[])[], input: unknown): boolean =>
  keyCount(input) > 0 &&
  branches.every((issues) =>
    issues.some(
      (issue) =>
        (issue.code === 'unrecognized_keys' && isAtRoot(issue) && issue.keys.length === keyCount(input)) ||
        (issue.code !== 'unrecognized_keys' && isAtRoot(issue)),
    ),
  )

/**
 * The issues of the branch that the value was most likely meant for. Where no branch knows any of its keys: one issue with
 * the keys that all the branches know.
 */
export const chooseBranch = (union: z.core.$ZodIssueInvalidUnion): readonly Issue[] => {
  if (knowsNoKey(union.errors, union.input)) {
    const unknown = union.errors
      .flat()
      .filter((issue) => issue.code === 'unrecognized_keys' && isAtRoot(issue))
    const [first] = unknown
    if (first !== undefined) return [{ ...first, message: unknown.map((issue) => issue.message).join(' ') }]
  }
  const [nearest = []] = [...union.errors].sort((a, b) => distance(a) - distance(b))
  return nearest
}
