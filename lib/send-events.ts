import type { DecisionType } from '../domain/model/decision.ts'
import { resumedDetailType, sendingResumedDetailType } from '../functions/event-names.ts'

const decisions: readonly DecisionType[] = ['EmailRequested', 'ConsentGranted']

/** Detail types that the sender takes. */
export const sendEvents: readonly string[] = [...decisions, resumedDetailType, sendingResumedDetailType]
