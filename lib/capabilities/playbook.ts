import { anyEmailDomain } from '../../functions/environment.ts'
import { partitions } from '../../functions/table-schema.ts'
import type { Capability } from '../capability.ts'
import { calibrate } from './calibrate.ts'
import { send } from './send.ts'

export const playbook: Capability = {
  name: 'playbook',
  entry: 'functions/playbook/edit-playbook.lambda.ts',
  purpose: 'Keeps, checks and publishes the playbook, and shows its emails',
  // One core: compiling forty emails takes a second of it. API Gateway waits no longer than 30 s.
  memory: 1769,
  timeoutSeconds: 28,
  connect: (fn, { config, bus, leads, keys, api, workOf }) => {
    bus.grantPublish(fn)
    leads.grantPlaybooks(fn, ['GetItem', 'PutItem'])
    // What is live, and the draft.
    leads.grantWriting(fn, ['UpdateItem', 'DeleteItem'], [partitions.playbooks])
    // A backtest replays everybody.
    leads.grantReading(fn)
    leads.grantLists(fn)
    leads.grantAudit(fn)
    // What outcomes say becomes a draft, or is declined.
    leads.grantWriting(fn, ['PutItem'], [partitions.calibration])
    workOf(calibrate).grantSend(fn, 'CALIBRATE_QUEUE_URL')
    api.addUserRoute('/api/scoring/{proxy+}', ['GET', 'POST'], fn)
    keys.grantSigning(fn)
    keys.grantLinkKeys(fn)
    fn.setVariable('EMAIL_DOMAIN', config.emailDomain ?? anyEmailDomain)
    // Test emails.
    workOf(send).grantSend(fn, 'SEND_QUEUE_URL')
    api.addUserRoute('/api/playbook', ['GET', 'POST', 'PUT', 'DELETE'], fn)
    api.addUserRoute('/api/playbook/{proxy+}', ['GET', 'POST', 'PUT', 'DELETE'], fn)
    // Previews take what publishing takes: the draft, compiled.
    api.addUserRoute('/api/emails', ['GET'], fn)
    api.addUserRoute('/api/emails/{proxy+}', ['GET', 'POST'], fn)
  },
}
