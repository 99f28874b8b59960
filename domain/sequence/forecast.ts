import type { Sequence, Step } from '../model/sequence.ts'
import { waysFrom } from '../step/step-kinds.ts'
import type { Run } from './run.ts'

/** An email that a run comes to, if nothing happens on the way there. */
export interface Forecast {
  readonly email: string
  /** RFC 3339 UTC. Sending hours and caps may make it later. */
  readonly at: string
  /** No condition lies on the way: only what nobody foresees can keep it away. */
  readonly isSure: boolean
}

interface Place {
  readonly step: number
  readonly at: string
  readonly isSure: boolean
}

/** Where a run goes from a step; nowhere where it ends, or waits for a date that only its lead tells. */
const after = (step: Step, { step: index, at, isSure }: Place, zone: string): readonly Place[] =>
  waysFrom(step, index).flatMap(({ to, isOpen = false, leaves }) => {
    const left = leaves ? leaves(at, zone) : at
    return left === null ? [] : [{ step: to, at: left, isSure: isSure && !isOpen }]
  })

/**
 * The emails of a waiting run until a moment, each at the earliest that it can come: conditions are not asked, both of their
 * ways are gone.
 * @param zone IANA, in place of the lead's own.
 */
export const forecastRun = (
  { step, status }: Pick<Run, 'step' | 'status'>,
  { program }: Pick<Sequence, 'program'>,
  { until, zone }: { readonly until: string; readonly zone: string },
): readonly Forecast[] => {
  if (status.type !== 'waiting') return []
  const emails = new Map<number, Forecast>()
  const open: Place[] = [{ step: step + 1, at: status.until, isSure: true }]
  // Steps lead forwards alone, so that every way ends; where two meet again, the earlier one goes on.
  const seen = new Map<number, string>()
  for (let place = open.shift(); place; place = open.shift()) {
    const here = program[place.step]
    const known = seen.get(place.step)
    if (!here || place.at >= until || (known !== undefined && known <= place.at)) continue
    seen.set(place.step, place.at)
    if (here.type === 'email')
      emails.set(place.step, { email: here.email, at: place.at, isSure: place.isSure })
    open.push(...after(here, place, zone))
  }
  return [...emails.values()]
}
