import { Logger } from '@aws-lambda-powertools/logger'
import { correlationOf } from '../../domain/model/decision.ts'
import { missedHitMessage } from '../event-names.ts'
import type { Bus, Tokens } from '../ports.ts'

/** Structured logs. Pass ids and reasons only: never an event, an address or a name. */
export const makeLogger = (service: string): Logger => new Logger({ serviceName: service })

type Keys = Pick<Logger, 'appendKeys'>

/** Programs give ids of their own, up to 500 at once: a line names the first few, and none that could be an address. */
const most = 5
const named = (ids: readonly string[]): { correlationId?: string; correlationIds?: readonly string[] } => {
  const [first, ...others] = [...new Set(ids)].filter((id) => /^[^@\s]{1,256}$/.test(id)).slice(0, most)
  if (first === undefined) return {}
  return others.length === 0 ? { correlationId: first } : { correlationIds: [first, ...others] }
}

/** Has the lines of the request name the lead that its link is for. */
export const loggedTokens = (tokens: Tokens, logger: Keys): Tokens => ({
  sign: tokens.sign,
  verify: (purpose, token, now) => {
    const claims = tokens.verify(purpose, token, now)
    if (claims) logger.appendKeys({ leadId: claims.leadId })
    return claims
  },
})

/** Has the lines of the request name what it put on the bus, by what all that follows from it is called. */
export const loggedBus = <Given extends Bus>(bus: Given, logger: Keys): Given => ({
  ...bus,
  publish: async (decisions) => {
    await bus.publish(decisions)
    logger.appendKeys(named(decisions.map(({ correlationId }) => correlationId)))
  },
  submit: async (activities) => {
    await bus.submit(activities)
    logger.appendKeys(named(activities.map(({ id }) => correlationOf(id))))
  },
})

const warnWith =
  (message: string) =>
  (logger: Pick<Logger, 'warn'>) =>
  (error: unknown): void =>
    logger.warn(message, error instanceof Error ? error : new Error(String(error)))

/** Writes the line that is counted: somebody got where their link leads, and the bus did not take that they went there. */
export const warnMissed = warnWith(missedHitMessage)

export const warnUnread = warnWith('the live playbook cannot be read')
