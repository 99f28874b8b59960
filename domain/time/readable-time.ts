/** An instant as people write it: `23 Nov 2026, 14:05`, `23.11.2026, 14:05`. @param language BCP 47. @param timeZone IANA. */
export const readableTime = (language: string, at: string, timeZone: string): string =>
  new Intl.DateTimeFormat(inBritain(language), {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  }).format(new Date(at))

/** The day alone. */
export const readableDay = (language: string, at: string, timeZone: string): string =>
  new Intl.DateTimeFormat(inBritain(language), { dateStyle: 'medium', timeZone }).format(new Date(at))

/** English without a country is written with the day first, as everywhere but in one country. */
const inBritain = (language: string): string => (language === 'en' ? 'en-GB' : language)
