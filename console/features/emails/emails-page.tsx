import { useAddress } from '../../lib/address.ts'
import { numberText, shareText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { t } from '../../lib/texts.ts'
import { Button, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import { EmailView } from './email-view.tsx'
import css from './emails.module.css'
import { type EmailRow, subjectOf, useEmails } from './emails-api.ts'

const idOf = ({ email }: EmailRow): string => email

const userText = (user: EmailRow['usedIn'][number]): string =>
  'sequence' in user ? user.sequence : 'broadcast' in user ? user.name : t.emails[user.system]

/** Where it is used, in words. */
const usesOf = ({ usedIn }: EmailRow): string =>
  usedIn.length === 0 ? t.emails.unused : usedIn.map(userText).join(', ')

const fits = (row: EmailRow, q: string): boolean =>
  [row.email, usesOf(row), ...Object.values(row.subject)].some((text) =>
    text.toLowerCase().includes(q.toLowerCase()),
  )

/** The emails of the playbook; on the right the one that is open. */
export const EmailsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { query, filter } = useAddress()
  const { q = '' } = query
  const { data, error, refetch } = useEmails()
  const rows = useFrozenOrder(
    q,
    data?.items.filter((row) => fits(row, q)),
    idOf,
    id !== undefined,
  )
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    if (rows.items.length > 0) return undefined
    return q === '' ? (
      <Empty title={t.emails.empty}>
        <p>{t.emails.emptyMore}</p>
      </Empty>
    ) : (
      <Empty title={t.emails.noneSuch}>
        <Button onClick={() => filter({ q: undefined })}>{t.list.all}</Button>
      </Empty>
    )
  }
  return (
    <ListDetail
      title={t.pages.emails}
      note={data && numberText(rows.items.length)}
      filters={
        <input
          type="search"
          value={q}
          aria-label={t.emails.search}
          placeholder={t.emails.searchWhat}
          onInput={(event) => filter({ q: event.currentTarget.value })}
        />
      }
      rows={rows}
      idOf={idOf}
      base="/emails"
      openId={id}
      row={(row) => <Row row={row} />}
      instead={instead()}
      detail={id === undefined ? undefined : <EmailView id={id} />}
    />
  )
}

const Row = ({ row }: { readonly row: EmailRow }) => {
  const { sent, opened, clicked } = row.figures
  // Of confirmations and mail to sales nobody measures what is opened.
  const isMeasured = row.kind === 'marketing' || opened + clicked > 0
  const rates = isMeasured && t.emails.rates(shareText(opened / sent), shareText(clicked / sent))
  return (
    <div class={css.row}>
      <strong>{subjectOf(row)}</strong>
      <span class={css.number}>{sent > 0 && t.emails.sent(numberText(sent))}</span>
      <span class={css.soft}>{usesOf(row)}</span>
      <span class={css.end}>{sent > 0 ? rates : t.emails.unsent}</span>
    </div>
  )
}
