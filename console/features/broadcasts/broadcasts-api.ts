import { useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type {
  AudienceReport,
  audienceOutcomes,
  Broadcast,
  BroadcastPlan,
  BroadcastSplit,
} from '../../../domain/sending/broadcast.ts'
import type { BroadcastTrial } from '../../../functions/broadcast/broadcast-routes.ts'
import type { EmailRow } from '../../../functions/emails/email-routes.ts'
import { change, queries, read, withQuery } from '../../lib/api.ts'
import { readLeads } from '../../lib/figures.ts'
import { language } from '../../lib/texts.ts'

export type { BroadcastPlan, BroadcastSplit, BroadcastTrial }

export type BroadcastRow = Omit<Broadcast, 'status' | 'version' | 'condition'> & {
  readonly state: Broadcast['status']
}

export interface BroadcastDetail extends BroadcastRow {
  readonly audience: AudienceReport
  /** The audience is fixed. */
  readonly frozen: boolean
  readonly delivered: number
  readonly opened: number
  readonly clicked: number
  readonly unsubscribed: number
  /** How its variants do, where it tries some. */
  readonly trial?: BroadcastTrial
}

/** An email with those of its front matter that are tried against each other; `main` is itself. */
export interface WritableEmail extends EmailRow {
  readonly variants: readonly { readonly id: string; readonly row: EmailRow }[]
}

const mainVariant = 'main'

/** The email that a variant is, as the API names it. */
export const variantOf = (email: string, variant: string): string =>
  variant === mainVariant ? email : `${email}.${variant}`

const withVariants = (row: EmailRow, all: readonly EmailRow[]): WritableEmail => ({
  ...row,
  variants: [
    { id: mainVariant, row },
    ...all.flatMap((other) =>
      other.email.startsWith(`${row.email}.`)
        ? [{ id: other.email.slice(row.email.length + 1), row: other }]
        : [],
    ),
  ],
})

const pathOf = (id: string, more = ''): string => `/api/broadcasts/${encodeURIComponent(id)}${more}`

export const useBroadcasts = () =>
  useInfiniteQuery({
    queryKey: ['broadcasts'],
    queryFn: ({ pageParam, signal }) =>
      read<{ readonly items: readonly BroadcastRow[]; readonly next?: string }>(
        withQuery('/api/broadcasts', { limit: 50, cursor: pageParam }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

export const useBroadcast = (id: string) =>
  useQuery({
    queryKey: ['broadcasts', id],
    queryFn: ({ signal }) => read<BroadcastDetail>(pathOf(id), signal),
  })

/** What became of some of the audience, and why nothing went out to them. */
export interface AskedOutcome {
  readonly outcome: (typeof audienceOutcomes)[number]
  readonly reason?: string | undefined
}

export const useAudienceWith = (id: string, { outcome, reason }: AskedOutcome) =>
  useInfiniteQuery({
    queryKey: ['broadcasts', id, 'people', outcome, reason],
    queryFn: async ({ pageParam, signal }) => {
      const query = { outcome, reason, limit: 50, cursor: pageParam }
      const { items, ...page } = await read<{
        readonly items: readonly { readonly leadId: string }[]
        readonly next?: string
      }>(withQuery(pathOf(id, '/people'), query), signal)
      const known = await readLeads(
        items.map(({ leadId }) => leadId),
        signal,
      )
      return { ...page, items: items.flatMap(({ leadId }) => known.get(leadId) ?? []) }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

/** Emails that somebody has to have agreed to. */
export const useMarketingEmails = () =>
  useQuery({
    queryKey: ['emails'],
    queryFn: ({ signal }) => read<{ readonly items: readonly EmailRow[] }>('/api/emails', signal),
    select: ({ items }) =>
      items
        .filter(({ kind, email }) => kind === 'marketing' && !email.includes('.'))
        .map((row) => withVariants(row, items)),
  })

/** @param reader id of the lead who reads it; absent: somebody made up, who speaks the language of whoever looks where the email does. */
export const usePreview = ({ email, languages }: EmailRow, reader = '') => {
  const choice = reader === '' ? { lang: languages.find((one) => one === language) } : { lead: reader }
  return useQuery({
    queryKey: ['emails', email, 'preview', 'broadcast', choice],
    queryFn: ({ signal }) =>
      read<{ readonly subject: string; readonly html: string }>(
        withQuery(`/api/emails/${encodeURIComponent(email)}/preview`, choice),
        signal,
      ),
    refetchInterval: false,
  })
}

/** In one's own language where it has one, with names in place of Liquid. */
export const subjectOf = ({ subject, email }: EmailRow): string =>
  (subject[language] ?? Object.values(subject)[0] ?? email).replaceAll(
    /\{\{-?\s*(?:\w+\.)*(\w+).*?\}\}/g,
    '[$1]',
  )

const again = <Answer>(answer: Answer): Promise<Answer> =>
  queries.invalidateQueries({ queryKey: ['broadcasts'] }).then(() => answer)

export const draftBroadcast = (plan: BroadcastPlan): Promise<BroadcastRow> =>
  change<BroadcastRow>('POST', '/api/broadcasts', plan).then(again)

export const scheduleBroadcast = (id: string): Promise<unknown> =>
  change('POST', pathOf(id, '/schedule')).then(again)

export const cancelBroadcast = (id: string): Promise<unknown> =>
  change('POST', pathOf(id, '/cancel')).then(again)

export const deleteBroadcast = (id: string): Promise<unknown> => change('DELETE', pathOf(id)).then(again)
