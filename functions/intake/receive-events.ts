import type { Activity } from '../../domain/activity/activity.ts'
import { addressMisfit } from '../../domain/activity/address-field.ts'
import { asTold } from '../../domain/activity/evidence.ts'
import { identityRules } from '../../domain/activity/identity-key.ts'
import { whyOwnType } from '../../domain/activity/own-types.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import { inRequestOrder } from '../../domain/activity/request-order.ts'
import type { FieldError } from '../../domain/field-error.ts'
import type { IntakePorts } from './intake-ports.ts'

export interface Received {
  readonly accepted: number
  readonly rejected: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
}

/** Puts every good activity on the bus, and says of each bad one what is wrong with it. */
export const makeReceiveEvents =
  ({ bus, clock, newFactId, playbook }: Pick<IntakePorts, 'bus' | 'clock' | 'newFactId' | 'playbook'>) =>
  async (events: readonly unknown[]): Promise<Received> => {
    const now = clock()
    const identity = identityRules(playbook.settings.identity)
    const good: Activity[] = []
    const rejected: { index: number; errors: readonly FieldError[] }[] = []
    for (const [index, event] of events.entries()) {
      const parsed = parseActivity(event, now, newFactId(), identity)
      if (parsed.type === 'refused') {
        rejected.push({ index, errors: parsed.errors })
        continue
      }
      const own = whyOwnType(parsed.activity.type)
      const misfit =
        own === undefined ? addressMisfit(parsed.activity, identity) : { path: 'type', message: own }
      if (misfit === undefined) good.push(asTold(parsed.activity, { type: 'api' }))
      else rejected.push({ index, errors: [misfit] })
    }
    if (good.length > 0) await bus.submit(inRequestOrder(good, identity))
    return { accepted: good.length, rejected }
  }
