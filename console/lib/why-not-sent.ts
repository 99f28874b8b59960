import { t } from './texts.ts'

/** Why an email has not gone out, or waits: in words where the reason is one of ours; what SES said stays as it is. */
export const whyNotSent = (reason: string): string => {
  const known: Readonly<Record<string, string | undefined>> = t.people.reasons
  return known[reason] ?? reason.replaceAll('-', ' ')
}
