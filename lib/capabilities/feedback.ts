import { Duration } from 'aws-cdk-lib/core'
import { confirmationsPausedMessage, sendingPausedMessage } from '../../functions/event-names.ts'
import { partitions } from '../../functions/table-schema.ts'
import { type Capability, share, working } from '../capability.ts'
import { watchLogLine } from '../constructs/watch-log-line.ts'
import { record } from './record.ts'

export const feedback: Capability = {
  name: 'feedback',
  entry: 'functions/feedback/receive-feedback.lambda.ts',
  purpose: 'Turns what SES reports into activities',
  ...working,
  memory: 256,
  queues: ({ config, sending: { reports, configurationSet } }) => [
    {
      bus: reports,
      // No other mail of the account.
      events: {
        source: ['aws.ses'],
        detail: { mail: { tags: { 'ses:configuration-set': [configurationSet.configurationSetName] } } },
      },
      maxConcurrency: share(config, 0.04),
      // SES tells of a mail as sent and then as delivered: nobody waits for either, and both are one report.
      batchSize: 50,
      batchWindow: Duration.seconds(1),
    },
  ],
  connect: (fn, { bus, leads, keys, alarms, sending, workOf }) => {
    bus.grantPublish(fn)
    // What is reported about leads goes straight to the recorder: nobody else waits for it.
    workOf(record).grantSend(fn, 'RECORD_QUEUE_URL')
    leads.grantItems(
      fn,
      ['UpdateItem'],
      [partitions.lead('*'), partitions.emailFigures('*'), partitions.sendingShard('*')],
    )
    leads.grantSending(fn)
    keys.grantSigning(fn)
    watchLogLine(sending, 'Paused', alarms, {
      from: fn,
      message: sendingPausedMessage,
      metricName: 'SendingPaused',
      description: 'Marketing mail was paused: too much of it has bounced or was reported as spam.',
      runbook: 'Sending has paused itself',
    })
    watchLogLine(sending, 'ConfirmationsPaused', alarms, {
      from: fn,
      message: confirmationsPausedMessage,
      metricName: 'ConfirmationsPaused',
      description: 'Confirmations were paused: too many have bounced or were reported as spam.',
      runbook: 'Confirmations have paused themselves',
    })
    sending.watchFailed('Refused', fn, alarms)
  },
}
