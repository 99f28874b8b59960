import { type Mailed, type Stream, streams } from '../../domain/deliverability/sending-figures.ts'
import { failedEmail, outcomeDecision } from '../../domain/email/email-outcome.ts'
import { feedbackOf, type Outcome, readSesNotice, type Tally } from '../../domain/feedback/ses-feedback.ts'
import type { Decision } from '../../domain/model/decision.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { markOf } from '../../domain/sending/email-figures.ts'
import { emailFailedMessage } from '../event-names.ts'
import type { Bus, SuppressAddress } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import type { Reported } from '../record/record-ports.ts'
import type { SendingFigures, SendReports } from '../send-ports.ts'

export interface FeedbackPorts {
  readonly reports: SendReports
  readonly figures: Pick<SendingFigures, 'add'>
  /** For mailboxes that bounced or complained. */
  readonly suppress: SuppressAddress
  /** Looks whether sending has to pause. */
  readonly guardSending: (stream: Stream) => Promise<void>
  readonly bus: Pick<Bus, 'publish'>
  /** Hands facts to the recorder. */
  readonly record: (reported: readonly Reported[]) => Promise<void>
  /** Writes a line that a metric counts; what goes with it names nobody. */
  readonly warn: (message: string, about: JsonObject) => void
}

/** A message that was read, and whose address nobody writes to any more where it is dead. */
interface Read {
  readonly messageId: string
  readonly feedback: ReturnType<typeof feedbackOf>
}

/** What follows from a message of the batch, once its send is settled. */
interface Taken {
  readonly messageId: string
  readonly reported?: Reported
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
): Promise<Pick<Taken, 'reported' | 'failed'>> => {
  const send = await reports.fail({ at, reason, ...outcome })
  if (!send) return {}
  warn(emailFailedMessage, { sendId: send.sendId, email: send.email, reason: reason.split(':', 1)[0] ?? '' })
  const failed = outcomeDecision(send.request, { status: 'failed', at, reason }, send.cause)
  const isToLead = send.request.recipient === 'lead'
  return { failed, ...(isToLead && { reported: { activity: failedEmail(send.request, at, reason) } }) }
}

const read = async ({ suppress }: FeedbackPorts, { messageId, body }: QueueMessage): Promise<Read> => {
  const feedback = feedbackOf(readSesNotice(busEventOf(body).detail))
  const { dead } = feedback
  if (dead) await suppress(dead.address, { reason: dead.reason, at: dead.at })
  return { messageId, feedback }
}

/** What messages say about one mail that went out: one report of it all. SES often tells of it as sent and as delivered at once. */
const takeSent = async (
  { reports }: FeedbackPorts,
  about: readonly Read[],
  outcome: Outcome,
): Promise<readonly Taken[]> => {
  const marks = about.flatMap(({ feedback: { activity } }) => {
    const mark = activity && markOf(activity.type)
    return mark ? [{ mark, at: activity.occurredAt }] : []
  })
  const first = await reports.report(outcome, marks)
  return about.map(({ messageId, feedback: { activity, mailed, tally } }, index) => ({
    messageId,
    ...(activity && { reported: { activity, marked: true as const } }),
    ...(first && index === 0 && mailed && { sent: mailed }),
    ...(tally && { tally }),
  }))
}

const take = async (ports: FeedbackPorts, about: readonly Read[]): Promise<readonly Taken[]> => {
  const outcome = about.find(({ feedback }) => feedback.outcome)?.feedback.outcome
  if (outcome?.status === 'sent') return takeSent(ports, about, outcome)
  return Promise.all(
    about.map(async ({ messageId, feedback: { activity, tally } }) => ({
      messageId,
      ...(activity && { reported: { activity } }),
      ...(tally && { tally }),
      ...(outcome && (await failedBy(ports, outcome))),
    })),
  )
}

/** What is reported at once: of a mail that went out together, all else one by one. */
const groupsOf = (all: readonly Read[]): readonly (readonly Read[])[] => [
  ...Map.groupBy(all, ({ messageId, feedback: { outcome } }) =>
    outcome?.status === 'sent' ? `sent ${outcome.sendId}` : messageId,
  ).values(),
]

/**
 * Takes a batch of SES events: has nobody write to dead addresses any more, settles the sends they speak of, counts, then
 * hands what they say about leads to the recorder, all in one. A crash between settling and counting loses some of the mails
 * sent, never a bounce: sending pauses rather too early than too late.
 */
export const makeReceiveFeedback =
  (ports: FeedbackPorts) =>
  async (messages: readonly QueueMessage[]): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    const attempt = async <Result>(
      concerned: readonly { readonly messageId: string }[],
      work: () => Promise<Result>,
    ): Promise<readonly Result[]> => {
      try {
        return [await work()]
      } catch (error) {
        for (const { messageId } of concerned) failures.set(messageId, error)
        return []
      }
    }
    const all = await Promise.all(messages.map((message) => attempt([message], () => read(ports, message))))
    const groups = groupsOf(all.flat())
    const taken = (await Promise.all(groups.map((about) => attempt(about, () => take(ports, about))))).flat(2)
    const together = async (concerned: readonly Taken[], work: () => Promise<void>): Promise<void> => {
      if (concerned.length > 0) await attempt(concerned, work)
    }
    const [sent, tallied, failed, reported] = [
      taken.filter((one) => one.sent !== undefined),
      taken.filter((one) => one.tally !== undefined),
      taken.filter((one) => one.failed !== undefined),
      taken.filter((one) => one.reported !== undefined),
    ]
    await together([...sent, ...tallied], () =>
      ports.figures.add(
        sent.flatMap((one) => one.sent ?? []),
        tallied.flatMap(({ tally }) => tally ?? []),
      ),
    )
    await together(failed, () => ports.bus.publish(failed.flatMap((one) => one.failed ?? [])))
    await together(reported, () => ports.record(reported.flatMap((one) => one.reported ?? [])))
    for (const stream of streams) {
      const ofStream = tallied.filter(({ tally }) => tally?.stream === stream)
      await together(ofStream, () => ports.guardSending(stream))
    }
    return failures
  }
