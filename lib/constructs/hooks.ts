import type { DataStack } from '../data-stack.ts'
import type { AppFunction } from './app-function.ts'
import type { PublicApi } from './public-api.ts'

interface HooksProps {
  readonly receiver: AppFunction
  readonly data: DataStack
  readonly api: PublicApi
}

/** What programs outside report (`POST /hooks/{source}`): anybody may call it, so its role gets at no lead and no log. */
export const addHooks = ({ receiver, data: { leads, keys }, api }: HooksProps): void => {
  leads.grantHooks(receiver)
  keys.grantSigning(receiver)
  keys.grantHookSecrets(receiver)
  // Some sign the address that they call.
  api.grantLinks(receiver)
  const reason = 'Called by programs outside, which sign what they send; the function checks it.'
  api.addOpenRoute('/hooks/{source}', ['POST'], receiver, reason)
  api.addUserRoute('/api/hooks', ['GET'], receiver)
  api.addUserRoute('/api/hooks/{proxy+}', ['POST'], receiver)
}
