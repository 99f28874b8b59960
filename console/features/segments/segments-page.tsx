import { Link } from 'wouter-preact'
import { numberText, scoreText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { type SegmentRow, useSegment, useSegments } from '../../lib/segments.ts'
import { t } from '../../lib/texts.ts'
import { Audience } from '../../ui/audience.tsx'
import { buttonClass, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import reading from '../../ui/reading.module.css'
import css from './segments.module.css'

const idOf = ({ segment }: SegmentRow): string => segment

/** The segments of the live playbook; on the right who is in one. */
export const SegmentsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data, error, refetch } = useSegments()
  const rows = useFrozenOrder('segments', data?.items, idOf, id !== undefined)
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={t.segments.empty}>
        <p>{t.segments.emptyMore}</p>
      </Empty>
    )
  }
  return (
    <ListDetail
      title={t.pages.segments}
      note={data && numberText(data.items.length)}
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
      detail={id === undefined ? undefined : <SegmentView id={id} />}
    />
  )
}

const SegmentView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useSegment(id)
  const { data: me } = useMe()
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const { name, where, sequences, sample, exact } = data
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
        <Audience tally={data} isExact={exact} />
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
      {sample.length > 0 && (
        <section class={reading.section}>
          <h2>{t.segments.sample}</h2>
          <ul class={css.people}>
            {sample.map(({ leadId, name: person, email, company, score, grade }) => (
              <li key={leadId}>
                <Link href={`/leads/${encodeURIComponent(leadId)}`}>
                  <strong>{person ?? email ?? t.leads.unnamed}</strong>
                  <span>
                    {scoreText(score)} <small>{grade}</small>
                  </span>
                  <small>{company ?? email}</small>
                </Link>
              </li>
            ))}
          </ul>
          <p>
            <Link class={css.link} href={`/leads?segment=${encodeURIComponent(id)}`}>
              {t.segments.all}
            </Link>
          </p>
        </section>
      )}
    </article>
  )
}
