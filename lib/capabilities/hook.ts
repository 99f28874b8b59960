import { answering, type Capability } from '../capability.ts'

const signed = 'Called by programs outside, which sign what they send; the function checks it.'

/** Anybody may call it, so its role gets at no lead and no log. */
export const hook: Capability = {
  name: 'hook',
  entry: 'functions/hook/receive-hooks.lambda.ts',
  purpose: 'Takes what CRMs report, and puts activities on the bus',
  ...answering,
  connect: (fn, { bus, leads, keys, api }) => {
    bus.grantSubmit(fn)
    leads.grantHooks(fn)
    keys.grantSigning(fn)
    keys.grantHookSecrets(fn)
    // Some sign the address that they call.
    api.grantLinks(fn)
    api.addOpenRoute('/hooks/{source}', ['ANY'], fn, signed)
    api.addUserRoute('/api/hooks', ['GET'], fn)
    api.addUserRoute('/api/hooks/{proxy+}', ['POST'], fn)
  },
}
