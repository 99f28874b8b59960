import { describe, expect, it } from 'vitest'
import { makePlan } from './plan.ts'

const size = { leads: 30, days: 30 }

describe('the plan of a run', () => {
  it('is the same for the same seed, written down or not, and another for another', () => {
    const plan = makePlan({ seed: 5, ...size })
    expect(makePlan({ seed: 5, ...size })).toEqual(plan)
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
    expect(makePlan({ seed: 6, ...size }).actions).not.toEqual(plan.actions)
  })

  it('goes forward in time, and ends with its days', () => {
    const { actions } = makePlan({ seed: 5, ...size })
    const times = actions.map(({ at }) => at)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(times.at(-1)).toBeLessThanOrEqual(size.days * 24 * 60)
  })

  it('tells each fact under an id of its own, but for those told again', () => {
    const facts = makePlan({ seed: 5, ...size }).actions.flatMap((one) =>
      one.do === 'tell' ? one.facts : [],
    )
    const contents = new Map(facts.map(({ id, minutesAgo: _, ...fact }) => [id, fact]))
    for (const { id, minutesAgo: _, ...fact } of facts) expect(fact).toEqual(contents.get(id))
    expect(facts.length).toBeGreaterThan(contents.size)
  })

  it('holds everything that can happen', () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => makePlan({ seed, ...size }).actions).flat()
    expect(new Set(seeds.map((action) => action.do))).toEqual(
      new Set([
        ...['tell', 'submit', 'confirm', 'click', 'open', 'unsubscribe', 'answer', 'note', 'crm', 'import'],
        ...['broadcast', 'publish', 'erase', 'merge', 'part', 'poison', 'disturb', 'calm'],
      ]),
    )
    const told = seeds.flatMap((action) => (action.do === 'tell' ? [action.by] : []))
    expect(new Set(told)).toEqual(new Set(['http', 'bus', 'beacon']))
    const faults = seeds.flatMap((action) => (action.do === 'disturb' ? action.faults : []))
    const kinds = faults.flatMap((fault) => Object.keys(fault))
    expect(new Set(kinds)).toEqual(
      new Set([
        'service',
        'operation',
        'error',
        'rate',
        'latencyMs',
        'duplicate',
        'reorder',
        'lose',
        'partial',
      ]),
    )
    const crashes = faults.flatMap(({ error }) => (error?.startsWith('Crash') ? [error] : []))
    expect(new Set(crashes)).toEqual(new Set(['Crash', 'CrashBefore', 'CrashAfter']))
  })
})
