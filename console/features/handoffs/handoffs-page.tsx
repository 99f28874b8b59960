import type { HandoffState } from '../../../domain/handoff/handoff.ts'
import { useAddress } from '../../lib/address.ts'
import { scoreText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { useMe } from '../../lib/people.ts'
import { activityWords, t, words } from '../../lib/texts.ts'
import { Empty, Failure, Loading } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { OwnerFilter } from '../../ui/owner-filter.tsx'
import { When } from '../../ui/time.tsx'
import { HandoffView } from './handoff-view.tsx'
import css from './handoffs.module.css'
import { type HandoffRow, useHandoffs } from './handoffs-api.ts'

const states = Object.keys({
  requested: 0,
  accepted: 0,
  rejected: 0,
  expired: 0,
  won: 0,
  lost: 0,
} satisfies Record<HandoffState, 0>) as readonly HandoffState[]

const stateIn = (text: string | undefined): HandoffState => states.find((one) => one === text) ?? 'requested'

const idOf = ({ handoffId }: HandoffRow): string => handoffId

/** What waits for sales, by its deadline; on the right the one that is open. */
export const HandoffsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { query, filter } = useAddress()
  const { data: me } = useMe()
  const state = stateIn(query.state)
  const { data, error, refetch } = useHandoffs(state, query.owner)
  const rows = useFrozenOrder(`${state} ${query.owner}`, data, idOf, id !== undefined)
  const listed = new Set(data?.map(idOf))
  const isListed = (handoff: HandoffRow) => listed.has(idOf(handoff))
  const isMine = query.owner !== undefined && query.owner === me?.email
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    if (rows.items.length > 0) return undefined
    if (state !== 'requested') return <Empty title={t.handoffs.emptyOther} />
    return (
      <Empty title={isMine ? t.handoffs.emptyMine : t.handoffs.empty}>
        <p>{t.handoffs.emptyMore}</p>
      </Empty>
    )
  }
  return (
    <ListDetail
      title={t.pages.handoffs}
      note={state === 'requested' && data ? t.handoffs.waiting(data.length) : undefined}
      filters={
        <>
          <select
            aria-label={t.handoffs.state}
            onChange={(event) => filter({ state: event.currentTarget.value })}
          >
            {states.map((one) => (
              <option key={one} value={one === 'requested' ? '' : one} selected={one === state}>
                {t.handoffs.states[one]}
              </option>
            ))}
          </select>
          <OwnerFilter chosen={query.owner} onChoose={(owner) => filter({ owner })} />
        </>
      }
      rows={rows}
      idOf={idOf}
      base="/handoffs"
      openId={id}
      row={(handoff) => <Row handoff={handoff} hasLeft={!isListed(handoff)} />}
      instead={instead()}
      detail={id === undefined ? undefined : <HandoffView id={id} />}
    />
  )
}

/** Why sales has this lead, in one sentence. */
const sentenceOf = ({ because, score, stage }: HandoffRow): string => {
  const reached = scoreText(score)
  return because
    ? t.handoffs.because(activityWords(because.type), reached, words.stages[stage])
    : t.handoffs.scored(reached, words.stages[stage])
}

interface RowProps {
  readonly handoff: HandoffRow
  /** It only stays so that nothing moves under the reader's hands. */
  readonly hasLeft: boolean
}

/** Until when somebody has to answer, or since when it is here. */
const Moment = ({ handoff: { state, overdueSince, dueAt, requestedAt } }: Pick<RowProps, 'handoff'>) => {
  if (state !== 'requested') return <When at={requestedAt} />
  return overdueSince === null ? (
    <>
      {t.handoffs.due} <When at={dueAt} />
    </>
  ) : (
    <span class={css.late}>
      {t.handoffs.overdue} <When at={overdueSince} />
    </span>
  )
}

const Row = ({ handoff, hasLeft }: RowProps) => {
  const { lead, state, owner } = handoff
  const isWaiting = state === 'requested'
  return (
    <div class={css.row}>
      <strong class={css.who}>{lead.name ?? lead.email ?? t.leads.unnamed}</strong>
      <span class={css.when}>{isWaiting && hasLeft ? t.handoffs.done : <Moment handoff={handoff} />}</span>
      <span class={css.more}>{lead.company ?? lead.email}</span>
      <span class={css.owner}>{owner.name}</span>
      <span class={css.why}>{sentenceOf(handoff)}</span>
    </div>
  )
}
