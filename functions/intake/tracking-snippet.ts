import type { TrackConfig } from './browser/shared.ts'
import program from './browser/track.ts?program'

/** @param publicUrl where the beacon and the forms are, without a slash at the end. */
export const trackingSnippet = (publicUrl: string): string => {
  const config: TrackConfig = { to: `${publicUrl}/t`, forms: `${publicUrl}/f/` }
  return `(function(config){${program}})(${JSON.stringify(config)})\n`
}
