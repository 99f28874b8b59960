import type { TimelineEntry } from '../../../domain/lead/timeline.ts'
import { dayKey, exactTime, timeText, weekdayText } from '../../lib/format.ts'
import { activityWords, t } from '../../lib/texts.ts'
import { Button, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { aboutOf, leftOutWords, wordsOf } from './consequences.ts'
import css from './leads.module.css'
import { useTimeline } from './leads-api.ts'

interface TimelineProps {
  readonly leadId: string
  /** What rules are called, by their ids. */
  readonly labels: Readonly<Record<string, string>>
}

/** By day, newest first, each activity with what came of it. */
export const Timeline = ({ leadId, labels }: TimelineProps) => {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useTimeline(leadId)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const days = Map.groupBy(
    data.pages.flatMap(({ items }) => items),
    ({ occurredAt }) => dayKey(occurredAt),
  )
  return (
    <>
      {[...days].map(([day, entries]) => (
        <section key={day} class={css.day}>
          <h3>{weekdayText(entries[0]?.occurredAt ?? day)}</h3>
          <ol>
            {entries.map((entry) => (
              <Entry key={entry.id} entry={entry} labels={labels} />
            ))}
          </ol>
        </section>
      ))}
      {hasNextPage && (
        <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
          {t.list.more}
        </Button>
      )}
    </>
  )
}

interface EntryProps {
  readonly entry: TimelineEntry
  readonly labels: Readonly<Record<string, string>>
}

const Entry = ({ entry, labels }: EntryProps) => {
  const { occurredAt, type, properties, followed, late } = entry
  const about = aboutOf(entry)
  const out = leftOutWords(entry)
  const causes = followed.flatMap((one) => wordsOf(one, labels) ?? [])
  const { by } = properties
  return (
    <li class={css.entry} data-out={out !== undefined || undefined}>
      <time
        dateTime={occurredAt}
        title={late ? `${exactTime(occurredAt)}, ${t.leads.late}` : exactTime(occurredAt)}
      >
        {timeText(occurredAt)}
      </time>
      <div>
        <p>
          {activityWords(type)}
          {about !== '' && <span class={css.about}>{about}</span>}
          {out !== undefined && <Tag>{out}</Tag>}
        </p>
        {typeof by === 'string' && <p class={css.by}>{t.leads.loggedBy(by)}</p>}
        {causes.length > 0 && (
          <ul class={css.causes}>
            {causes.map((cause) => (
              <li key={cause}>{cause}</li>
            ))}
          </ul>
        )}
      </div>
    </li>
  )
}
