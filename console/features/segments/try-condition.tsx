import { Link } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { Problem } from '../../lib/api.ts'
import { scoreText } from '../../lib/format.ts'
import { type Preview, useCondition } from '../../lib/segments.ts'
import { t } from '../../lib/texts.ts'
import { Audience } from '../../ui/audience.tsx'
import { Button, buttonClass, Failure, Loading } from '../../ui/controls.tsx'
import { Field } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import css from './segments.module.css'

/** Tries a condition of one's own: whom it holds for, and how many of them would be mailed. It stands in the address. */
export const TryCondition = () => {
  const { query, filter } = useAddress()
  const { where } = query
  const { data, error, isFetching, refetch } = useCondition(where)
  const faults = error instanceof Problem ? error.errors.filter(({ path }) => path === 'where') : []
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{t.segments.try}</h1>
        <p class={reading.standing}>{t.segments.tryMore}</p>
      </header>
      <form
        class={reading.section}
        onSubmit={(event) => {
          event.preventDefault()
          filter({ where: `${new FormData(event.currentTarget).get('where') ?? ''}`.trim() })
        }}
      >
        <Field label={t.segments.condition} name="where" hint={t.segments.example} faults={{}} required>
          {(props) => (
            <textarea
              {...props}
              class={`${props.class} ${css.condition}`}
              rows={3}
              maxLength={4_000}
              spellcheck={false}
              aria-invalid={faults.length > 0}
              defaultValue={where ?? ''}
            />
          )}
        </Field>
        {faults.map((fault) => (
          <Fault key={fault.message} where={where ?? ''} fault={fault} />
        ))}
        <p>
          <Button kind="primary" type="submit">
            {t.segments.count}
          </Button>
        </p>
      </form>
      {error && faults.length === 0 && <Failure error={error} onRetry={refetch} />}
      {!data && isFetching && <Loading />}
      {data && !error && where !== undefined && <Found where={where} found={data} />}
    </article>
  )
}

/** What is wrong, at its place. */
const Fault = ({ where, fault }: { readonly where: string; readonly fault: Problem['errors'][number] }) => {
  const { place } = fault
  const at = place?.offset ?? 0
  const end = at + (/^(?:\w+|.)/.exec(where.slice(at))?.[0].length ?? 1)
  return (
    <div role="alert" class={css.wrong}>
      {place !== undefined && (
        <code>
          {where.slice(0, at)}
          <mark>{where.slice(at, end) || ' '}</mark>
          {where.slice(end)}
        </code>
      )}
      <p>{place?.message ?? fault.message}</p>
    </div>
  )
}

const Found = ({ where, found }: { readonly where: string; readonly found: Preview }) => (
  <>
    <section class={reading.section}>
      <h2>{t.segments.audience}</h2>
      <Audience where={where} found={found} />
      {found.purpose !== null && <p class={css.soft}>{t.segments.purpose(found.purpose)}</p>}
      {found.mailable > 0 && (
        <p>
          <Link
            class={buttonClass('primary')}
            href={`/broadcasts/new?where=${encodeURIComponent(where)}&step=2`}
          >
            {t.segments.write}
          </Link>
        </p>
      )}
    </section>
    <Sample people={found.sample} all={`/leads?where=${encodeURIComponent(where)}`} />
  </>
)

interface SampleProps {
  readonly people: Preview['sample']
  /** Where all of them stand. */
  readonly all: string
}

/** Some of those whom a condition holds for. */
export const Sample = ({ people, all }: SampleProps) =>
  people.length === 0 ? null : (
    <section class={reading.section}>
      <h2>{t.segments.sample}</h2>
      <ul class={`${reading.people} ${css.people}`}>
        {people.map(({ leadId, name: person, email, company, score, grade }) => (
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
        <Link class={css.link} href={all}>
          {t.segments.all}
        </Link>
      </p>
    </section>
  )
