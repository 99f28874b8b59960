import type { Bus, Lead, Leads } from '../ports.ts'

export interface PublishLeadPorts {
  readonly leads: Pick<Leads, 'clearOutbox'>
  readonly bus: Pick<Bus, 'publish'>
  /** Sees to it that the lead is looked at when it has to be. */
  readonly setWakes: (lead: Lead) => Promise<void>
}

/**
 * Does what a committed lead still owes: its decisions are told, then its wakes are set. Safe to repeat; whoever comes to
 * the lead next does what a crash left.
 * @param version of the stored lead.
 * @throws Transient when the bus does not take the decisions: then nothing is set either.
 */
export const makePublishLead =
  ({ leads, bus, setWakes }: PublishLeadPorts) =>
  async (lead: Lead, version: number): Promise<void> => {
    const { leadId, outbox, owedWakes = [] } = lead
    if (outbox.length === 0 && owedWakes.length === 0) return
    if (outbox.length > 0) await bus.publish(outbox)
    if (owedWakes.length > 0) await setWakes(lead)
    await leads.clearOutbox(leadId, version)
  }
