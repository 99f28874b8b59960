import { describe, expect, it } from 'vitest'
import type { Action, Plan } from './plan.ts'
import { shrink } from './shrink.ts'
import { prepare, simulate } from './simulate.ts'
import type { World } from './world.ts'

const day = 24 * 60

const told = (person: number, type: string, properties: Readonly<Record<string, unknown>> = {}) => ({
  ...{ id: `fact-${person}-${type}`, type, person, properties },
})

/** Two people sign up, and one of them asks for a demo while messages come twice; the other just looks around. */
const actions: readonly Action[] = [
  { at: 0, do: 'tell', by: 'http', facts: [told(0, 'page.viewed', { path: '/' })] },
  { at: 120, do: 'disturb', faults: [{ duplicate: 0.5 }] },
  { at: 120, do: 'tell', by: 'bus', facts: [told(1, 'consent.granted', { purpose: 'newsletter' })] },
  { at: 120, do: 'tell', by: 'http', facts: [told(1, 'demo.requested')] },
]
const plan: Plan = { seed: 1, leads: 2, days: 1, actions }

/** As if every email that began a sequence had gone out once more. */
const withEmailsTwice = (world: World): World => ({
  ...world,
  mails: world.mails.flatMap((mail) => (mail.sendId.includes(':consideration:') ? [mail, mail] : [mail])),
})

describe('a run against the stack', () => {
  it('holds', { timeout: 300_000 }, async () => {
    const cloudAssemblyDir = await prepare()
    const { breaches, facts, mails } = await simulate({ cloudAssemblyDir, plan })
    expect(breaches).toEqual([])
    expect([facts, mails].every((count) => count > 0)).toBe(true)
  })

  it('that sends emails twice is found, and comes down to what it takes', { timeout: 600_000 }, async () => {
    const cloudAssemblyDir = await prepare()
    const breachesOf = async (tried: Plan): Promise<readonly string[]> =>
      (await simulate({ cloudAssemblyDir, plan: tried, seen: withEmailsTwice })).breaches.map(
        ({ invariant }) => invariant,
      )
    expect(await breachesOf(plan)).toEqual(['no email goes out twice'])
    const smallest = await shrink(plan, async (tried) => (await breachesOf(tried)).length > 0)
    expect(smallest.actions).toEqual([actions[2], actions[3]])
    expect(smallest.days * day).toBe(day)
  })
})
