import { Link } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { useReadOn } from '../../lib/read-on.ts'
import { t } from '../../lib/texts.ts'
import { Button, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { When } from '../../ui/time.tsx'
import css from './settings.module.css'
import { type AuditEntry, useAudit } from './settings-api.ts'

/** Who did what, narrowed by the address. */
export const AuditPart = () => {
  const { query, filter } = useAddress()
  const { actor, action, target, from } = query
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useAudit({
    actor,
    action,
    target,
    from,
  })
  const { audit: words } = t.settings
  const entries = data?.pages.flatMap(({ items }) => items) ?? []
  const goesOn = entries.length === 0 && hasNextPage
  useReadOn(goesOn, { error, isFetchingNextPage, fetchNextPage })
  const search = (name: 'actor' | 'target', placeholder: string) => (
    <div class={css.filter}>
      <span aria-hidden="true">{words[name]}</span>
      <SearchField
        given={query[name] ?? ''}
        label={words[name]}
        placeholder={placeholder}
        onSearch={(text) => filter({ [name]: text || undefined })}
      />
    </div>
  )
  return (
    <section class={css.part} aria-label={t.settings.tabs.audit}>
      <p>{words.about}</p>
      <div class={css.filters}>
        {search('actor', words.actorHint)}
        <label>
          {words.action}
          <select
            aria-label={words.action}
            onChange={(event) => filter({ action: event.currentTarget.value || undefined })}
          >
            <option value="">{words.everyAction}</option>
            {Object.entries(words.actions).map(([id, name]) => (
              <option key={id} value={id} selected={id === action}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {search('target', words.targetHint)}
        <label>
          {words.from}
          <input
            type="date"
            aria-label={words.from}
            value={from ?? ''}
            onChange={(event) => filter({ from: event.currentTarget.value || undefined })}
          />
        </label>
      </div>
      {(!data || goesOn) && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {data && entries.length === 0 && !hasNextPage && <Empty title={words.none} />}
      {entries.length > 0 && (
        <ul class={css.entries}>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
      {hasNextPage && !goesOn && (
        <p>
          <Button disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
            {words.more}
          </Button>
        </p>
      )}
    </section>
  )
}

/** Where what it was done to can be seen. */
const pageOf = (target: string): string | undefined =>
  /^(leads|handoffs|sequences|broadcasts|segments)\/[^/]+$/.exec(target) ? `/${target}` : undefined

const changeText = ({ before, after }: AuditEntry): string => {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
  return names
    .map((name) => {
      const [was, is] = [before?.[name], after?.[name]]
      if (was === undefined || was === null) return `${name}: ${is}`
      return is === undefined ? `${name}: ${was} → –` : `${name}: ${was} → ${is}`
    })
    .join(', ')
}

const Entry = ({ entry }: { readonly entry: AuditEntry }) => {
  const { at, actor, role, action, target } = entry
  const page = pageOf(target)
  const change = changeText(entry)
  return (
    <li class={css.entry}>
      <When at={at} />
      <span>
        {t.settings.audit.actions[action]}
        <small>
          {actor}, {t.roles[role]}
        </small>
      </span>
      <span>
        {page === undefined ? <span class={css.mono}>{target}</span> : <Link href={page}>{target}</Link>}
        {change !== '' && <small>{change}</small>}
      </span>
    </li>
  )
}
