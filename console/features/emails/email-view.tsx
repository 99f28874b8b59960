import { useEffect, useMemo, useState } from 'preact/hooks'
import type { EmailFigure } from '../../../domain/sending/email-figures.ts'
import { useAddress } from '../../lib/address.ts'
import { Problem } from '../../lib/api.ts'
import { useClicks } from '../../lib/clicks.ts'
import { languageText, numberText, shareText } from '../../lib/format.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { language, t } from '../../lib/texts.ts'
import { Button, Failure, Loading, messageOf, Sideways, Tag } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { EmailFrame } from '../../ui/email-frame.tsx'
import { FigureLink } from '../../ui/figure-link.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { LinkClicks } from '../../ui/link-clicks.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './emails.module.css'
import {
  type EmailDetail,
  type PreviewChoice,
  personFor,
  sendTest,
  subjectOf,
  useEmail,
  usePeople,
  usePreview,
} from './emails-api.ts'

const views = ['desktop', 'phone', 'text'] as const
type View = (typeof views)[number]

const viewIn = (text: string | undefined): View => views.find((view) => view === text) ?? 'desktop'

/** Somebody made up speaks the language of whoever looks, where the email does. */
const ownLanguage = ({ languages }: EmailDetail): string | undefined =>
  languages.find((one) => one === language)

/** One email: how it looks to whom, and what became of it. */
export const EmailView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useEmail(id)
  const { query } = useAddress()
  const { data: me } = useMe()
  const [isTesting, setTesting] = useState(false)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const { lead, lang = lead === undefined ? ownLanguage(data) : undefined } = query
  const choice = { lead, lang }
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{subjectOf(data)}</h1>
        <p class={reading.standing}>
          {data.kind && <Tag>{t.emails.kinds[data.kind]}</Tag>}
          <code>{data.email}</code>
          {mayDo(me, marketers) && <Button onClick={() => setTesting(true)}>{t.emails.test}</Button>}
        </p>
      </header>
      <PreviewPart email={data} choice={choice} view={viewIn(query.view)} />
      <LinkClicks email={data.email} sequence={query.sequence} />
      <Figures email={data} />
      {isTesting && <TestDialog id={id} choice={choice} onClose={() => setTesting(false)} />}
    </article>
  )
}

/** Why there is no preview. */
const whyNot = (error: unknown): string => {
  const faults = error instanceof Problem ? error.errors : []
  if (faults.some(({ path }) => path === 'lead')) return t.emails.unknownLead
  return faults[0]?.message ?? messageOf(error)
}

interface PreviewPartProps {
  readonly email: EmailDetail
  readonly choice: PreviewChoice
  readonly view: View
}

const PreviewPart = ({ email, choice, view }: PreviewPartProps) => {
  const { query, filter } = useAddress()
  const { data, error } = usePreview(email.email, choice)
  const { data: clicks } = useClicks(email.email, query.sequence)
  const isMap = query.clicks === 'true' && view !== 'text'
  const isDark = query.dark === 'true' && view !== 'text'
  const shares = useMemo(
    () => (isMap ? new Map(clicks?.links.map(({ link, share }) => [link, share])) : undefined),
    [isMap, clicks],
  )
  return (
    <section class={reading.section} aria-label={t.emails.preview}>
      <div class={css.tools}>
        <fieldset class={reading.choice}>
          <legend>{t.emails.view}</legend>
          {views.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={one === view}
              onClick={() => filter({ view: one === 'desktop' ? undefined : one })}
            >
              {t.emails.views[one]}
            </button>
          ))}
        </fieldset>
        {view !== 'text' && (
          <Toggle
            name={t.emails.views.dark}
            isOn={isDark}
            onChange={() => filter({ dark: isDark ? undefined : 'true' })}
          />
        )}
        {clicks && clicks.clicked > 0 && view !== 'text' && (
          <Toggle
            name={t.emails.map}
            isOn={isMap}
            onChange={() => filter({ clicks: isMap ? undefined : 'true' })}
          />
        )}
        <select
          aria-label={t.emails.language}
          onChange={(event) => filter({ lang: event.currentTarget.value })}
        >
          {choice.lead !== undefined && <option value="">{t.emails.ownLanguage}</option>}
          {email.languages.map((one) => (
            <option key={one} value={one} selected={one === choice.lang}>
              {languageText(one)}
            </option>
          ))}
        </select>
        <AsWhom given={choice.lead ?? ''} onChoose={(lead) => filter({ lead })} />
      </div>
      {error && (
        <p class={css.fault} role="alert">
          {whyNot(error)}
        </p>
      )}
      {data?.missing && <p class={css.fault}>{t.emails.missing(data.missing.join(', '))}</p>}
      {data && !error && (
        <figure class={css.mail} data-view={view}>
          <figcaption>
            <span>{t.emails.subject}</span> <strong>{data.subject}</strong>
          </figcaption>
          {view === 'text' ? (
            <pre>{data.text}</pre>
          ) : (
            <EmailFrame
              title={t.emails.previewOf(data.subject)}
              html={data.html}
              isDark={isDark}
              isPhone={view === 'phone'}
              shares={shares}
            />
          )}
        </figure>
      )}
    </section>
  )
}

interface ToggleProps {
  readonly name: string
  readonly isOn: boolean
  readonly onChange: () => void
}

const Toggle = ({ name, isOn, onChange }: ToggleProps) => (
  <fieldset class={reading.choice}>
    <legend>{name}</legend>
    <button type="button" aria-pressed={isOn} onClick={onChange}>
      {name}
    </button>
  </fieldset>
)

interface AsWhomProps {
  readonly given: string
  readonly onChoose: (lead: string | undefined) => void
}

/** Whose values stand in it: the list offers whom the server finds, and what was chosen or typed counts. */
const AsWhom = ({ given, onChoose }: AsWhomProps) => {
  const [typed, setTyped] = useState(given)
  useEffect(() => setTyped(given), [given])
  const { data } = usePeople(typed)
  return (
    <>
      <input
        list="people"
        value={typed}
        aria-label={t.emails.asWhom}
        placeholder={t.emails.asWhat}
        autocomplete="off"
        onInput={(event) => setTyped(event.currentTarget.value)}
        onChange={(event) =>
          personFor(event.currentTarget.value.trim()).then(onChoose, (error: unknown) =>
            toast(messageOf(error)),
          )
        }
      />
      <datalist id="people">
        {data?.items.map(
          ({ email, name }) =>
            email !== null && (
              <option key={email} value={email}>
                {name}
              </option>
            ),
        )}
      </datalist>
    </>
  )
}

const outcomes = ['delivered', 'opened', 'clicked', 'unsubscribed'] as const

/** What became of it, by what asked for it. */
const Figures = ({ email: { email, bySequence, byBroadcast, figures } }: { readonly email: EmailDetail }) => {
  const { columns } = t.emails
  if (figures.requested === 0) return null
  return (
    <section class={reading.section}>
      <h2>{t.emails.figures}</h2>
      <Sideways label={t.emails.figures} class={reading.scroll}>
        <table class={reading.table}>
          <thead>
            <tr>
              <th scope="col">{columns.sequence}</th>
              <th scope="col">{columns.sent}</th>
              {outcomes.map((one) => (
                <th key={one} scope="col">
                  {columns[one]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bySequence.map(({ sequence, figures: own }) => (
              <FigureRow
                key={sequence}
                name={sequence ?? t.emails.withoutSequence}
                of={{ email, sequence: sequence ?? '-' }}
                figures={own}
              />
            ))}
            {byBroadcast.map(({ broadcast, name, figures: own }) => (
              <FigureRow
                key={broadcast}
                name={name}
                of={{ email, sequence: `broadcast.${broadcast}` }}
                figures={own}
              />
            ))}
            {bySequence.length + byBroadcast.length > 1 && (
              <FigureRow name={t.emails.together} of={{ email }} figures={figures} />
            )}
          </tbody>
        </table>
      </Sideways>
      <p class={css.soft}>
        {figures.held > 0 && `${t.emails.waiting(numberText(figures.held))}. `}
        {t.emails.people}
      </p>
    </section>
  )
}

interface FigureRowProps {
  readonly name: string
  readonly of: { readonly email: string; readonly sequence?: string }
  readonly figures: EmailFigure
}

const FigureRow = ({ name, of, figures }: FigureRowProps) => (
  <tr>
    <th scope="row">{name}</th>
    {(['sent', ...outcomes] as const).map((one) => (
      <td key={one}>
        <FigureLink figure={{ of: `email.${one}`, ...of }} isNone={figures[one] === 0}>
          {numberText(figures[one])}
        </FigureLink>{' '}
        {one !== 'sent' && figures.sent > 0 && figures[one] > 0 && (
          <small>{shareText(figures[one] / figures.sent)}</small>
        )}
      </td>
    ))}
  </tr>
)

interface TestDialogProps {
  readonly id: string
  readonly choice: PreviewChoice
  readonly onClose: () => void
}

const TestDialog = ({ id, choice, onClose }: TestDialogProps) => {
  const { data: me } = useMe()
  return (
    <Dialog title={t.emails.testTitle} onClose={onClose}>
      <Form
        fields={{ to: 'to' }}
        submit={t.emails.testSubmit}
        send={(values) => sendTest(id, `${values.get('to') ?? ''}`.trim(), choice)}
        onCancel={onClose}
        onDone={() => {
          onClose()
          toast(t.emails.testDone)
        }}
      >
        {(faults) => (
          <Field label={t.emails.testTo} name="to" hint={t.emails.testHint} faults={faults} required>
            {(props) => <input {...props} type="email" defaultValue={me?.email ?? ''} />}
          </Field>
        )}
      </Form>
    </Dialog>
  )
}
