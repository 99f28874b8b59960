import type { Activity } from '../../domain/activity/activity.ts'
import { feedbackOf } from '../../domain/feedback/feedback-of.ts'
import { readSesNotice } from '../../domain/feedback/ses-notice.ts'
import type { Bus } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import { busEventOf, type QueueMessage } from '../queue/message.ts'
import type { Sends } from '../send-ports.ts'

export interface FeedbackPorts {
  readonly sends: Pick<Sends, 'settle'>
  readonly bus: Pick<Bus, 'submit'>
}

/** Takes a batch of SES events: settles the sends they speak of, then puts what they say about leads on the bus, all in one. */
export const makeReceiveFeedback =
  ({ sends, bus }: FeedbackPorts) =>
  async (messages: readonly QueueMessage[]): Promise<Failures> => {
    const failures = new Map<string, unknown>()
    const settled: { messageId: string; activity: Activity }[] = []
    await Promise.all(
      messages.map(async ({ messageId, body }) => {
        try {
          const { outcome, activity } = feedbackOf(readSesNotice(busEventOf(body).detail))
          if (outcome) {
            const { leadId, sendId, ...result } = outcome
            await sends.settle(leadId, sendId, result)
          }
          if (activity) settled.push({ messageId, activity })
        } catch (error) {
          failures.set(messageId, error)
        }
      }),
    )
    try {
      if (settled.length > 0) await bus.submit(settled.map(({ activity }) => activity))
    } catch (error) {
      for (const { messageId } of settled) failures.set(messageId, error)
    }
    return failures
  }
