import type { TrackConfig } from './browser/shared.ts'
import program from './browser/track.ts?program'

/** @param publicUrl base URL of beacon and forms, without a trailing slash. */
export const trackingSnippet = (publicUrl: string): string => {
  const config: TrackConfig = { to: `${publicUrl}/t`, forms: `${publicUrl}/f/` }
  return `(function(config){${program}})(${JSON.stringify(config)})\n`
}
