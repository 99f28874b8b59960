import { Link } from 'wouter-preact'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { Button, buttonClass, Empty, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { When } from '../../ui/time.tsx'
import { BroadcastView } from './broadcast-view.tsx'
import { BroadcastWizard } from './broadcast-wizard.tsx'
import css from './broadcasts.module.css'
import { type BroadcastRow, useBroadcasts } from './broadcasts-api.ts'

const idOf = ({ broadcastId }: BroadcastRow): string => broadcastId

/** Where a new one is made. */
const fresh = 'new'

/** One email to many, once: the newest first; on the right what became of one, or a new one. */
export const BroadcastsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useBroadcasts()
  const { data: me } = useMe()
  const rows = useFrozenOrder(
    'broadcasts',
    data?.pages.flatMap(({ items }) => items),
    idOf,
    id !== undefined && id !== fresh,
  )
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={t.broadcasts.empty}>
        <p>{t.broadcasts.emptyMore}</p>
      </Empty>
    )
  }
  const detail = () => {
    if (id === undefined) return undefined
    return id === fresh ? <BroadcastWizard /> : <BroadcastView id={id} />
  }
  return (
    <ListDetail
      title={t.pages.broadcasts}
      filters={
        mayDo(me, marketers) && (
          <Link class={buttonClass('primary')} href="/broadcasts/new">
            {t.broadcasts.make}
          </Link>
        )
      }
      rows={rows}
      idOf={idOf}
      base="/broadcasts"
      openId={id}
      row={(row) => <Row row={row} />}
      instead={instead()}
      after={hasNextPage && <Button onClick={() => fetchNextPage()}>{t.list.more}</Button>}
      detail={detail()}
    />
  )
}

const Row = ({ row: { name, state, email, createdAt, startsAt } }: { readonly row: BroadcastRow }) => (
  <div class={css.row}>
    <strong>{name}</strong>
    <Tag>{t.broadcasts.states[state]}</Tag>
    <span>{email}</span>
    <span class={css.end}>
      <When at={startsAt ?? createdAt} />
    </span>
  </div>
)
