import { Link } from 'wouter-preact'
import { numberText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { type SegmentRow, useSegment, useSegments } from '../../lib/segments.ts'
import { t } from '../../lib/texts.ts'
import { Audience } from '../../ui/audience.tsx'
import { buttonClass, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import reading from '../../ui/reading.module.css'
import css from './segments.module.css'
import { Sample, TryCondition } from './try-condition.tsx'

const idOf = ({ segment }: SegmentRow): string => segment

/** Where a condition is tried out. */
const fresh = 'new'

/** The segments of the live playbook; on the right who is in one. */
export const SegmentsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data, error, refetch } = useSegments()
  const rows = useFrozenOrder('segments', data?.items, idOf, id !== undefined)
  const { data: me } = useMe()
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={t.segments.empty}>
        <p>{t.segments.emptyMore}</p>
      </Empty>
    )
  }
  const detail = () => {
    if (id === undefined) return undefined
    return id === fresh ? <TryCondition /> : <SegmentView id={id} />
  }
  return (
    <ListDetail
      title={t.pages.segments}
      note={data && numberText(data.items.length)}
      filters={
        mayDo(me, marketers) && (
          <Link class={buttonClass('plain')} href="/segments/new">
            {t.segments.try}
          </Link>
        )
      }
      rows={rows}
      idOf={idOf}
      base="/segments"
      openId={id}
      row={({ name, where }) => (
        <div class={css.row}>
          <strong>{name}</strong>
          <code>{where}</code>
        </div>
      )}
      instead={instead()}
      detail={detail()}
    />
  )
}

const SegmentView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useSegment(id)
  const { data: me } = useMe()
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const { name, where, sequences, sample } = data
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{name}</h1>
        <p class={css.where}>
          <code>{where}</code>
        </p>
        {sequences.length > 0 && <p class={reading.standing}>{t.segments.begins(sequences.join(', '))}</p>}
      </header>
      <section class={reading.section}>
        <h2>{t.segments.audience}</h2>
        <Audience where={where} found={data} />
        {mayDo(me, marketers) && (
          <p>
            <Link
              class={buttonClass('primary')}
              href={`/broadcasts/new?segment=${encodeURIComponent(id)}&step=2`}
            >
              {t.segments.write}
            </Link>
          </p>
        )}
      </section>
      <Sample people={sample} all={`/leads?segment=${encodeURIComponent(id)}`} />
    </article>
  )
}
