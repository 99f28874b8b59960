const shape = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/

/**
 * RFC 3339 with an offset.
 * @returns UTC with milliseconds (further digits are cut off); undefined for what is no such instant, 30 February included.
 */
export const parseInstant = (text: string): string | undefined => {
  const match = shape.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, date = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  const [offsetHours, offsetMinutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)]
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return undefined
  const day = new Date(Date.UTC(2000, month - 1, date))
  day.setUTCFullYear(year, month - 1, date)
  if (month < 1 || day.getUTCMonth() !== month - 1 || day.getUTCDate() !== date) return undefined
  const milliseconds = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3))
  const offset = (offsetHours * 60 + offsetMinutes) * (match[8] === '-' ? -60_000 : 60_000)
  const instant = new Date(
    day.getTime() + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds - offset,
  )
  return /^\d{4}-/.test(instant.toISOString()) ? instant.toISOString() : undefined
}
