import type { Activity } from './activity.ts'
import type { EventBuses } from './events/event-bus.ts'
import type { Faults } from './gateway/faults.ts'
import { addressOf, type Envelope, type Inbox } from './services/inbox.ts'
import { sesEvents } from './ses/simulator.ts'
import { ACCOUNT, REGION } from './template/intrinsics.ts'

interface SesEventsOptions {
  readonly inbox: Inbox
  readonly buses: EventBuses
  readonly faults: Faults
  readonly activity: Activity
  /** Event types by configuration set. */
  readonly sets: ReadonlyMap<string, readonly string[]>
  newId(): string
  onError(error: unknown): void
}

/** Keeps accepted emails and brings SES's events about them on the default bus, also after a crash in between. */
export class SesEvents {
  readonly #options: SesEventsOptions

  constructor(options: SesEventsOptions) {
    this.#options = options
  }

  accept(envelope: Envelope): void {
    this.#options.inbox.add(envelope)
    this.#publishLater(envelope)
  }

  /** How many emails were accepted since then. @param ms since the epoch */
  sentSince(ms: number): number {
    return this.#options.inbox.since(new Date(ms).toISOString())
  }

  /** Publishes what a crash left. */
  resume(): void {
    for (const envelope of this.#options.inbox.unpublished()) this.#publishLater(envelope)
  }

  #publishLater(envelope: Envelope): void {
    const { activity, onError } = this.#options
    const end = activity.begin()
    setImmediate(() => {
      this.#publish(envelope).catch(onError).finally(end)
    })
  }

  async #publish({ mail, configurationSet }: Envelope): Promise<void> {
    const { buses, faults, inbox, sets, newId } = this.#options
    const events = sesEvents({
      messageId: mail.messageId,
      from: mail.from,
      to: mail.to.map(addressOf),
      subject: mail.subject,
      headers: Object.entries(mail.headers).map(([name, value]) => ({ name, value })),
      tags: Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]])),
      ...(configurationSet === undefined ? {} : { configurationSet }),
      at: Date.parse(mail.at),
      accountId: ACCOUNT,
      region: REGION,
      configSetEventTypes: sets.get(configurationSet ?? '') ?? [],
    })
    for (const event of events) {
      if (faults.any && faults.loses()) continue
      const whole = { ...event, id: newId() }
      await buses.publishAws(whole)
      if (faults.any && faults.duplicates('ses', 'SendEmail')) await buses.publishAws(whole)
    }
    inbox.published(mail.messageId)
  }
}
