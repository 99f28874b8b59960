import { useMutation } from '@tanstack/preact-query'
import { useId, useMemo, useState } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import { mapColumns, type TableForm } from '../../../domain/import/table.ts'
import { Problem } from '../../lib/api.ts'
import { numberText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import { Button, messageOf, Sideways } from '../../ui/controls.tsx'
import { type Faults, Field } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import ui from '../../ui/ui.module.css'
import { type Answers, Columns } from './columns.tsx'
import css from './imports.module.css'
import { beginImport, type ImportPlan } from './imports-api.ts'
import { sendFile } from './sending.ts'
import { faultsOfFile, type Opened, openFile, reasonText, type Tried, useTriedRows } from './try-rows.ts'

/** A file is chosen and looked through before anything of it leaves the browser. */
export const NewImport = () => {
  const [opened, setOpened] = useState<Opened>()
  return (
    <article class={`${reading.article} ${css.wide}`}>
      <header class={reading.head}>
        <h1 class={reading.name}>{t.imports.make}</h1>
      </header>
      <section class={reading.section}>
        <FileField onOpen={setOpened} />
      </section>
      {opened && <Plan key={`${opened.file.name}${opened.file.lastModified}`} opened={opened} />}
    </article>
  )
}

interface FileFieldProps {
  readonly onOpen: (opened: Opened) => void
}

export const FileField = ({ onOpen }: FileFieldProps) => {
  const id = useId()
  const { mutate, isPending, error } = useMutation({ mutationFn: openFile, onSuccess: onOpen })
  return (
    <div class={ui.field}>
      <label class={ui.label} for={id}>
        {t.imports.file}
      </label>
      <input
        id={id}
        class={css.file}
        type="file"
        accept=".csv,.tsv,.txt,text/csv"
        aria-describedby={`${id}-more`}
        onChange={({ currentTarget: { files } }) => files?.[0] && mutate(files[0])}
      />
      <div id={`${id}-more`}>
        <p class={ui.hint}>{isPending ? t.imports.opening : t.imports.fileHint}</p>
        {error && (
          <div class={ui.fault} role="alert">
            {(faultsOfFile(error) ?? [messageOf(error)]).map((fault) => (
              <p key={fault}>{fault}</p>
            ))}
          </div>
        )}
      </div>
    </div>
  )
}

const noAnswers: Answers = { columns: {}, mode: {}, hasConsent: false }

const textOf = (values: FormData, name: string): string => String(values.get(name) ?? '').trim()

const planOf = (values: FormData, { mapping }: Pick<ImportPlan, 'mapping'>, answers: Answers): ImportPlan => {
  const at = textOf(values, 'at')
  const targets = Object.values(mapping)
  return {
    name: textOf(values, 'name'),
    mapping,
    mode: Object.fromEntries(Object.entries(answers.mode).filter(([name]) => targets.includes(name))),
    consent: answers.hasConsent
      ? {
          purpose: textOf(values, 'purpose'),
          evidence: textOf(values, 'evidence'),
          at: at === '' ? '' : new Date(at).toISOString(),
        }
      : null,
    enter: values.get('enter') === 'true',
  }
}

/** By the names of the fields; under '' what belongs to none of them. */
const faultsOf = (error: unknown): Faults => {
  if (!error) return {}
  const errors = error instanceof Problem ? error.errors : []
  const names = ['name', 'purpose']
  const named = errors.map(({ path, message }) => {
    const name = path.replace(/^consent\./, '')
    if (name === 'evidence' || name === 'at') return [name, t.imports.consentFaults[name]] as const
    return names.includes(name) ? ([name, message] as const) : (['', message] as const)
  })
  return Object.fromEntries(named.length > 0 ? named : [['', messageOf(error)]])
}

const Plan = ({ opened }: { readonly opened: Opened }) => {
  const [, navigate] = useLocation()
  const [answers, setAnswers] = useState(noAnswers)
  const { columns, hasConsent } = answers
  const known = useMemo(() => mapColumns(opened.form, columns, hasConsent), [opened, columns, hasConsent])
  const tried = useTriedRows(opened, known.mapping)
  const hasAddress = Object.values(known.mapping).includes('email')
  const good = (tried?.rows ?? 0) - (tried?.refused ?? []).reduce((sum, [, { count }]) => sum + count, 0)
  const { mutate, isPending, error } = useMutation({
    mutationFn: (values: FormData) => beginImport(planOf(values, known, answers)),
    onSuccess: ({ importId }) => {
      void sendFile(importId, opened, tried?.rows)
      navigate(`/imports/${encodeURIComponent(importId)}`)
    },
  })
  const faults = faultsOf(error)
  return (
    <form
      class={css.plan}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        mutate(new FormData(event.currentTarget))
      }}
    >
      <section class={reading.section}>
        <h2>{t.imports.columns}</h2>
        <p>
          {t.imports.readAs(
            encodingNames[opened.form.encoding],
            separatorOf(opened.form),
            known.exportOf && programs[known.exportOf],
          )}
        </p>
        <Columns
          opened={opened}
          mapping={known.mapping}
          unknown={known.unknown}
          answers={answers}
          onChange={setAnswers}
        />
        {!hasAddress && (
          <p class={css.fault} role="alert">
            {t.imports.noAddress}
          </p>
        )}
      </section>
      <Consent
        hasConsent={hasConsent}
        faults={faults}
        onChange={(has) => setAnswers({ ...answers, hasConsent: has })}
      />
      <Preview tried={tried} />
      <section class={reading.section}>
        <Field label={t.imports.name} name="name" faults={faults} required>
          {(props) => <input {...props} maxLength={200} defaultValue={opened.file.name} />}
        </Field>
        <label class={css.check}>
          <input type="checkbox" name="enter" value="true" />
          <span>
            {t.imports.enter}
            <small>{t.imports.enterHint}</small>
          </span>
        </label>
        {faults[''] && (
          <p class={css.fault} role="alert">
            {faults['']}
          </p>
        )}
        <p class={css.actions}>
          <Button
            kind="primary"
            type="submit"
            disabled={isPending || !hasAddress || !tried?.isWhole || good === 0}
          >
            {tried?.isWhole ? t.imports.submit(numberText(good)) : t.imports.looking}
          </Button>
        </p>
      </section>
    </form>
  )
}

const programs = {
  hubspot: 'HubSpot',
  mailchimp: 'Mailchimp',
  mautic: 'Mautic',
  salesforce: 'Salesforce',
  zoho: 'Zoho',
  brevo: 'Brevo',
} as const

const encodingNames: Readonly<Record<TableForm['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'utf-16le': 'UTF-16',
  'utf-16be': 'UTF-16',
  'windows-1252': 'Windows-1252',
}

const separatorOf = ({ separator }: TableForm): string => {
  const { separators }: { readonly separators: Readonly<Record<string, string>> } = t.imports
  return separators[separator] ?? separator
}

interface ConsentProps {
  readonly hasConsent: boolean
  readonly faults: Faults
  readonly onChange: (hasConsent: boolean) => void
}

/** Marketing mail takes consent, and consent takes evidence. */
const Consent = ({ hasConsent, faults, onChange }: ConsentProps) => (
  <section class={reading.section}>
    <fieldset class={ui.field}>
      <legend class={css.legend}>{t.imports.consent}</legend>
      <div class={ui.choices}>
        {([false, true] as const).map((has) => (
          <label key={String(has)} class={ui.choice}>
            <input
              type="radio"
              name="hasConsent"
              checked={has === hasConsent}
              onChange={() => onChange(has)}
            />
            <span>
              {t.imports.consents[has ? 'given' : 'none']}
              <small>{t.imports.consents[has ? 'givenMore' : 'noneMore']}</small>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
    {hasConsent && (
      <>
        <Field label={t.imports.purpose} name="purpose" faults={faults} required>
          {(props) => <input {...props} maxLength={128} defaultValue="newsletter" />}
        </Field>
        <Field
          label={t.imports.evidence}
          name="evidence"
          hint={t.imports.evidenceHint}
          faults={faults}
          required
        >
          {(props) => <textarea {...props} maxLength={2_000} />}
        </Field>
        <Field label={t.imports.at} name="at" hint={t.imports.atHint} faults={faults} required>
          {(props) => <input {...props} type="datetime-local" />}
        </Field>
      </>
    )}
  </section>
)

/** The first rows as they would become, and what would be refused of all. */
const Preview = ({ tried }: { readonly tried: Tried | undefined }) => {
  const names = [...new Set((tried?.shown ?? []).flatMap(({ fields }) => Object.keys(fields)))]
  if (!tried) return null
  const { rows, shown, refused, isWhole, fault } = tried
  return (
    <section class={reading.section} aria-live="polite">
      <h2>{t.imports.preview}</h2>
      <p>{isWhole ? t.imports.rows(numberText(rows)) : t.imports.lookedAt(numberText(rows))}</p>
      {fault !== undefined && (
        <p class={css.fault} role="alert">
          {(faultsOfFile(fault) ?? [messageOf(fault)]).join(' ')}
        </p>
      )}
      {refused.length > 0 && (
        <ul class={css.reasons} aria-label={t.imports.wouldBeRefused}>
          {refused.map(([reason, { count, line }]) => (
            <li key={reason}>
              <span>{t.imports.refusedOf(numberText(count), numberText(line))}</span> {reasonText(reason)}
            </li>
          ))}
        </ul>
      )}
      {shown.length > 0 && (
        <Sideways label={t.imports.preview}>
          <table class={css.table}>
            <thead>
              <tr>
                <th scope="col">{t.imports.lineHead}</th>
                <th scope="col">{t.imports.target('email')}</th>
                {names.map((name) => (
                  <th key={name} scope="col">
                    {t.imports.target(name)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map(({ line, email, fields, unsubscribed }) => (
                <tr key={line}>
                  <td>{numberText(line)}</td>
                  <th scope="row">
                    {email}
                    {unsubscribed && <small>{t.imports.noMail}</small>}
                  </th>
                  {names.map((name) => (
                    <td key={name}>{String(fields[name] ?? '')}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Sideways>
      )}
    </section>
  )
}
