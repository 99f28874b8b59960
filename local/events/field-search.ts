import type { Json, Scalar } from './json-text.ts'
import { NumberText } from './number-text.ts'

/** Which element was taken of each array on the way: fields matched together must agree on it. */
export interface Membership {
  readonly array: readonly Json[]
  readonly index: number
  readonly outer: Membership | undefined
}

export function isScalar(value: Json): value is Scalar {
  return typeof value !== 'object' || value === null || value instanceof NumberText
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/**
 * Visits every scalar at a path that is consistent with the elements taken so far, until `visit` answers true.
 * Scalars in an array stand for the field itself and bind no element; objects and arrays in it do.
 * A key with dots stands for several segments, as in event-ruler.
 */
export function someLeaf(
  node: Json,
  segments: readonly string[],
  depth: number,
  taken: Membership | undefined,
  visit: (value: Scalar, taken: Membership | undefined) => boolean,
): boolean {
  if (isScalar(node)) return depth === segments.length && visit(node, taken)
  if (isArray(node)) {
    const fixed = indexTaken(taken, node)
    return node.some((element, index) => {
      if (isScalar(element)) return depth === segments.length && visit(element, taken)
      if (fixed !== undefined && fixed !== index) return false
      const now = fixed === undefined ? { array: node, index, outer: taken } : taken
      return someLeaf(element, segments, depth, now, visit)
    })
  }
  let key = ''
  for (let end = depth; end < segments.length; end++) {
    key = end === depth ? (segments[end] ?? '') : `${key}.${segments[end]}`
    const child = Object.hasOwn(node, key) ? node[key] : undefined
    if (child !== undefined && someLeaf(child, segments, end + 1, taken, visit)) return true
  }
  return false
}

function indexTaken(taken: Membership | undefined, array: readonly Json[]): number | undefined {
  for (let one = taken; one; one = one.outer) if (one.array === array) return one.index
  return undefined
}
