/** `tracking` in `settings.yaml`: what the snippet's beacon is taken from and for. */
export interface TrackingSettings {
  /** Sites whose pages may send; absent: any. Trichter's own pages always may. */
  readonly origins?: readonly string[]
  /** Activity types that pages may report besides views and dwell time. */
  readonly types?: readonly string[]
}

/** What the snippet reports by itself. */
const ownTypes: readonly string[] = ['page.viewed', 'page.engaged']

/** Types that say who somebody is, what they agreed to, what an email or a salesperson did, or what was paid. */
const trusted =
  /^(activity|consent|customer|deal|email|form|handoff|lead|negotiation|onboarding|order|profile|proposal)\./

/** Whether a page may report it at all: anybody can send a beacon, so nothing may rest on it but interest. */
export const mayBeReported = (type: string): boolean => !trusted.test(type)

export const isReported = ({ types = [] }: TrackingSettings, type: string): boolean =>
  mayBeReported(type) && (ownTypes.includes(type) || types.includes(type))

/** @param own where Trichter's own pages stand. */
export const isTrackedSite = ({ origins }: TrackingSettings, origin: string, own: string): boolean =>
  origins === undefined || origin === own || origins.includes(origin)
