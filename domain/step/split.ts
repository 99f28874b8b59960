import { hashText } from '../model/hash-text.ts'
import type { Step } from '../model/sequence.ts'
import { inRow, type Laid, type StepKind } from './step-kind.ts'

/** Which of `ways` a run takes at the split `name`: the same one each time it is asked, evenly spread over runs. */
export const splitWay = (runId: string, name: string, ways: number): number =>
  hashText(`${runId}\u0000${name}`) % ways

/** Each way is followed by a jump past the last one, which needs none. */
const laySplit = (name: string, ways: readonly (readonly [id: string, steps: Laid])[]): Laid => ({
  size: ways.reduce((sum, [, { size }]) => sum + size + 1, 0),
  from: (at) => {
    let start = at + 1
    const placed = ways.map(([id, steps]) => {
      const goto = start
      start += steps.size + 1
      return { id, goto, steps }
    })
    const past = start - 1
    return [
      { type: 'split', name, ways: placed.map(({ id, goto }) => ({ id, goto })) },
      ...placed.flatMap(({ goto, steps }, index): Step[] => [
        ...steps.from(goto),
        ...(index === placed.length - 1 ? [] : [{ type: 'jump' as const, goto: past }]),
      ]),
    ]
  },
})

export const split: StepKind<'split'> = {
  written: {
    step: ({ z, object, id, steps }) =>
      object({ split: object({ name: id, ways: z.record(id, steps) }) }).transform(
        ({ split: { name, ways } }) =>
          laySplit(
            name,
            Object.entries(ways).map(([way, laid]) => [way, inRow(laid)]),
          ),
      ),
  },
  take: ({ name, ways }, { runId }) => {
    const way = ways[splitWay(runId, name, ways.length)]
    if (!way) throw new Error(`split ${name} has no ways`)
    return {
      published: { name, way: way.id },
      way: { split: name, id: way.id },
      go: { type: 'goto', step: way.goto },
    }
  },
  uses: ({ ways }) => ({ leadsTo: ways.map(({ goto }) => goto) }),
  words: ({ name }) => `splits: ${name}`,
  narrate: ({ text }) => `takes way ${text('way')} of ${text('name')}`,
  coming: ({ name, ways }, { runId, from, itself }) => {
    const way = ways[splitWay(runId, name, ways.length)]
    return way ? from(way.goto) : itself()
  },
  migrated: undefined,
}
