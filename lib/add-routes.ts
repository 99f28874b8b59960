import type { FunctionName } from '../functions/environment.ts'
import { type RequestLimits, usualLimits } from './config.ts'
import type { AppFunction } from './constructs/app-function.ts'
import type { PublicApi } from './constructs/public-api.ts'

/** Every address of CONTRACT sections 4 and 5, and the function that answers there. */
export const addRoutes = (
  api: PublicApi,
  { intake, answer, preferences, api: consoleApi, playbook }: Readonly<Record<FunctionName, AppFunction>>,
  limits: RequestLimits = usualLimits,
): void => {
  const visitors = 'Visitors of a web site fill in forms; nobody of them has an account.'
  const emails = 'Opened from an email; the signed token in the path says who may do what.'
  const programs = 'Called by programs with an API key, which the function checks.'
  api.addOpenRoute('/f/{form}', ['GET', 'HEAD', 'POST', 'OPTIONS'], intake, visitors)
  api.addOpenRoute('/events', ['POST'], intake, programs)
  api.addOpenRoute('/t.js', ['GET', 'HEAD'], intake, visitors)
  api.addOpenRoute('/t', ['POST', 'OPTIONS'], intake, visitors)
  api.addOpenRoute('/c/{token}', ['GET', 'HEAD'], intake, emails)
  api.addOpenRoute('/o/{token}', ['GET', 'HEAD'], intake, emails)
  api.addOpenRoute('/confirm/{token}', ['GET', 'HEAD', 'POST'], preferences, emails)
  api.addOpenRoute('/u/{token}', ['GET', 'HEAD', 'POST'], preferences, emails)
  api.addOpenRoute('/h/{token}', ['GET', 'HEAD', 'POST'], answer, emails)
  // Each has its own, so that a flood on one of them leaves the others, and what people confirm or leave by, answering.
  api.limitRoutes('/t', limits.beacon)
  api.limitRoutes('/c/{token}', limits.hits)
  api.limitRoutes('/o/{token}', limits.hits)
  api.limitRoutes('/f/{form}', limits.forms)
  api.limitRoutes('/events', limits.events)
  api.addFallback(intake, 'Answers 404 and 405, and browsers at / with a list of the forms.')
  api.addUserRoute('/api/{proxy+}', ['GET', 'POST', 'PUT', 'DELETE'], consoleApi)
  api.addUserRoute('/api/playbook', ['GET', 'POST', 'PUT', 'DELETE'], playbook)
  api.addUserRoute('/api/playbook/{proxy+}', ['GET', 'POST', 'PUT', 'DELETE'], playbook)
  // Previews take what publishing takes: the draft, compiled.
  api.addUserRoute('/api/emails', ['GET'], playbook)
  api.addUserRoute('/api/emails/{proxy+}', ['GET', 'POST'], playbook)
  api.addUserRoute('/api/emails/held', ['GET'], consoleApi)
  api.addUserRoute('/api/emails/held/{proxy+}', ['POST'], consoleApi)
}
