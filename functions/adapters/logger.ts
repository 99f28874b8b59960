import { Logger } from '@aws-lambda-powertools/logger'

/** Structured logs. Pass ids and reasons only: never an event, an address or a name. */
export const makeLogger = (service: string): Logger => new Logger({ serviceName: service })
