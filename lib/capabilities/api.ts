import type { Capability } from '../capability.ts'
import { audience } from './audience.ts'
import { handoff } from './handoff.ts'
import { imports } from './import.ts'
import { nurture } from './nurture.ts'
import { webhook } from './webhook.ts'

export const api: Capability = {
  name: 'api',
  entry: 'functions/api/console-api.lambda.ts',
  purpose: 'Serves the console',
  // One core: what one lead has done may be a hundred thousand activities, folded for the one who looks at it.
  memory: 1769,
  timeoutSeconds: 28,
  connect: (fn, { bus, leads, keys, api: routes, workOf }) => {
    bus.grantPublish(fn)
    leads.grantItems(fn, ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'])
    leads.grantLists(fn)
    keys.grantSigning(fn)
    workOf(nurture).grantSend(fn, 'NURTURE_QUEUE_URL')
    workOf(handoff).grantSend(fn, 'HANDOFF_QUEUE_URL')
    workOf(audience).grantSend(fn, 'AUDIENCE_QUEUE_URL')
    workOf(imports).grantSend(fn, 'IMPORT_QUEUE_URL')
    workOf(webhook).grantSend(fn, 'WEBHOOK_QUEUE_URL')
    // It names the addresses of forms.
    routes.grantLinks(fn)
    routes.addOpenRoute('/openapi.json', ['GET'], fn, 'Says what the API takes, and nothing of anybody.')
    routes.addUserRoute('/api/{proxy+}', ['GET', 'POST', 'PUT', 'DELETE'], fn)
    routes.addUserRoute('/api/emails/held', ['GET'], fn)
    routes.addUserRoute('/api/emails/held/{proxy+}', ['POST'], fn)
  },
}
