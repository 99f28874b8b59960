import { compileTest, compileValue, type Evaluate } from './compile-expression.ts'
import { ConditionFault } from './condition-fault.ts'
import type { comprehensionOf } from './mentions.ts'
import { isList, isMap, maximumElements, type Value } from './value.ts'

type Comprehension = NonNullable<ReturnType<typeof comprehensionOf>>

const maximumNesting = 2

/** Looked at once for each element around them. */
const maximumInnerElements = 100

/** @returns undefined for what has no elements, or too many: the work stays bounded. */
export const elementsOf = (value: Value, depth: number): readonly Value[] | undefined => {
  const elements = isList(value) ? value : isMap(value) ? Object.keys(value) : undefined
  const most = depth === 0 ? maximumElements : maximumInnerElements
  return elements === undefined || elements.length > most ? undefined : elements
}

/** `all`, `exists`, `exists_one`, `filter` and `map` over the elements of a list or the keys of a map. */
export const compileComprehension = (
  { macro, over, name, body }: Comprehension,
  outer: readonly string[],
  offset: number,
): Evaluate => {
  if (outer.length >= maximumNesting) {
    throw new ConditionFault(`all, exists, filter and map may be nested ${maximumNesting} deep`, offset)
  }
  const names = [...outer, name]
  const [first, second] = body
  if (!first) throw new ConditionFault(`${macro} needs something to ask about each element`, offset)
  const elements = compileValue(over, outer)
  const test = compileTest(first, names)
  const result = macro === 'map' ? compileValue(second ?? first, names) : undefined
  return (context, locals) => {
    const list = elementsOf(elements(context, locals), outer.length)
    if (!list) return undefined
    const holds = (element: Value): boolean => test(context, [...locals, element])
    if (macro === 'all') return list.every(holds)
    if (macro === 'exists') return list.some(holds)
    if (macro === 'exists_one') return list.filter(holds).length === 1
    if (!result) return list.filter(holds)
    const mapped = (second ? list.filter(holds) : list).map((element) =>
      result(context, [...locals, element]),
    )
    return mapped.includes(undefined) ? undefined : mapped
  }
}
