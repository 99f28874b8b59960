import { asTheyCome } from '../../functions/environment.ts'
import { emailHeldMessage, emailTurnedAwayMessage, sentAgainMessage } from '../../functions/event-names.ts'
import { awaited, type Capability, eventsFor, share, working } from '../capability.ts'
import { type Config, usual } from '../config.ts'
import { countLogLine, watchLogLine } from '../constructs/watch-log-line.ts'

/** Mails a second of one sender, as SES answers. */
const ratePerSender = 3

/** How many senders may work at once for a rate of SES; a queue's source takes two at least and 1,000 at most. */
export const sendersFor = (sesRate: number): number =>
  Math.min(1_000, Math.max(2, Math.ceil(sesRate / ratePerSender)))

/** Those of a deployment: at most a fifth of what runs at once in its account. */
const sendersOf = (config: Config): number =>
  Math.min(sendersFor(config.sesRate ?? usual.sesRate), share(config, 0.2))

export const send: Capability = {
  name: 'send',
  entry: 'functions/send/send-email.lambda.ts',
  purpose: 'Renders and sends emails, each once',
  ...working,
  // Rendering is the one part that is bound by CPU.
  memory: 1024,
  queues: ({ config }) => [
    {
      // Consent may come after the email that needed it was asked for, but to nobody new; what is paused is resumed.
      events: { ...eventsFor('send'), detail: awaited },
      // About as many emails a second as SES grants: more would only be throttled.
      maxConcurrency: sendersOf(config),
      // Every three minutes: beyond the quarter of an hour after which a crashed sender's claim runs out.
      maxReceiveCount: 10,
    },
  ],
  connect: (fn, { config, bus, leads, keys, alarms, timers, sending, api, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantLists(fn)
    keys.grantSigning(fn)
    keys.grantLinkKeys(fn)
    sending.grantSend(fn)
    // Each keeps to its share of the rate, so that all together keep to the rate.
    const { sesRate } = config
    fn.setVariable('SEND_RATE', sesRate === undefined ? asTheyCome : String(sesRate / sendersOf(config)))
    api.grantLinks(fn)
    // Held emails are looked at again, and all of them when what was paused is resumed.
    workOf(send).grantContinue()
    timers.grantSchedule(fn, workOf(send))
    sending.watchFailed('Failed', fn, alarms)
    countLogLine(sending, 'Held', { from: fn, message: emailHeldMessage, metricName: 'EmailsHeld' })
    watchLogLine(sending, 'TurnedAway', alarms, {
      from: fn,
      message: emailTurnedAwayMessage,
      metricName: 'EmailsTurnedAway',
      description:
        'SES turns emails away: the sender or the recipient is not verified, or the account may not send.',
      runbook: 'SES turns emails away',
    })
    watchLogLine(sending, 'SentAgain', alarms, {
      from: fn,
      message: sentAgainMessage,
      metricName: 'EmailsSentAgain',
      description:
        'An email was sent although a sender that died may have sent it: somebody may have it twice.',
      runbook: 'An email was sent again',
    })
  },
}
