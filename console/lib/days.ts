import { now } from './clock.ts'
import { knownSettings } from './session.ts'

/** YYYY-MM-DD in the company's zone. */
export const today = (): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: knownSettings().timeZone }).format(new Date(now()))

export const daysBefore = (day: string, days: number): string => {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - days)
  return at.toISOString().slice(0, 10)
}
