import { identityRules } from '../../domain/activity/identity-key.ts'
import type { FieldError } from '../../domain/field-error.ts'
import type { CompiledHook } from '../../domain/hook/compile-hook.ts'
import { type MappedEvent, mapEvent } from '../../domain/hook/map-event.ts'
import { eventsOf } from '../../domain/hook/reported-events.ts'
import type { Json } from '../../domain/json.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Clock } from '../ports.ts'

export interface ReadDeliveryPorts {
  readonly playbook: Pick<Playbook, 'settings'>
  readonly clock: Clock
  /** Stands for a text, equal for equal texts; keyed, so that nobody can tell what the text was. */
  readonly fingerprint: (text: string) => string
}

/** What an event has become, by its place in the delivery. */
export interface ReadEvent extends MappedEvent {
  readonly index: number
}

export type ReadDelivery =
  | { readonly type: 'events'; readonly events: readonly ReadEvent[] }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

/** Finds the events in a body and maps each; changes nothing. */
export const makeReadDelivery =
  ({ playbook, clock, fingerprint }: ReadDeliveryPorts) =>
  (hook: CompiledHook, body: Json): ReadDelivery => {
    const found = eventsOf(hook.hook, body)
    if (found.type === 'refused') return found
    const options = { arrivedAt: clock(), identity: identityRules(playbook.settings.identity), fingerprint }
    return {
      type: 'events',
      events: found.events.map((event, index) => ({ index, ...mapEvent(hook, { event, body }, options) })),
    }
  }
