import type { LeadId } from '../../domain/model/activity.ts'
import type { EmailRequest } from '../../domain/model/email-request.ts'
import { claimedSince, type Ledger } from '../../domain/sending/earlier-emails.ts'
import type { Send } from '../send-ports.ts'
import type { HoldEmailPorts } from './hold-email.ts'
import type { PrepareEmailPorts } from './prepare-email.ts'
import { earlierIds, leadOf } from './recent-emails.ts'

type ReadPorts = PrepareEmailPorts & HoldEmailPorts

/** Later questions get the answer, a failure too; that nobody asks is no unhandled rejection. */
const ahead = <Answer>(reading: Promise<Answer>): (() => Promise<Answer>) => {
  reading.catch(() => undefined)
  return () => reading
}

/**
 * Begins to read what an email is judged by: what is asked for at the same moment shares a request. The ports that come
 * back answer from that, for one look at this email.
 */
export const readTogether = <Ports extends ReadPorts>(
  ports: Ports,
  request: EmailRequest,
  now: string,
): Ports => {
  const { leads, playbooks, sequences, sendingStates } = ports
  const { leadId, recipient, run } = request
  const looked = new Map([[leadId, ahead(leads.load(leadId))]])
  const look = (one: LeadId) => {
    const answer = looked.get(one) ?? ahead(leads.load(one))
    looked.set(one, answer)
    return answer()
  }
  const current = ahead(playbooks.current())
  const reading = {
    ...ports,
    leads: { ...leads, load: look },
    playbooks: { ...playbooks, current },
  }
  if (recipient !== 'lead') return reading
  const limited = { ...reading, ...readEarlierTogether(reading, request, now) }
  if (!run) return limited
  const sequence = ahead(sequences.load(run.sequence))
  const sending = ahead(sendingStates.load())
  return {
    ...limited,
    sequences: { load: (one) => (one === run.sequence ? sequence() : sequences.load(one)) },
    sendingStates: { load: (stream) => (stream === undefined ? sending() : sendingStates.load(stream)) },
  }
}

/**
 * The same of what limits have to know: the places of the lead at once, and the emails that they name together with what
 * stands against the address. Each answer is used once: a sender that takes a place after this has changed them, and then
 * they are read again.
 */
const readEarlierTogether = (
  { leads, places, playbooks, sends, suppressionOf }: ReadPorts,
  { leadId, run, confirmation }: EmailRequest,
  now: string,
): Pick<ReadPorts, 'places' | 'sends' | 'suppressionOf'> => {
  const load = async (one: LeadId): Promise<Ledger> => {
    const [ledger, lead] = await Promise.all([places.load(one), one === leadId ? leads.load(one) : undefined])
    // No earlier release has claimed anything for a lead that began under this one.
    return ledger.version === 0 && lead?.noted ? { ...ledger, since: '' } : ledger
  }
  const isLimited = run !== undefined || confirmation !== undefined
  const first = isLimited ? ahead(load(leadId)) : undefined
  let isFirst = first !== undefined
  const begun = new Map<string, Promise<Send | undefined>>()

  const beginEarlier = async (): Promise<void> => {
    if (!first || !run || run.atOnce) return
    const { caps = [] } = (await playbooks.current()).settings
    const from = claimedSince(now, Math.max(0, ...caps.map(({ per }) => per)))
    const noted = (await first()).places.filter(({ at }) => at >= from).map(({ sendId }) => sendId)
    for (const sendId of new Set([...noted, ...earlierIds(run)])) {
      const reading = sends.load(leadOf(sendId, leadId), sendId)
      reading.catch(() => undefined)
      begun.set(sendId, reading)
    }
  }

  return {
    places: {
      ...places,
      load: (one) => {
        const answer = one === leadId && isFirst ? first : undefined
        if (answer) isFirst = false
        return answer?.() ?? load(one)
      },
    },
    sends: {
      ...sends,
      load: (one, sendId) => {
        const reading = begun.get(sendId)
        begun.delete(sendId)
        return reading ?? sends.load(one, sendId)
      },
    },
    suppressionOf: (address) => {
      beginEarlier().catch(() => undefined)
      return suppressionOf(address)
    },
  }
}
