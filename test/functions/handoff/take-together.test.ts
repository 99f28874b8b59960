import { describe, expect, it } from 'vitest'
import { takeTogether } from '../../../functions/handoff/route-handoff.ts'

/** Doubles numbers, a group at a time, each when it is let go. */
const doubling = () => {
  const groups: (readonly number[])[] = []
  const held: (() => void)[] = []
  const double = takeTogether(async (wishes: readonly number[]) => {
    groups.push(wishes)
    await new Promise<void>((resolve) => held.push(resolve))
    if (wishes.includes(13)) throw new Error('unlucky')
    return wishes.map((wish) =>
      wish < 0
        ? ({ type: 'failed', error: new Error(`${wish} is below 0`) } as const)
        : ({ type: 'done', result: 2 * wish } as const),
    )
  })
  const letGo = async (): Promise<void> => {
    held.shift()?.()
    for (let turns = 0; turns < 10; turns += 1) await undefined
  }
  return { groups, double, letGo }
}

describe('what is asked for under one name', () => {
  it('while some is under way is done together afterwards, each with a result of its own', async () => {
    const { groups, double, letGo } = doubling()
    const all = Promise.allSettled([1, 2, -3, 4].map((wish) => double('a', wish)))
    await letGo()
    await letGo()
    expect(groups).toEqual([[1], [2, -3, 4]])
    expect((await all).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
      2,
      4,
      '-3 is below 0',
      8,
    ])
    const later = double('a', 5)
    await letGo()
    expect(await later).toBe(10)
  })

  it('does not wait for another name', async () => {
    const { groups, double } = doubling()
    void double('a', 1)
    void double('b', 2)
    expect(groups).toEqual([[1], [2]])
  })

  it('fails together where the work does, and goes on', async () => {
    const { double, letGo } = doubling()
    const first = double('a', 13)
    const second = double('a', 1)
    const failed = expect(first).rejects.toThrow('unlucky')
    await letGo()
    await letGo()
    await failed
    expect(await second).toBe(2)
  })
})
