import { Validations } from 'aws-cdk-lib/core'
import { type Capability, eventsFor, working } from '../capability.ts'
import { feedback } from './feedback.ts'
import { record } from './record.ts'

/** People are erased one after the other, looked for once more later, and their wake-ups taken back. */
export const erase: Capability = {
  name: 'erase',
  entry: 'functions/erase/erase-lead.lambda.ts',
  purpose: 'Erases people from the table',
  ...working,
  queues: () => [{ events: eventsFor('erase'), maxConcurrency: 2, batchSize: 1 }],
  connect: (fn, { bus, leads, rows, keys, timers, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, [
      'GetItem',
      'BatchGetItem',
      'PutItem',
      'UpdateItem',
      'DeleteItem',
      'BatchWriteItem',
      'Query',
    ])
    leads.grantLists(fn)
    rows.grantReplace(fn)
    keys.grantSigning(fn)
    workOf(erase).grantContinue()
    timers.grantCancel(fn)
    // Their dead letters may hold an address: they are looked through.
    const holding = [record, feedback].map((capability) => workOf(capability).deadLetters)
    fn.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'],
      holding.map(({ queueArn }) => queueArn),
    )
    fn.setVariable('DEAD_LETTER_URLS', holding.map(({ queueUrl }) => queueUrl).join(','))
    // SES names its list by no resource.
    fn.allow(['ses:DeleteSuppressedDestination'], ['*'])
    Validations.of(fn).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The suppression list of SES is the whole account’s; IAM knows no resource for it.',
    })
  },
}
