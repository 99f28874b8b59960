import { Link } from 'wouter-preact'
import { withQuery } from '../../lib/api.ts'
import { scoreText, totalText } from '../../lib/format.ts'
import { useMe, useTeams } from '../../lib/people.ts'
import { activityWords, t, words } from '../../lib/texts.ts'
import { buttonClass, Failure, Loading } from '../../ui/controls.tsx'
import { When } from '../../ui/time.tsx'
import css from './overview.module.css'
import { type HandoffRow, useHandoffsIn, useOpenDeals } from './overview-api.ts'

const shown = 6

/** One's own, for who is in a team; everybody's for who is not. */
const useOwner = (): string | undefined => {
  const { data: me } = useMe()
  const { data: teams } = useTeams()
  const isMember = teams?.items.some(({ members }) => members.some(({ email }) => email === me?.email))
  return isMember ? me?.email : undefined
}

/** Who waits, what happened to one's leads, and what is under way. */
export const SalesOverview = () => {
  const owner = useOwner()
  return (
    <>
      <Waiting owner={owner} />
      <Pipeline owner={owner} />
      <Happened owner={owner} />
    </>
  )
}

interface OwnProps {
  readonly owner: string | undefined
}

const nameOf = ({ lead }: HandoffRow): string => lead.name ?? lead.email ?? t.leads.unnamed

const urgency = ({ dueAt, requestedAt }: HandoffRow): string => `${dueAt} ${requestedAt}`

const Waiting = ({ owner }: OwnProps) => {
  const { data, error, refetch } = useHandoffsIn('requested', owner)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const rows = data.items.toSorted((a, b) => (urgency(a) < urgency(b) ? -1 : 1))
  const all = owner === undefined ? '/handoffs' : `/handoffs?owner=${encodeURIComponent(owner)}`
  return (
    <section class={css.section}>
      <header>
        <h2>{t.overview.waiting(rows.length)}</h2>
        {rows.length > shown && (
          <Link class={css.link} href={all}>
            {t.overview.all}
          </Link>
        )}
      </header>
      {rows.length === 0 && <p class={css.soft}>{t.handoffs.emptyMore}</p>}
      <ul class={css.rows}>
        {rows.slice(0, shown).map((row) => (
          <li key={row.handoffId}>
            <Link href={`/handoffs/${encodeURIComponent(row.handoffId)}`}>
              <strong>{nameOf(row)}</strong>
              <span>{row.lead.company}</span>
              <span class={css.wide}>
                {row.because ? activityWords(row.because.type) : words.stages[row.stage]},{' '}
                {t.overview.score(scoreText(row.score))}
              </span>
              {row.overdueSince === null ? (
                <small>
                  {t.handoffs.due} <When at={row.dueAt} />
                </small>
              ) : (
                <small class={css.late}>
                  {t.handoffs.overdue} <When at={row.overdueSince} />
                </small>
              )}
            </Link>
          </li>
        ))}
      </ul>
      {rows[0] && (
        <p>
          <Link class={buttonClass('primary')} href={`/handoffs/${encodeURIComponent(rows[0].handoffId)}`}>
            {t.overview.begin}
          </Link>
        </p>
      )}
    </section>
  )
}

const Pipeline = ({ owner }: OwnProps) => {
  const { data, error } = useOpenDeals(owner)
  if (!data && !error) return <Loading />
  if (!data || data.items.length === 0) return null
  const phases = Object.entries(words.phases)
    .map(([phase, name]) => ({ phase, name, deals: data.items.filter((deal) => deal.phase === phase) }))
    .filter(({ deals }) => deals.length > 0)
  return (
    <section class={css.section}>
      <header>
        <h2>{t.overview.deals(data.items.length)}</h2>
        <Link class={css.link} href={withQuery('/deals', { owner })}>
          {t.overview.toBoard}
        </Link>
      </header>
      <ul class={css.phases}>
        {phases.map(({ phase, name, deals }) => (
          <li key={phase}>
            <Link href={withQuery('/deals', { phase, owner })}>
              <b>{deals.length}</b>
              <span>{name}</span>
              <small>{totalText(deals)}</small>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

const Happened = ({ owner }: OwnProps) => {
  const { data: accepted } = useHandoffsIn('accepted', owner)
  const { data: won } = useHandoffsIn('won', owner)
  const rows = [...(accepted?.items ?? []), ...(won?.items ?? [])]
    .filter(({ lead }) => lead.last !== null)
    .toSorted((a, b) => ((a.lead.last?.at ?? '') < (b.lead.last?.at ?? '') ? 1 : -1))
    .slice(0, shown)
  if (rows.length === 0) return null
  return (
    <section class={css.section}>
      <header>
        <h2>{owner === undefined ? t.overview.happened : t.overview.happenedToMine}</h2>
      </header>
      <ul class={css.rows}>
        {rows.map((row) => (
          <li key={row.handoffId}>
            <Link href={`/leads/${encodeURIComponent(row.leadId)}`}>
              <strong>{nameOf(row)}</strong>
              <span>{row.lead.company}</span>
              <span class={css.wide}>{activityWords(row.lead.last?.type ?? '')}</span>
              <small>
                <When at={row.lead.last?.at ?? row.requestedAt} />
              </small>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
