import type { Fact } from '../../activity/activity.ts'
import { readableDay } from '../../time/readable-time.ts'
import type { Reader } from './reader.ts'

/** One email that the lead was sent. */
export interface MailRow {
  readonly at: string
  readonly when: string
  readonly email: string
  readonly subject: string
  readonly clicked: boolean
  /** Known only of leads whose consent covers tracking; many mail programs open by themselves. */
  readonly opened: boolean
  /** In words; empty where nothing is known of it. */
  readonly reaction: string
}

const rowLimit = 20

const words = {
  en: { clicked: 'clicked', opened: 'opened' },
  de: { clicked: 'geklickt', opened: 'geöffnet' },
}

/** Newest first. @param facts those that count. @param subjects as they were sent, by the send's id. */
export const mailHistory = (
  facts: readonly Fact[],
  subjects: ReadonlyMap<string, string>,
  { language, timeZone }: Reader,
): readonly MailRow[] => {
  const reactions = (type: string, { properties }: Fact): boolean =>
    facts.some(
      (fact) =>
        fact.type === type &&
        (fact.properties.sendId === undefined
          ? fact.properties.email === properties.email
          : fact.properties.sendId === properties.sendId),
    )
  const told = words[language.startsWith('de') ? 'de' : 'en']
  return facts
    .filter(({ type, properties }) => type === 'email.sent' && typeof properties.email === 'string')
    .slice(-rowLimit)
    .reverse()
    .map((fact) => {
      const email = `${fact.properties.email}`
      const clicked = reactions('email.clicked', fact)
      const opened = reactions('email.opened', fact)
      return {
        at: fact.occurredAt,
        when: readableDay(language, fact.occurredAt, timeZone),
        email,
        subject: subjects.get(`${fact.properties.sendId}`) ?? email,
        clicked,
        opened,
        reaction: clicked ? told.clicked : opened ? told.opened : '',
      }
    })
}
