import { Validations } from 'aws-cdk-lib/core'
import { answering, type Capability } from '../capability.ts'

const ses = ['ses:GetEmailIdentity', 'ses:GetAccount']

/** Apart from the rest of the API: it alone gets at keys and at who may sign in, and at no lead. */
export const settings: Capability = {
  name: 'settings',
  entry: 'functions/settings/answer-settings.lambda.ts',
  purpose: 'Shows and changes what an admin looks after: sender, keys, members, dead letters',
  ...answering,
  connect: (fn, { leads, keys, users, api, works }) => {
    leads.grantPlaybooks(fn, ['GetItem'])
    leads.grantAudit(fn)
    keys.grantChangingApiKeys(fn)
    users.grantMembers(fn)
    const workers = works()
    fn.allow(
      ['sqs:GetQueueAttributes'],
      workers.map(({ work }) => work.deadLetters.queueArn),
    )
    fn.setVariable(
      'WORKER_DEAD_LETTERS',
      workers.map(({ name, work }) => `${name}=${work.deadLetters.queueUrl}`).join(','),
    )
    fn.allow(ses, ['*'])
    Validations.of(fn).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'The playbook names the sender and may change it; the account itself is no resource for IAM. Both are only read.',
    })
    api.addUserRoute('/api/settings/{proxy+}', ['GET', 'POST', 'PUT', 'DELETE'], fn)
  },
}
