import { asTold } from '../../domain/activity/evidence.ts'
import { identityRules } from '../../domain/activity/identity-key.ts'
import { inRequestOrder } from '../../domain/activity/request-order.ts'
import type { FieldError } from '../../domain/field-error.ts'
import type { CompiledHook } from '../../domain/hook/compile-hook.ts'
import type { Json } from '../../domain/json.ts'
import type { HookFigures } from '../hook-ports.ts'
import type { Bus } from '../ports.ts'
import { type FindOwnersPorts, makeFindOwners } from './find-owners.ts'
import { makeReadDelivery, type ReadDeliveryPorts, type ReadEvent } from './read-delivery.ts'

export interface ReceiveDeliveryPorts extends ReadDeliveryPorts, FindOwnersPorts {
  readonly bus: Pick<Bus, 'submit'>
  readonly figures: Pick<HookFigures, 'add'>
}

export interface Delivered {
  /** Activities that the bus has taken. */
  readonly accepted: number
  /** Events that no rule takes. */
  readonly ignored: number
  /** Activities about deals of nobody yet: kept for a week. */
  readonly unmatched: number
  /** Events of which something is wrong, by their place. */
  readonly rejected: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
  /** Events that were taken without a part that does not fit, by their place. */
  readonly warnings: readonly { readonly index: number; readonly errors: readonly FieldError[] }[]
}

export type DeliveryResult =
  | { readonly type: 'delivered'; readonly delivered: Delivered }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/** Of the reasons in one delivery this many are counted by themselves, each cut to this length. */
const most = { reasons: 20, length: 200 }

const reasonsOf = (events: readonly ReadEvent[]): Readonly<Record<string, number>> => {
  const worded = (kind: string, errors: readonly FieldError[]) =>
    errors.map(({ path, message }) => `${kind}:${path}: ${message}`.slice(0, most.length))
  const reasons = events.flatMap(({ errors, warnings }) => [
    ...worded('rejected', errors),
    ...worded('warned', warnings),
  ])
  const counted = [...Map.groupBy(reasons, (reason) => reason)].slice(0, most.reasons)
  return Object.fromEntries(counted.map(([reason, { length }]) => [reason, length]))
}

/**
 * Takes what a program outside reports, once it is known to be that program. Its 2xx means that the bus has the
 * activities, or the table those that wait; a repeat makes the same of it.
 */
export const makeReceiveDelivery = (ports: ReceiveDeliveryPorts) => {
  const { bus, figures, clock, playbook } = ports
  const readDelivery = makeReadDelivery(ports)
  const findOwners = makeFindOwners(ports)

  return async (hook: CompiledHook, body: Json): Promise<DeliveryResult> => {
    const source = hook.hook.id
    const read = readDelivery(hook, body)
    if (read.type === 'refused') {
      await figures.add(source, clock(), { deliveries: 1, 'refused:no events': 1 })
      return read
    }
    const { events } = read
    const identity = identityRules(playbook.settings.identity)
    const mapped = inRequestOrder(
      events.flatMap(({ activities }) => activities),
      identity,
    )
    const unique = [
      ...new Map(mapped.map((one) => [`${one.id}\n${JSON.stringify(one.subject)}`, one])).values(),
    ]
    const owned = await findOwners(source, unique, hook.followsDeals, identity)
    const told = owned.activities.map((activity) => asTold(activity, { type: 'hook', hook: source }))
    if (told.length > 0) await bus.submit(told)
    await owned.settle()
    const ignored = events.filter(({ activities, errors }) => activities.length + errors.length === 0).length
    const rejected = events
      .filter(({ errors }) => errors.length > 0)
      .map(({ index, errors }) => ({ index, errors }))
    const warned = events
      .filter(({ warnings }) => warnings.length > 0)
      .map(({ index, warnings }) => ({ index, errors: warnings }))
    const accepted = owned.activities.length - owned.released
    const { unmatched, released } = owned
    await figures.add(source, clock(), {
      deliveries: 1,
      events: events.length,
      accepted,
      ignored,
      unmatched,
      released,
      rejected: rejected.length,
      warnings: warned.length,
      ...reasonsOf(events),
    })
    return { type: 'delivered', delivered: { accepted, ignored, unmatched, rejected, warnings: warned } }
  }
}
