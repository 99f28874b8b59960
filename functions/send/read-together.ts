import type { EmailRequest } from '../../domain/email/email-request.ts'
import type { HoldEmailPorts } from './hold-email.ts'
import type { PrepareEmailPorts } from './prepare-email.ts'

type ReadPorts = PrepareEmailPorts & HoldEmailPorts

/** Whoever asks later gets the answer, a failure too; that nobody asks is no unhandled rejection. */
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
  { leadId, recipient, run }: EmailRequest,
): Ports => {
  const { leads, playbooks, sequences, sendingStates } = ports
  const lead = ahead(leads.load(leadId))
  const current = ahead(playbooks.current())
  const isSteered = recipient === 'lead' && run !== undefined
  const sequence = isSteered ? ahead(sequences.load(run.sequence)) : undefined
  const sending = isSteered ? ahead(sendingStates.load()) : undefined
  return {
    ...ports,
    leads: { ...leads, load: (one) => (one === leadId ? lead() : leads.load(one)) },
    playbooks: { ...playbooks, current },
    ...(sequence && {
      sequences: { load: (one) => (one === run?.sequence ? sequence() : sequences.load(one)) },
    }),
    ...(sending && {
      sendingStates: { load: (stream) => (stream === undefined ? sending() : sendingStates.load(stream)) },
    }),
  }
}
