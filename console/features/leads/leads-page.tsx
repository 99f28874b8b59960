import { Link } from 'wouter-preact'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import type { StageId } from '../../../domain/model/deal.ts'
import { useAddress } from '../../lib/address.ts'
import { Problem } from '../../lib/api.ts'
import { numberText, scoreText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { useReadOn } from '../../lib/read-on.ts'
import { t, words } from '../../lib/texts.ts'
import { Button, buttonClass, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { When } from '../../ui/time.tsx'
import { Filters, filtersIn } from './lead-filters.tsx'
import { LeadView } from './lead-view.tsx'
import css from './leads.module.css'
import { useLeads } from './leads-api.ts'

const idOf = ({ leadId }: LeadSummary): string => leadId

/** Rows of a page that needs no further request. */
const fullPage = 20
/** Pages that are read without anybody asking for more. */
const mostUnasked = 40

/** People by their score; on the right the one that is open. */
export const LeadsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { query, navigate } = useAddress()
  const filters = filtersIn(query)
  const { data: me } = useMe()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useLeads(filters)
  const rows = useFrozenOrder(
    JSON.stringify(filters),
    data?.pages.flatMap(({ items }) => items),
    idOf,
    id !== undefined,
  )
  const [pages, found] = [data?.pages.length ?? 0, rows.items.length]
  // A condition is tried on fifty people in one request: what it finds is shown while the search goes on.
  const goesOn = hasNextPage && found < fullPage && pages < mostUnasked
  useReadOn(goesOn, { error, isFetchingNextPage, fetchNextPage })
  const isFiltered = Object.keys(filters).length > 0
  const isRefused = error instanceof Problem && error.errors.length > 0
  const instead = () => {
    if (isRefused) return <Refused error={error} />
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    if (rows.items.length > 0 || hasNextPage) return undefined
    return isFiltered ? (
      <Empty title={t.leads.noneSuch}>
        <Button onClick={() => navigate('/leads')}>{t.leads.all}</Button>
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
      note={data && !isRefused && <Count page={data.pages[0]} />}
      filters={
        <>
          <Filters filters={filters} error={error} />
          {mayDo(me, marketers) && (
            <Link class={buttonClass('plain')} href="/imports">
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
            {goesOn ? (
              <span role="status">{t.leads.searching}</span>
            ) : (
              <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
                {found < fullPage ? t.leads.searchOn : t.list.more}
              </Button>
            )}
          </p>
        )
      }
      detail={id === undefined ? undefined : <LeadView id={id} />}
    />
  )
}

/** A filter is wrong: the condition says so itself. */
const Refused = ({ error }: { readonly error: Problem }) => {
  const others = error.errors.filter(({ path }) => path !== 'where')
  return (
    <Empty title={t.leads.wrongFilter}>
      {others.map(({ path, message }) => (
        <p key={path}>{`${path}: ${message}`}</p>
      ))}
      <p>
        <Link href="/leads">{t.leads.all}</Link>
      </p>
    </Empty>
  )
}

type FirstPage = NonNullable<ReturnType<typeof useLeads>['data']>['pages'][number]

/** How many there are; where it takes too long to tell, at least how many. */
const Count = ({ page }: { readonly page: FirstPage | undefined }) => {
  if (page?.total === undefined) return null
  const { total, sorted } = page
  return (
    <>
      {typeof total === 'number' ? numberText(total) : t.leads.atLeast(numberText(total.atLeast))}
      {!sorted && ` ${t.leads.unsorted}`}
    </>
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
