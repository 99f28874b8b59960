import type { ComponentChildren } from 'preact'
import { useFrozenOrder } from '../lib/frozen-order.ts'
import type { Pages } from '../lib/read-on.ts'
import { t } from '../lib/texts.ts'
import { Button, Empty, Failure, Loading } from './controls.tsx'
import { ListDetail } from './list-detail.tsx'

interface PagedListProps<Item> {
  readonly title: string
  /** Where it stands, such as `/imports`; one of the list is at `/imports/{id}`. */
  readonly base: string
  readonly pages: Pages<Item>
  readonly idOf: (item: Item) => string
  readonly openId: string | undefined
  readonly row: (item: Item) => ComponentChildren
  /** What is said where there is nothing yet. */
  readonly empty: { readonly title: string; readonly more: string }
  /** Above the list. */
  readonly filters?: ComponentChildren
  readonly detail: (id: string) => ComponentChildren
  /** In place of one of them, at `{base}/new`. */
  readonly make: () => ComponentChildren
}

/** Where a new one is made. */
const fresh = 'new'

/** What is made one by one, the newest first; on the right one of them, or a new one. */
export const PagedList = <Item,>(props: PagedListProps<Item>) => {
  const { title, base, pages, idOf, openId, row, empty, filters, detail, make } = props
  const { data, error, refetch, hasNextPage, fetchNextPage } = pages
  const all = data?.pages.flatMap(({ items }) => items)
  const rows = useFrozenOrder(base, all, idOf, openId !== undefined && openId !== fresh)
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={empty.title}>
        <p>{empty.more}</p>
      </Empty>
    )
  }
  const beside = () => {
    if (openId === undefined) return undefined
    return openId === fresh ? make() : detail(openId)
  }
  return (
    <ListDetail
      {...{ title, base, rows, idOf, openId, row }}
      filters={filters}
      instead={instead()}
      after={hasNextPage && <Button onClick={fetchNextPage}>{t.list.more}</Button>}
      detail={beside()}
    />
  )
}
