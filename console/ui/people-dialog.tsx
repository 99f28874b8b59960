import type { ComponentChildren } from 'preact'
import { Link } from 'wouter-preact'
import type { LeadSummary } from '../../domain/lead/lead-summary.ts'
import { scoreText } from '../lib/format.ts'
import { type Pages, useReadOn } from '../lib/read-on.ts'
import { t } from '../lib/texts.ts'
import { Button, Empty, Failure, Loading } from './controls.tsx'
import { Dialog, DialogActions } from './dialog.tsx'
import reading from './reading.module.css'

interface PeopleDialogProps<Person> {
  readonly title: string
  readonly people: Pages<Person>
  /** Beside the name. @default score and grade */
  readonly beside?: (person: Person) => string | undefined
  /** Above the people. */
  readonly children?: ComponentChildren
  /** Ways on, beside closing. */
  readonly actions?: ComponentChildren
  readonly onClose: () => void
}

/** People behind a number, each a click away. */
export const PeopleDialog = <Person extends LeadSummary>({
  title,
  people: { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage },
  beside = () => undefined,
  children,
  actions,
  onClose,
}: PeopleDialogProps<Person>) => {
  const all = data && [
    ...new Map(data.pages.flatMap(({ items }) => items).map((one) => [one.leadId, one])).values(),
  ]
  const goesOn = all?.length === 0 && hasNextPage
  useReadOn(goesOn, { error, isFetchingNextPage, fetchNextPage })
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {(!all || goesOn) && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {all?.length === 0 && !hasNextPage && <Empty title={t.people.nobody} />}
      <ul class={reading.people}>
        {all?.map((person) => (
          <li key={person.leadId}>
            <Link href={`/leads/${encodeURIComponent(person.leadId)}`}>
              <strong>{person.name ?? person.email ?? t.leads.unnamed}</strong>
              <span>
                {beside(person) ?? (
                  <>
                    {scoreText(person.score)} <small>{person.grade}</small>
                  </>
                )}
              </span>
              <small>{person.company ?? person.email}</small>
            </Link>
          </li>
        ))}
      </ul>
      <DialogActions>
        {hasNextPage && !goesOn && (
          <Button disabled={isFetchingNextPage} onClick={fetchNextPage}>
            {t.list.more}
          </Button>
        )}
        {actions}
        <Button onClick={onClose}>{t.people.close}</Button>
      </DialogActions>
    </Dialog>
  )
}
