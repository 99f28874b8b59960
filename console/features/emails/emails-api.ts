import { keepPreviousData, useQuery } from '@tanstack/preact-query'
import type { EmailDetail, EmailRow } from '../../../functions/emails/email-routes.ts'
import { change, read, withQuery } from '../../lib/api.ts'
import { language } from '../../lib/texts.ts'

export type { EmailDetail, EmailRow }

/** What is filled in stands by its name: "Welcome, [firstName]". */
const withoutLiquid = (subject: string): string =>
  subject
    .replaceAll(/\{%.*?%\}/g, '')
    .replaceAll(/\{\{-?\s*(?:\w+\.)*(\w+).*?\}\}/g, '[$1]')
    .trim()

/** In one's own language where it has one. */
export const subjectOf = ({ subject, email }: EmailRow): string =>
  withoutLiquid(subject[language] ?? Object.values(subject)[0] ?? email)

/** An email as one person would get it now. */
export interface Preview {
  readonly language: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Variables without a value. */
  readonly missing?: readonly string[]
}

const pathOf = (email: string, more = ''): string => `/api/emails/${encodeURIComponent(email)}${more}`

export const useEmails = () =>
  useQuery({
    queryKey: ['emails'],
    queryFn: ({ signal }) => read<{ readonly items: readonly EmailRow[] }>('/api/emails', signal),
  })

export const useEmail = (email: string) =>
  useQuery({
    queryKey: ['emails', email],
    queryFn: ({ signal }) => read<EmailDetail>(pathOf(email), signal),
  })

export interface PreviewChoice {
  /** Address or id; undefined: somebody made up. */
  readonly lead: string | undefined
  /** Undefined: the lead's. */
  readonly lang: string | undefined
}

export const usePreview = (email: string, choice: PreviewChoice) =>
  useQuery({
    queryKey: ['emails', email, 'preview', choice],
    queryFn: ({ signal }) => read<Preview>(withQuery(pathOf(email, '/preview'), { ...choice }), signal),
    // The email before stays until the next is there.
    placeholderData: keepPreviousData,
  })

interface FoundPeople {
  readonly items: readonly { readonly email: string | null; readonly name: string | null }[]
}

const pathOfPeople = (q: string, limit: number): string => withQuery('/api/leads', { q, limit })

/** People whose name, company or address is like what was typed. */
export const usePeople = (q: string) =>
  useQuery({
    queryKey: ['emails', 'people', q],
    queryFn: ({ signal }) => read<FoundPeople>(pathOfPeople(q, 8), signal),
    placeholderData: keepPreviousData,
    refetchInterval: false,
  })

/** The first whom a name finds; an address or an id means itself. */
export const personFor = async (typed: string): Promise<string | undefined> => {
  if (typed === '' || typed.includes('@')) return typed || undefined
  const { items } = await read<FoundPeople>(pathOfPeople(typed, 1))
  return items[0]?.email ?? typed
}

export const sendTest = (email: string, to: string, { lead, lang }: PreviewChoice): Promise<unknown> =>
  change('POST', pathOf(email, '/test'), {
    ...(to !== '' && { to }),
    ...(lead !== undefined && { lead }),
    ...(lang !== undefined && { language: lang }),
  })
