import { useEffect, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import type { StageId } from '../../../domain/model/deal.ts'
import { useAddress } from '../../lib/address.ts'
import { scoreText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { t, words } from '../../lib/texts.ts'
import { Button, buttonClass, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { When } from '../../ui/time.tsx'
import { LeadView } from './lead-view.tsx'
import css from './leads.module.css'
import { useLeads } from './leads-api.ts'

const idOf = ({ leadId }: LeadSummary): string => leadId

const typingMs = 250
/** Rows of a page that needs no further request. */
const fullPage = 20
/** Pages that are read without anybody asking for more. */
const mostUnasked = 4

/** People by their score; on the right the one that is open. */
export const LeadsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { query, filter } = useAddress()
  const { q, stage, segment } = query
  const { data: me } = useMe()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useLeads({
    q,
    stage,
    segment,
  })
  const rows = useFrozenOrder(
    JSON.stringify([q, stage, segment]),
    data?.pages.flatMap(({ items }) => items),
    idOf,
    id !== undefined,
  )
  const [pages, found] = [data?.pages.length ?? 0, rows.items.length]
  // A search of many leads gives up a page before it is full; a few more requests usually fill it.
  const wantsMore = hasNextPage && !isFetchingNextPage && found < fullPage && pages < mostUnasked
  useEffect(() => {
    if (wantsMore) void fetchNextPage()
  }, [wantsMore, fetchNextPage])
  const isFiltered = q !== undefined || stage !== undefined || segment !== undefined
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    if (rows.items.length > 0 || hasNextPage) return undefined
    return isFiltered ? (
      <Empty title={t.leads.noneSuch}>
        <Button onClick={() => filter({ q: undefined, stage: undefined, segment: undefined })}>
          {t.leads.all}
        </Button>
      </Empty>
    ) : (
      <Empty title={t.leads.empty}>
        <p>{t.leads.emptyMore}</p>
      </Empty>
    )
  }
  return (
    <ListDetail
      title={t.pages.leads}
      note={segment}
      filters={
        <>
          <Search given={q ?? ''} onSearch={(text) => filter({ q: text || undefined })} />
          <select
            aria-label={t.leads.stage}
            onChange={(event) => filter({ stage: event.currentTarget.value || undefined })}
          >
            <option value="">{t.leads.everyStage}</option>
            {Object.entries(words.stages).map(([one, name]) => (
              <option key={one} value={one} selected={one === stage}>
                {name}
              </option>
            ))}
          </select>
          {mayDo(me, marketers) && (
            <Link class={buttonClass('quiet')} href="/imports">
              {t.imports.make}
            </Link>
          )}
        </>
      }
      rows={rows}
      idOf={idOf}
      base="/leads"
      openId={id}
      row={(lead) => <Row lead={lead} />}
      instead={instead()}
      after={
        hasNextPage && (
          <p class={css.after}>
            <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
              {t.list.more}
            </Button>
          </p>
        )
      }
      detail={id === undefined ? undefined : <LeadView id={id} />}
    />
  )
}

interface SearchProps {
  readonly given: string
  readonly onSearch: (text: string) => void
}

/** The server looks for it, a moment after the last letter. */
const Search = ({ given, onSearch }: SearchProps) => {
  const [typed, setTyped] = useState(given)
  useEffect(() => setTyped(given), [given])
  useEffect(() => {
    if (typed.trim() === given) return
    const timer = setTimeout(() => onSearch(typed.trim()), typingMs)
    return () => clearTimeout(timer)
  }, [typed, given, onSearch])
  return (
    <input
      type="search"
      value={typed}
      aria-label={t.leads.search}
      placeholder={t.leads.searchWhat}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  )
}

const Row = ({ lead }: { readonly lead: LeadSummary }) => {
  const { name, email, company, stage, score, grade, qualification, lastActivityAt } = lead
  return (
    <div class={css.row}>
      <strong>{name ?? email ?? t.leads.unnamed}</strong>
      <span class={css.score}>
        {scoreText(score)} <small>{grade}</small>
      </span>
      <span class={css.soft}>{company ?? email}</span>
      <span class={css.end}>
        <When at={lastActivityAt} />
      </span>
      <span class={css.soft}>
        {words.stages[stage as StageId]}
        {qualification.status !== 'not-yet' && `, ${t.leads.status[qualification.status]}`}
      </span>
    </div>
  )
}
