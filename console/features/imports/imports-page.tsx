import { Link } from 'wouter-preact'
import { numberText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import { buttonClass, Tag } from '../../ui/controls.tsx'
import { PagedList } from '../../ui/paged-list.tsx'
import { When } from '../../ui/time.tsx'
import { ImportView } from './import-view.tsx'
import css from './imports.module.css'
import { type ImportSummary, useImports } from './imports-api.ts'
import { NewImport } from './new-import.tsx'

/** Files of contacts that were imported; where a new one is chosen. */
export const ImportsPage = ({ id }: { readonly id?: string | undefined }) => (
  <PagedList
    title={t.pages.imports}
    base="/imports"
    pages={useImports()}
    idOf={({ importId }) => importId}
    openId={id}
    row={(row) => <Row row={row} />}
    empty={{ title: t.imports.empty, more: t.imports.emptyMore }}
    filters={
      <Link class={buttonClass('primary')} href="/imports/new">
        {t.imports.make}
      </Link>
    }
    detail={(importId) => <ImportView id={importId} />}
    make={() => <NewImport />}
  />
)

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
