import { missedHitMessage } from '../../functions/event-names.ts'
import { answering, type Capability } from '../capability.ts'
import { usualLimits } from '../config.ts'
import { openedFromEmail, type PublicApi } from '../constructs/public-api.ts'
import { countLogLine } from '../constructs/watch-log-line.ts'

const visitors = 'Visitors of a web site fill in forms; nobody of them has an account.'
const programs = 'Called by programs with an API key, which the function checks.'

export const intake: Capability = {
  name: 'intake',
  entry: 'functions/intake/intake.lambda.ts',
  purpose: 'Takes forms, events and links in emails, and puts activities on the bus',
  ...answering,
  connect: (fn, { config, bus, leads, keys, sending, api }) => {
    bus.grantSubmit(fn)
    leads.grantPlaybooks(fn, ['GetItem'])
    keys.grantVerifying(fn)
    keys.grantApiKeys(fn)
    api.grantLinks(fn)
    api.addOpenRoute('/f/{form}', ['GET', 'HEAD', 'POST', 'OPTIONS'], fn, visitors)
    api.addOpenRoute('/assets/{name}', ['GET', 'HEAD'], fn, openedFromEmail)
    api.addOpenRoute('/events', ['POST'], fn, programs)
    api.addOpenRoute('/t.js', ['GET', 'HEAD'], fn, visitors)
    api.addOpenRoute('/t', ['POST', 'OPTIONS'], fn, visitors)
    api.addOpenRoute('/c/{token}', ['GET', 'HEAD'], fn, openedFromEmail)
    api.addOpenRoute('/o/{token}', ['GET', 'HEAD'], fn, openedFromEmail)
    limitRoutes(api, config.limits)
    api.addFallback(fn, 'Answers 404 and 405.')
    // Few are no harm; the figures of an email are too low by as many.
    countLogLine(sending, 'MissedHits', {
      from: fn,
      message: missedHitMessage,
      metricName: 'ClicksAndOpensMissed',
    })
  },
}

/** Each has its own, so that a flood on one of them leaves the others, and what people confirm or leave by, answering. */
const limitRoutes = (api: PublicApi, limits = usualLimits): void => {
  api.limitRoutes('/t', limits.beacon)
  api.limitRoutes('/c/{token}', limits.hits)
  api.limitRoutes('/o/{token}', limits.hits)
  api.limitRoutes('/assets/{name}', limits.hits)
  api.limitRoutes('/f/{form}', limits.forms)
  api.limitRoutes('/events', limits.events)
}
