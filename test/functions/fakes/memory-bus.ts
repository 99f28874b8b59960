import type { Activity } from '../../../domain/model/activity.ts'
import type { Decision } from '../../../domain/model/decision.ts'
import type { Bus, ToldCost } from '../../../functions/ports.ts'

export interface MemoryBus extends Bus {
  /** In the order of publishing, repeats included. */
  readonly published: readonly Decision[]
  readonly submitted: readonly Activity[]
  readonly costs: readonly ToldCost[]
}

export const memoryBus = (): MemoryBus => {
  const published: Decision[] = []
  const submitted: Activity[] = []
  const costs: ToldCost[] = []
  return {
    published,
    submitted,
    costs,
    publish: async (decisions) => {
      published.push(...decisions)
    },
    submit: async (activities) => {
      for (const one of activities)
        if ('subject' in one) submitted.push(one)
        else costs.push(one)
    },
  }
}
