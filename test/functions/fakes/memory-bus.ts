import type { Activity } from '../../../domain/model/activity.ts'
import type { Decision } from '../../../domain/model/decision.ts'
import type { Bus } from '../../../functions/ports.ts'

export interface MemoryBus extends Bus {
  /** In the order of publishing, repeats included. */
  readonly published: readonly Decision[]
  readonly submitted: readonly Activity[]
}

export const memoryBus = (): MemoryBus => {
  const published: Decision[] = []
  const submitted: Activity[] = []
  return {
    published,
    submitted,
    publish: async (decisions) => {
      published.push(...decisions)
    },
    submit: async (activities) => {
      submitted.push(...activities)
    },
  }
}
