import { describe, expect, it } from 'vitest'
import { type Action, makePlan, type Plan } from './plan.ts'
import { shrink } from './shrink.ts'

const plan = makePlan({ seed: 3, leads: 40, days: 20 })

/** Fails while all of these are in it. */
const needs = (...needed: readonly Action[]) => {
  let runs = 0
  const fails = async ({ actions }: Plan): Promise<boolean> => {
    runs += 1
    return needed.every((one) => actions.includes(one))
  }
  return { fails, runs: () => runs }
}

const firstOf = (what: Action['do']): Action => {
  const found = plan.actions.find((action) => action.do === what)
  if (!found) throw new Error(`no ${what}`)
  return found
}

describe('the smallest failing run', () => {
  it('is what it takes, in its order, and as many days', async () => {
    const needed = plan.actions.filter((action) =>
      [firstOf('disturb'), firstOf('submit'), firstOf('unsubscribe')].includes(action),
    )
    const { fails, runs } = needs(...needed)
    const smallest = await shrink(plan, fails)
    expect(smallest.actions).toEqual(needed)
    expect(smallest.days).toBe(Math.ceil((needed.at(-1)?.at ?? 0) / 1_440))
    expect(smallest.seed).toBe(plan.seed)
    // Far fewer than there are actions.
    expect(runs()).toBeLessThan(plan.actions.length / 2)
  })

  it('is empty where it fails with nothing', async () => {
    expect((await shrink(plan, async () => true)).actions).toEqual([])
  })

  it('is the plan itself where it fails no more', async () => {
    expect((await shrink(plan, async () => false)).actions).toEqual(plan.actions)
  })

  it('is the best that was found when time is over', async () => {
    const { fails, runs } = needs(firstOf('submit'))
    const found = await shrink(plan, fails, () => runs() > 3)
    expect(found.actions).toContain(firstOf('submit'))
    expect(found.actions.length).toBeLessThan(plan.actions.length)
    expect(runs()).toBeLessThan(10)
  })
})
