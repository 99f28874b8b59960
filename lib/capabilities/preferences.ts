import { answering, type Capability } from '../capability.ts'
import { openedFromEmail } from '../constructs/public-api.ts'

export const preferences: Capability = {
  name: 'preferences',
  entry: 'functions/preferences/preferences.lambda.ts',
  purpose: 'Shows people what they agreed to, and takes what they choose',
  ...answering,
  connect: (fn, { bus, leads, keys, api }) => {
    bus.grantSubmit(fn)
    leads.grantLeads(fn)
    keys.grantVerifying(fn)
    api.addOpenRoute('/confirm/{token}', ['ANY'], fn, openedFromEmail)
    api.addOpenRoute('/u/{token}', ['ANY'], fn, openedFromEmail)
  },
}
