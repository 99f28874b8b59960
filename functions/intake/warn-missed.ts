import type { Logger } from '@aws-lambda-powertools/logger'
import { missedHitMessage } from '../event-names.ts'

/** Writes the line that is counted: somebody got where their link leads, and the bus did not take that they went there. */
export const warnMissed =
  (logger: Pick<Logger, 'warn'>) =>
  (error: unknown): void =>
    logger.warn(missedHitMessage, error instanceof Error ? error : new Error(String(error)))
