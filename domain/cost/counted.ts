import countedCalls from './counted-calls.json' with { type: 'json' }
import { atRest } from './prices.ts'
import type { Assumed, Counted, ScenarioName } from './scale.ts'

/** As `npm run bench -- calls --write domain/cost/counted-calls.json` counted it. */
export const counted: Readonly<Record<ScenarioName, Counted>> = countedCalls
/** YYYY-MM-DD. */
export const countedOn: string = countedCalls.counted

/** What stands on the page of costs, and why. */
export const assumed: Assumed = {
  leadKilobytes: 10,
  callMilliseconds: 50,
  callMemory: 512,
  // The platform's lines of a call, and the line of each message.
  logKilobytes: 1.6,
  // Points that fade, and one thing that is waited for by every other lead.
  schedulesPerLead: 1.5,
  atRest,
}
