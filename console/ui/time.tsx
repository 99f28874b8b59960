import { useNow } from '../lib/clock.ts'
import { exactTime, relativeTime } from '../lib/format.ts'

/** "in 3 hours", with the exact time for who points at it. @param at RFC 3339 */
export const When = ({ at }: { readonly at: string }) => {
  const now = useNow()
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  )
}
