import { useMutation, useQuery } from '@tanstack/preact-query'
import type { HandoffState } from '../../../domain/handoff/handoff.ts'
import type { HandoffBrief } from '../../../domain/handoff/handoff-brief.ts'
import type {
  viewHandedLead,
  viewHandoffInFull,
  viewHandoffRow,
  viewReasons,
} from '../../../functions/api/views.ts'
import { change, queries, read, withQuery } from '../../lib/api.ts'
import { knownSettings } from '../../lib/session.ts'
import { language } from '../../lib/texts.ts'

type MayBeOrphaned = { readonly ownerLeft?: true }
export type HandoffRow = ReturnType<typeof viewHandoffRow> & MayBeOrphaned
export type HandoffDetail = ReturnType<typeof viewHandoffInFull> &
  MayBeOrphaned & {
    readonly lead: ReturnType<typeof viewHandedLead>
    readonly reasons: ReturnType<typeof viewReasons>
    /** Absent where the lead was erased. */
    readonly brief?: HandoffBrief
  }

interface Page {
  readonly items: readonly HandoffRow[]
  readonly next?: string
}

/** What waits is sorted by its deadline, so that all of it is read; of what is over, the newest. */
const mostPages = { requested: 5, other: 1 }

/** Outside the hours of a team many are due at the same moment: who has waited longer comes first. */
const urgency = ({ dueAt, requestedAt }: HandoffRow): string => `${dueAt} ${requestedAt}`

const readPages = async (
  state: HandoffState,
  owner: string | undefined,
  signal: AbortSignal,
): Promise<readonly HandoffRow[]> => {
  const items: HandoffRow[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < mostPages[state === 'requested' ? 'requested' : 'other']; pages += 1) {
    const page: Page = await read(withQuery('/api/handoffs', { state, owner, limit: 100, cursor }), signal)
    items.push(...page.items)
    cursor = page.next
    if (cursor === undefined) break
  }
  return state === 'requested' ? items.toSorted((a, b) => (urgency(a) < urgency(b) ? -1 : 1)) : items
}

export const useHandoffs = (state: HandoffState, owner: string | undefined) =>
  useQuery({
    queryKey: ['handoffs', state, owner],
    queryFn: ({ signal }) => readPages(state, owner, signal),
  })

/** The brief is written in the languages of the playbook. */
const briefLanguage = (): string | undefined =>
  knownSettings().languages.includes(language) ? language : undefined

export const useHandoff = (id: string) =>
  useQuery({
    queryKey: ['handoff', id],
    queryFn: ({ signal }) =>
      read<HandoffDetail>(
        withQuery(`/api/handoffs/${encodeURIComponent(id)}`, { language: briefLanguage() }),
        signal,
      ),
  })

const path = (id: string, what: 'accept' | 'reject' | 'reassign'): string =>
  `/api/handoffs/${encodeURIComponent(id)}/${what}`

/** The list and the one that is open show it at once. */
const refresh = () =>
  Promise.all([
    queries.invalidateQueries({ queryKey: ['handoffs'] }),
    queries.invalidateQueries({ queryKey: ['handoff'] }),
  ])

const accept = async (id: string): Promise<void> => {
  await change('POST', path(id, 'accept')).finally(refresh)
}

export const reject = async (id: string, values: FormData): Promise<void> => {
  const [reason, note] = [values.get('reason'), values.get('note')]
  await change('POST', path(id, 'reject'), { reason, ...(note !== '' && { note }) })
  await refresh()
}

export const reassign = async (id: string, values: FormData): Promise<HandoffDetail & { hint?: string }> => {
  const [team, owner] = `${values.get('owner')}`.split('\n')
  const reason = values.get('reason')
  const handoff = await change<HandoffDetail & { hint?: string }>('POST', path(id, 'reassign'), {
    team,
    owner,
    ...(reason !== '' && { reason }),
  })
  await refresh()
  return handoff
}

export const useAccept = (id: string, onDone: () => void) =>
  useMutation({ mutationFn: () => accept(id), onSuccess: onDone })
