import type { TimelineEntry } from '../../../domain/lead/timeline.ts'
import { undoActivity } from '../../lib/activities.ts'
import { dayKey, exactTime, timeText, weekdayText } from '../../lib/format.ts'
import { mayDo, salespeople, useMe } from '../../lib/people.ts'
import { activityWords, t } from '../../lib/texts.ts'
import { Button, Failure, Loading, messageOf, Tag } from '../../ui/controls.tsx'
import { toast } from '../../ui/toasts.tsx'
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
              <Entry key={entry.id} entry={entry} labels={labels} leadId={leadId} />
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
  readonly leadId: string
  readonly labels: Readonly<Record<string, string>>
}

/** Of what people logged: with everything that came of it. */
const TakeBack = ({ leadId, activityId }: { readonly leadId: string; readonly activityId: string }) => (
  <button
    type="button"
    class={css.takeBack}
    onClick={() =>
      undoActivity(leadId, activityId).then(
        () => toast(t.log.undone),
        (error) => toast(messageOf(error)),
      )
    }
  >
    {t.leads.takeBack}
  </button>
)

const Entry = ({ entry, labels, leadId }: EntryProps) => {
  const { data: me } = useMe()
  const mayTakeBack = mayDo(me, salespeople) && entry.type !== 'activity.voided'
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
        {typeof by === 'string' && (
          <p class={css.by}>
            {t.leads.loggedBy(by)}
            {mayTakeBack && out === undefined && <TakeBack leadId={leadId} activityId={entry.id} />}
          </p>
        )}
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
