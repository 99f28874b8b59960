import { X } from 'lucide-preact'
import { useEffect, useState } from 'preact/hooks'
import { useAddress } from '../../lib/address.ts'
import { Problem } from '../../lib/api.ts'
import { t, words } from '../../lib/texts.ts'
import { Button, Hidden, messageOf } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { OwnerFilter } from '../../ui/owner-filter.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { toast } from '../../ui/toasts.tsx'
import ui from '../../ui/ui.module.css'
import css from './leads.module.css'
import { filterNames, type LeadFilters, saveViews, useViews } from './leads-api.ts'

const sorts = ['score', 'lastActivityAt', 'createdAt', 'name'] as const

/** The filters that an address holds. */
export const filtersIn = (query: LeadFilters): LeadFilters =>
  Object.fromEntries(filterNames.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]])))

interface FiltersProps {
  readonly filters: LeadFilters
  /** Why the list could not be read. */
  readonly error: unknown
}

/** Search, stage, owner, order, a condition, and lists that were saved. */
export const Filters = ({ filters, error }: FiltersProps) => {
  const { filter } = useAddress()
  const [isAsking, setAsking] = useState(false)
  const { where } = filters
  const hasWhere = where !== undefined || isAsking
  return (
    <>
      <SearchField
        given={filters.q ?? ''}
        label={t.leads.search}
        placeholder={t.leads.searchWhat}
        onSearch={(text) => filter({ q: text || undefined })}
      />
      <select
        aria-label={t.leads.stage}
        onChange={(event) => filter({ stage: event.currentTarget.value || undefined })}
      >
        <option value="">{t.leads.everyStage}</option>
        {Object.entries(words.stages).map(([one, name]) => (
          <option key={one} value={one} selected={one === filters.stage}>
            {name}
          </option>
        ))}
      </select>
      <OwnerFilter chosen={filters.owner} onChoose={(owner) => filter({ owner })} />
      <Sort filters={filters} />
      <Views filters={filters} />
      {hasWhere ? (
        <Where
          given={where ?? ''}
          error={error}
          onAsk={(text) => filter({ where: text || undefined })}
          onClose={() => {
            setAsking(false)
            filter({ where: undefined })
          }}
        />
      ) : (
        <Button onClick={() => setAsking(true)}>{t.leads.condition}</Button>
      )}
      <Chips filters={filters} />
    </>
  )
}

const Sort = ({ filters: { sort = 'score', order } }: { readonly filters: LeadFilters }) => {
  const { filter } = useAddress()
  const chosen = `${sort} ${order ?? (sort === 'name' ? 'asc' : 'desc')}`
  return (
    <select
      aria-label={t.leads.sort}
      onChange={(event) => {
        const [by, way] = event.currentTarget.value.split(' ')
        const isUsual = way === (by === 'name' ? 'asc' : 'desc')
        filter({ sort: by === 'score' ? undefined : by, order: isUsual ? undefined : way })
      }}
    >
      {sorts.flatMap((by) =>
        (by === 'name' ? (['asc', 'desc'] as const) : (['desc', 'asc'] as const)).map((way) => (
          <option key={`${by} ${way}`} value={`${by} ${way}`} selected={chosen === `${by} ${way}`}>
            {t.leads.sorts[by][way]}
          </option>
        )),
      )}
    </select>
  )
}

/** Filters that lists elsewhere lead here with: each can be left. */
const Chips = ({ filters: { segment, sequence, step, team } }: { readonly filters: LeadFilters }) => {
  const { filter } = useAddress()
  const chips = [
    segment !== undefined && { text: t.leads.inSegment(segment), without: { segment: undefined } },
    sequence !== undefined && {
      text: step === undefined ? t.leads.inSequence(sequence) : t.leads.atStep(sequence, Number(step) + 1),
      without: { sequence: undefined, step: undefined },
    },
    team !== undefined && { text: t.leads.ofTeam(team), without: { team: undefined } },
  ].filter((chip) => chip !== false)
  return chips.map(({ text, without }) => (
    <button key={text} type="button" class={css.chip} onClick={() => filter(without)}>
      {text} <X class={ui.icon} aria-hidden="true" />
      <Hidden>{t.leads.leave}</Hidden>
    </button>
  ))
}

interface WhereProps {
  readonly given: string
  readonly error: unknown
  readonly onAsk: (text: string) => void
  readonly onClose: () => void
}

/** A condition over leads; what is wrong with it stands below it, with its place. */
const Where = ({ given, error, onAsk, onClose }: WhereProps) => {
  const [typed, setTyped] = useState(given)
  useEffect(() => setTyped(given), [given])
  const faults = error instanceof Problem ? error.errors.filter(({ path }) => path === 'where') : []
  const [first] = faults
  const place = typed === given ? first?.place?.offset : undefined
  return (
    <form
      class={css.where}
      onSubmit={(event) => {
        event.preventDefault()
        onAsk(typed.trim())
      }}
    >
      <input
        aria-label={t.leads.condition}
        aria-invalid={faults.length > 0}
        aria-describedby="where-faults"
        placeholder={t.leads.conditionSuch}
        value={typed}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit">{t.leads.apply}</Button>
      <Button kind="quiet" onClick={onClose}>
        {t.leads.leave}
      </Button>
      <div id="where-faults" role="status">
        {place !== undefined && (
          <code class={css.fault}>
            {given.slice(0, place)}
            <mark>{given.slice(place, place + 1) || ' '}</mark>
            {given.slice(place + 1)}
          </code>
        )}
        {faults.map(({ message }) => (
          <p key={message} class={ui.fault}>
            {message}
          </p>
        ))}
      </div>
    </form>
  )
}

const queryOf = (filters: LeadFilters): string =>
  new URLSearchParams(
    Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  ).toString()

/** Lists under a name: each person has their own, wherever they sign in. */
const Views = ({ filters }: { readonly filters: LeadFilters }) => {
  const { navigate, path } = useAddress()
  const { data } = useViews()
  const [isNaming, setNaming] = useState(false)
  if (!data) return null
  const { items, version } = data
  const query = queryOf(filters)
  const here = items.find((view) => view.query === query)
  const drop = () =>
    saveViews(
      items.filter((view) => view !== here),
      version,
    ).then(
      () => toast(t.leads.views.dropped),
      (error) => toast(messageOf(error)),
    )
  return (
    <>
      {items.length > 0 && (
        <select
          aria-label={t.leads.views.name}
          onChange={(event) => {
            const { value } = event.currentTarget
            navigate(value === '' ? path : `${path}?${value}`)
          }}
        >
          <option value="" selected={here === undefined}>
            {t.leads.views.name}
          </option>
          {items.map((view) => (
            <option key={view.name} value={view.query} selected={view === here}>
              {view.name}
            </option>
          ))}
        </select>
      )}
      {here && <Button onClick={drop}>{t.leads.views.drop}</Button>}
      {!here && query !== '' && <Button onClick={() => setNaming(true)}>{t.leads.views.save}</Button>}
      {isNaming && (
        <Dialog title={t.leads.views.saveTitle} onClose={() => setNaming(false)}>
          <Form
            fields={{ name: 'items' }}
            submit={t.leads.views.save}
            send={(values) => saveViews([...items, { name: `${values.get('name') ?? ''}`, query }], version)}
            onCancel={() => setNaming(false)}
            onDone={() => {
              setNaming(false)
              toast(t.leads.views.saved)
            }}
          >
            {(faults) => (
              <Field label={t.leads.views.called} name="name" faults={faults} required>
                {(props) => <input {...props} maxLength={60} autocomplete="off" />}
              </Field>
            )}
          </Form>
        </Dialog>
      )}
    </>
  )
}
