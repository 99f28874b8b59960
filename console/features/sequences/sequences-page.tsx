import { numberText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { entryWords } from '../../lib/step-words.ts'
import { t } from '../../lib/texts.ts'
import { Empty, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { SequenceView } from './sequence-view.tsx'
import css from './sequences.module.css'
import { type SequenceRow, useSequences } from './sequences-api.ts'

const idOf = ({ sequence }: SequenceRow): string => sequence

/** The sequences of the live playbook; on the right the one that is open, drawn. */
export const SequencesPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data, error, refetch } = useSequences()
  const rows = useFrozenOrder('sequences', data?.items, idOf, id !== undefined)
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={t.sequences.empty}>
        <p>{t.sequences.emptyMore}</p>
      </Empty>
    )
  }
  return (
    <ListDetail
      title={t.pages.sequences}
      note={data && numberText(data.items.length)}
      rows={rows}
      idOf={idOf}
      base="/sequences"
      openId={id}
      row={(row) => <Row row={row} />}
      instead={instead()}
      detail={id === undefined ? undefined : <SequenceView id={id} />}
    />
  )
}

const Row = ({ row: { sequence, enter, runs, paused } }: { readonly row: SequenceRow }) => {
  const inside = runs.waiting + runs.held
  const ended = (['goal', 'completed', 'exited'] as const)
    .filter((status) => runs[status] > 0)
    .map((status) => t.sequences.ended[status](numberText(runs[status])))
    .join(', ')
  return (
    <div class={css.row}>
      <strong>
        {sequence} {paused !== null && <Tag>{t.sequences.paused}</Tag>}
      </strong>
      <span class={css.number}>{t.sequences.inside(numberText(inside))}</span>
      <span class={css.soft}>{entryWords(enter)}</span>
      {ended !== '' && <span class={css.soft}>{ended}</span>}
    </div>
  )
}
