import { Link } from 'wouter-preact'
import { numberText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { t } from '../../lib/texts.ts'
import { Button, buttonClass, Empty, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { When } from '../../ui/time.tsx'
import { ImportView } from './import-view.tsx'
import css from './imports.module.css'
import { type ImportSummary, useImports } from './imports-api.ts'
import { NewImport } from './new-import.tsx'

const idOf = ({ importId }: ImportSummary): string => importId

/** Where a file is chosen. */
const fresh = 'new'

/** Files of contacts that were imported, the newest first; on the right one of them, or a new one. */
export const ImportsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data, error, refetch, hasNextPage, fetchNextPage } = useImports()
  const rows = useFrozenOrder(
    'imports',
    data?.pages.flatMap(({ items }) => items),
    idOf,
    id !== undefined && id !== fresh,
  )
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={t.imports.empty}>
        <p>{t.imports.emptyMore}</p>
      </Empty>
    )
  }
  const detail = () => {
    if (id === undefined) return undefined
    return id === fresh ? <NewImport /> : <ImportView id={id} />
  }
  return (
    <ListDetail
      title={t.pages.imports}
      filters={
        <Link class={buttonClass('primary')} href="/imports/new">
          {t.imports.make}
        </Link>
      }
      rows={rows}
      idOf={idOf}
      base="/imports"
      openId={id}
      row={(row) => <Row row={row} />}
      instead={instead()}
      after={hasNextPage && <Button onClick={() => fetchNextPage()}>{t.list.more}</Button>}
      detail={detail()}
    />
  )
}

const Row = ({ row: { name, state, rows, createdAt } }: { readonly row: ImportSummary }) => (
  <div class={css.row}>
    <strong>{name}</strong>
    <Tag>{t.imports.states[state]}</Tag>
    <span>{t.imports.rows(numberText(rows))}</span>
    <span class={css.end}>
      <When at={createdAt} />
    </span>
  </div>
)
