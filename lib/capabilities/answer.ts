import { partitions } from '../../functions/table-schema.ts'
import { answering, type Capability } from '../capability.ts'
import { openedFromEmail } from '../constructs/public-api.ts'
import { handoff } from './handoff.ts'

export const answer: Capability = {
  name: 'answer',
  entry: 'functions/answer/answer-handoff.lambda.ts',
  purpose: 'Takes the answer of a salesperson from the link in the email',
  ...answering,
  connect: (fn, { bus, leads, keys, api, workOf }) => {
    bus.grantPublish(fn)
    leads.grantLeads(fn)
    leads.grantWriting(fn, ['PutItem'], [partitions.lead('*'), partitions.team('*')])
    leads.grantWriting(fn, ['UpdateItem'], [partitions.lead('*')])
    leads.grantAudit(fn)
    keys.grantVerifying(fn)
    // The answer is told from there, should the function die over it.
    workOf(handoff).grantSend(fn, 'HANDOFF_QUEUE_URL')
    api.addOpenRoute('/h/{token}', ['ANY'], fn, openedFromEmail)
  },
}
