import type { Activity } from '../../domain/activity/activity.ts'
import { feedbackOf, type Tally } from '../../domain/feedback/feedback-of.ts'
import { readSesNotice } from '../../domain/feedback/ses-notice.ts'
import type { Bus } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import type { SendingFigures, SendReports } from '../sending-ports.ts'

export interface FeedbackPorts {
  readonly reports: SendReports
  readonly figures: Pick<SendingFigures, 'add'>
  /** Looks whether sending has to pause. */
  readonly guardSending: () => Promise<void>
  readonly bus: Pick<Bus, 'submit'>
}

/** What a message of the batch comes to, once its send is settled. */
interface Taken {
  readonly messageId: string
  readonly activity?: Activity
  /** Set for marketing mail of which this is the first report. */
  readonly sent?: string
  readonly tally?: Tally
}

const take = async ({ reports }: FeedbackPorts, { messageId, body }: QueueMessage): Promise<Taken> => {
  const { outcome, activity, mailedAt, tally } = feedbackOf(readSesNotice(busEventOf(body).detail))
  const first = outcome !== undefined && (await reports.report(outcome))
  const counts = first && mailedAt !== undefined && outcome.status === 'sent'
  return {
    messageId,
    ...(activity && { activity }),
    ...(counts && { sent: mailedAt }),
    ...(tally && { tally }),
  }
}

/**
 * Takes a batch of SES events: settles the sends they speak of, counts, then puts what they say about leads on the bus,
 * all in one. A crash between settling and counting loses some of the mails sent, never a bounce: sending pauses rather
 * too early than too late.
 */
export const makeReceiveFeedback =
  (ports: FeedbackPorts) =>
  async (messages: readonly QueueMessage[]): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    const taken: Taken[] = []
    await Promise.all(
      messages.map(async (message) => {
        try {
          taken.push(await take(ports, message))
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
    const [sent, tallied, told] = [
      taken.filter((one) => one.sent !== undefined),
      taken.filter((one) => one.tally !== undefined),
      taken.filter((one) => one.activity !== undefined),
    ]
    await together([...sent, ...tallied], () =>
      ports.figures.add(
        sent.flatMap((one) => one.sent ?? []),
        tallied.flatMap(({ tally }) => tally ?? []),
      ),
    )
    await together(told, () => ports.bus.submit(told.flatMap(({ activity }) => activity ?? [])))
    await together(tallied, ports.guardSending)
    return failures
  }
