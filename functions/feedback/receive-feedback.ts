import { type Mailed, type Stream, streams } from '../../domain/deliverability/sending-figures.ts'
import { failedEmail, outcomeDecision } from '../../domain/email/email-outcome.ts'
import { feedbackOf, type Outcome, readSesNotice, type Tally } from '../../domain/feedback/ses-feedback.ts'
import type { Activity } from '../../domain/model/activity.ts'
import type { Decision } from '../../domain/model/decision.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { emailFailedMessage } from '../event-names.ts'
import type { Bus, SuppressAddress } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import type { SendingFigures, SendReports } from '../send-ports.ts'

export interface FeedbackPorts {
  readonly reports: SendReports
  readonly figures: Pick<SendingFigures, 'add'>
  /** For mailboxes that bounced or complained. */
  readonly suppress: SuppressAddress
  /** Looks whether sending has to pause. */
  readonly guardSending: (stream: Stream) => Promise<void>
  readonly bus: Pick<Bus, 'submit' | 'publish'>
  /** Writes a line that a metric counts; what goes with it names nobody. */
  readonly warn: (message: string, about: JsonObject) => void
}

/** What follows from a message of the batch, once its send is settled. */
interface Taken {
  readonly messageId: string
  readonly activity?: Activity
  /** An email failed after it was sent. */
  readonly failed?: Decision
  /** Set for mail of which this is the first report. */
  readonly sent?: Mailed
  readonly tally?: Tally
}

/** What is told of an email that SES took and refused afterwards: that it failed. */
const failedBy = async (
  { reports, warn }: FeedbackPorts,
  { at, reason = 'rejected', ...outcome }: Outcome,
): Promise<Pick<Taken, 'activity' | 'failed'>> => {
  const send = await reports.fail({ at, reason, ...outcome })
  if (!send) return {}
  warn(emailFailedMessage, { sendId: send.sendId, email: send.email, reason: reason.split(':', 1)[0] ?? '' })
  const failed = outcomeDecision(send.request, { status: 'failed', at, reason }, send.cause)
  const isToLead = send.request.recipient === 'lead'
  return { failed, ...(isToLead && { activity: failedEmail(send.request, at, reason) }) }
}

/** SES often reports a mail as sent and as delivered in one batch: of these one is asked about. */
const reportingOnce = ({ report }: SendReports): SendReports['report'] => {
  const asked = new Map<string, Promise<boolean>>()
  return (outcome) => {
    const known = asked.get(outcome.sendId)
    if (known) return known.then(() => false)
    const answer = report(outcome)
    asked.set(outcome.sendId, answer)
    return answer
  }
}

const take = async (
  ports: FeedbackPorts,
  report: SendReports['report'],
  { messageId, body }: QueueMessage,
): Promise<Taken> => {
  const { outcome, activity, mailed, tally, dead } = feedbackOf(readSesNotice(busEventOf(body).detail))
  if (dead) await ports.suppress(dead.address, { reason: dead.reason, at: dead.at })
  if (outcome?.status === 'failed') return { messageId, ...(await failedBy(ports, outcome)) }
  const first = outcome !== undefined && (await report(outcome))
  const counts = first && mailed !== undefined
  return {
    messageId,
    ...(activity && { activity }),
    ...(counts && { sent: mailed }),
    ...(tally && { tally }),
  }
}

/**
 * Takes a batch of SES events: has nobody write to dead addresses any more, settles the sends they speak of, counts, then
 * puts what they say about leads on the bus, all in one. A crash between settling and counting loses some of the mails
 * sent, never a bounce: sending pauses rather too early than too late.
 */
export const makeReceiveFeedback =
  (ports: FeedbackPorts) =>
  async (messages: readonly QueueMessage[]): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    const taken: Taken[] = []
    const report = reportingOnce(ports.reports)
    await Promise.all(
      messages.map(async (message) => {
        try {
          taken.push(await take(ports, report, message))
        } catch (error) {
          failures.set(message.messageId, error)
        }
      }),
    )
    const together = async (concerned: readonly Taken[], work: () => Promise<void>): Promise<void> => {
      if (concerned.length === 0) return
      try {
        await work()
      } catch (error) {
        for (const { messageId } of concerned) failures.set(messageId, error)
      }
    }
    const [sent, tallied, failed, reported] = [
      taken.filter((one) => one.sent !== undefined),
      taken.filter((one) => one.tally !== undefined),
      taken.filter((one) => one.failed !== undefined),
      taken.filter((one) => one.activity !== undefined),
    ]
    await together([...sent, ...tallied], () =>
      ports.figures.add(
        sent.flatMap((one) => one.sent ?? []),
        tallied.flatMap(({ tally }) => tally ?? []),
      ),
    )
    await together(failed, () => ports.bus.publish(failed.flatMap((one) => one.failed ?? [])))
    await together(reported, () => ports.bus.submit(reported.flatMap(({ activity }) => activity ?? [])))
    for (const stream of streams) {
      const ofStream = tallied.filter(({ tally }) => tally?.stream === stream)
      await together(ofStream, () => ports.guardSending(stream))
    }
    return failures
  }
