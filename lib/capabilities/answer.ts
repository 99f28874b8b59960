import { partitions } from '../../functions/table-schema.ts'
import { answering, type Capability } from '../capability.ts'
import { leadsAndPlaybooks } from '../constructs/lead-table.ts'
import { openedFromEmail } from '../constructs/public-api.ts'
import { handoff } from './handoff.ts'

export const answer: Capability = {
  name: 'answer',
  entry: 'functions/answer/answer-handoff.lambda.ts',
  purpose: 'Takes the answer of a salesperson from the link in the email',
  ...answering,
  connect: (fn, { bus, leads, keys, api, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'Query'], leadsAndPlaybooks)
    leads.grantWriting(fn, ['PutItem', 'UpdateItem'], [partitions.lead('*'), partitions.team('*')])
    leads.grantAudit(fn)
    keys.grantVerifying(fn)
    // The answer is told from there, should the function die over it.
    workOf(handoff).grantSend(fn, 'HANDOFF_QUEUE_URL')
    api.addOpenRoute('/h/{token}', ['ANY'], fn, openedFromEmail)
  },
}
