import type { Activity } from '../../domain/activity/activity.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import type { FieldError } from '../../domain/field-error.ts'
import type { IntakePorts } from './intake-ports.ts'

export interface Received {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
}

/** Puts every good activity on the bus, and says of each bad one what is wrong with it. */
export const makeReceiveEvents =
  ({ bus, clock, newFactId }: Pick<IntakePorts, 'bus' | 'clock' | 'newFactId'>) =>
  async (events: readonly unknown[]): Promise<Received> => {
    const now = clock()
    const good: Activity[] = []
    const rejected: { index: number; errors: readonly FieldError[] }[] = []
    for (const [index, event] of events.entries()) {
      const parsed = parseActivity(event, now, newFactId())
      if (parsed.type === 'activity') good.push(parsed.activity)
      else rejected.push({ index, errors: parsed.errors })
    }
    if (good.length > 0) await bus.submit(good)
    return { accepted: good.length, rejected }
  }
