/** Nobody compares more versions than this in the time (ms). */
const most = 20
const within = 10 * 60_000

/** Whether `who` may have one more test email at `now` (RFC 3339). Kept by the container: a limit on mistakes, not on attacks. */
export const testAllowance = (): ((who: string, now: string) => boolean) => {
  const granted = new Map<string, readonly number[]>()
  return (who, now) => {
    const time = Date.parse(now)
    const recent = (granted.get(who) ?? []).filter((at) => at > time - within)
    const isAllowed = recent.length < most
    granted.set(who, isAllowed ? [...recent, time] : recent)
    return isAllowed
  }
}
