import { keepPreviousData, useQuery } from '@tanstack/preact-query'
import { useAddress } from '../../lib/address.ts'
import { read } from '../../lib/api.ts'
import { daysBefore, today } from '../../lib/days.ts'
import type { FigureOfPeople } from '../../lib/figures.ts'
import { languageText, numberText, shareText } from '../../lib/format.ts'
import { useFrozenOrder } from '../../lib/frozen-order.ts'
import { activityWords, language, t } from '../../lib/texts.ts'
import { Button, Empty, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { EmailFrame } from '../../ui/email-frame.tsx'
import { FigureLink } from '../../ui/figure-link.tsx'
import { ListDetail } from '../../ui/list-detail.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './forms.module.css'

interface FormRow {
  readonly form: string
  /** By language. */
  readonly title: Readonly<Record<string, string>>
  readonly languages: readonly string[]
  readonly consent: 'double-opt-in' | 'single-opt-in' | 'none'
  readonly activity: string | null
  readonly address: string
  readonly embed: string
  /** Sites that may show it. */
  readonly origins: readonly string[]
  /** Of the last 30 days. */
  readonly submissions: number
  readonly confirmations: number
}

const idOf = ({ form }: FormRow): string => form

const titleOf = ({ title, form }: FormRow): string => title[language] ?? Object.values(title)[0] ?? form

const useForms = () =>
  useQuery({
    queryKey: ['forms'],
    queryFn: ({ signal }) => read<{ readonly items: readonly FormRow[] }>('/api/forms', signal),
  })

/** The page that a visitor with this language gets. */
const useFormPage = (form: string, lang: string) =>
  useQuery({
    queryKey: ['forms', form, lang],
    queryFn: async ({ signal }) => {
      const path = `/f/${encodeURIComponent(form)}`
      const answer = await fetch(path, { signal, headers: { accept: 'text/html', 'accept-language': lang } })
      if (!answer.ok) throw new Error(`${answer.status} of ${path}`)
      return answer.text()
    },
    placeholderData: keepPreviousData,
    refetchInterval: false,
  })

/** The forms of the live playbook; on the right how one looks and how to embed it. */
export const FormsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data, error, refetch } = useForms()
  const rows = useFrozenOrder('forms', data?.items, idOf, id !== undefined)
  const instead = () => {
    if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
    return rows.items.length > 0 ? undefined : (
      <Empty title={t.forms.empty}>
        <p>{t.forms.emptyMore}</p>
      </Empty>
    )
  }
  const chosen = data?.items.find(({ form }) => form === id)
  const detail = () => {
    if (id === undefined) return undefined
    if (chosen) return <FormView form={chosen} />
    return data ? <Empty title={t.forms.noneSuch} /> : <Loading />
  }
  return (
    <ListDetail
      title={t.pages.forms}
      note={data && numberText(data.items.length)}
      rows={rows}
      idOf={idOf}
      base="/forms"
      openId={id}
      row={(row) => (
        <div>
          <strong>{titleOf(row)}</strong>
          <span class={css.number}>
            {numberText(row.submissions)} <small>{t.forms.submissionsShort}</small>
          </span>
          <span class={css.soft}>{row.form}</span>
        </div>
      )}
      instead={instead()}
      detail={detail()}
    />
  )
}

const copy = (text: string): void => {
  navigator.clipboard.writeText(text).then(
    () => toast(t.forms.copied),
    () => toast(t.common.failed),
  )
}

/** Of the days that the numbers are of. */
const ofForm = (form: string, key: 'submissions' | 'confirmations'): FigureOfPeople => ({
  ...{ of: `form.${key}`, form },
  ...{ from: daysBefore(today(), 29), to: daysBefore(today(), -1) },
})

const FormView = ({ form }: { readonly form: FormRow }) => {
  const { form: id, address, embed, origins, consent, activity, submissions, confirmations } = form
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{titleOf(form)}</h1>
        <p class={reading.standing}>
          <Tag>{t.forms.consents[consent]}</Tag>
          {activity !== null && <span>{activityWords(activity)}</span>}
          <a class={css.link} href={address} target="_blank" rel="noreferrer">
            {t.forms.open}
          </a>
        </p>
      </header>
      <dl class={reading.figures}>
        <div>
          <dt>{t.forms.submissions}</dt>
          <dd>
            <FigureLink figure={ofForm(id, 'submissions')} isNone={submissions === 0}>
              {numberText(submissions)}
            </FigureLink>
          </dd>
        </div>
        {consent === 'double-opt-in' && (
          <div>
            <dt>{t.forms.confirmations}</dt>
            <dd>
              <FigureLink figure={ofForm(id, 'confirmations')} isNone={confirmations === 0}>
                {numberText(confirmations)}
              </FigureLink>{' '}
              {submissions > 0 && <small>{shareText(confirmations / submissions)}</small>}
            </dd>
          </div>
        )}
      </dl>
      <section class={reading.section}>
        <h2>{t.forms.embed}</h2>
        <pre class={css.code}>{embed}</pre>
        <p class={css.soft}>{origins.length > 0 && t.forms.origins(origins.join(', '))}</p>
        <p>
          <Button onClick={() => copy(embed)}>{t.forms.copy}</Button>
        </p>
      </section>
      <Preview id={id} form={form} />
    </article>
  )
}

const Preview = ({ id, form }: { readonly id: string; readonly form: FormRow }) => {
  const { query, filter } = useAddress()
  const own = form.languages.includes(language) ? language : form.languages[0]
  const lang = query.lang ?? own ?? language
  const { data, error, refetch } = useFormPage(id, lang)
  return (
    <section class={reading.section}>
      <h2>{t.forms.preview}</h2>
      <select
        class={css.select}
        aria-label={t.forms.language}
        onChange={(event) => filter({ lang: event.currentTarget.value })}
      >
        {form.languages.map((one) => (
          <option key={one} value={one} selected={one === lang}>
            {languageText(one)}
          </option>
        ))}
      </select>
      {data === undefined && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {data !== undefined && (
        <div class={css.page}>
          <EmailFrame title={t.forms.previewOf(titleOf(form))} html={data} isDark={false} isPhone={false} />
        </div>
      )}
    </section>
  )
}
