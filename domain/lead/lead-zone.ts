import type { Settings } from '../model/settings.ts'
import { zoneOfCountry } from '../time/country-zones.ts'
import { isTimeZone } from '../time/local-time.ts'
import type { LeadState } from './lead-state.ts'

/** IANA zone of a lead: the one in its profile, else that of its country, else the company's. */
export const zoneOf = (
  { attributes }: Pick<LeadState, 'attributes'>,
  { timeZone }: Pick<Settings, 'timeZone'>,
): string => {
  const own = attributes.timeZone?.value
  if (isTimeZone(own)) return own
  return zoneOfCountry(attributes.country?.value) ?? timeZone
}
