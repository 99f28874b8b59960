import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { exactTime, numberText } from '../../lib/format.ts'
import { useStore } from '../../lib/store.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, messageOf, Sideways, Tag } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Form } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './imports.module.css'
import { type ImportDetail, undoImport, useImport } from './imports-api.ts'
import { FileField } from './new-import.tsx'
import { type ContactFile, refusedFile, sendFile, sendings } from './sending.ts'
import { isAttribute, reasonText } from './try-rows.ts'

/** One import: how far it is, what became of its rows, and the way back. */
export const ImportView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useImport(id)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const { name, state, createdAt, by } = data
  return (
    <article class={reading.article}>
      <header class={reading.head}>
        <h1 class={reading.name}>{name}</h1>
        <p class={reading.standing}>
          <Tag>{t.imports.states[state]}</Tag>
          <span>{by}</span>
          <time dateTime={createdAt}>{exactTime(createdAt)}</time>
        </p>
      </header>
      <Progress one={data} />
      <Figures one={data} />
      {data.rejectedRows > 0 && <Refused one={data} />}
      <Settings one={data} />
      {state === 'done' && <Undo one={data} />}
    </article>
  )
}

interface PartProps {
  readonly one: ImportDetail
}

/** Of what is sent from here, and of what is being recorded. */
const Progress = ({ one: { importId, state, rows, mapping } }: PartProps) => {
  const sending = useStore(sendings)[importId]
  const all = sending?.rows
  const of = (done: number, inWords: (done: string, all?: string) => string) => ({
    label: inWords(numberText(done), all === undefined ? undefined : numberText(all)),
    ...(all !== undefined && { value: done, max: all }),
  })
  if (sending && !sending.isDone && sending.fault === undefined)
    return (
      <Bar {...of(sending.sent, t.imports.sending)}>
        <p class={css.soft}>{t.imports.stay}</p>
      </Bar>
    )
  if (state === 'importing') return <Bar {...of(rows, t.imports.recording)} />
  if (state === 'undoing') return <Bar label={t.imports.states.undoing} />
  return state === 'waiting' ? <GoOn importId={importId} mapping={mapping} fault={sending?.fault} /> : null
}

interface BarProps {
  readonly label: string
  readonly value?: number
  readonly max?: number
  readonly children?: ComponentChildren
}

const Bar = ({ label, value, max, children }: BarProps) => (
  <section class={reading.section}>
    <p role="status">{label}</p>
    <progress class={css.progress} aria-label={label} {...(max !== undefined && { value, max })} />
    {children}
  </section>
)

interface GoOnProps {
  readonly importId: string
  readonly mapping: ImportDetail['mapping']
  readonly fault: unknown
}

/** Not every row has come: the same file goes on where it was. */
const GoOn = ({ importId, mapping, fault }: GoOnProps) => {
  const [isOther, setOther] = useState(false)
  const goOn = (contacts: ContactFile) => {
    const columns = contacts.form.columns.filter((column) => column !== '')
    const isSame =
      columns.length === Object.keys(mapping).length &&
      columns.every((column) => Object.hasOwn(mapping, column))
    setOther(!isSame)
    if (isSame) void sendFile(importId, contacts)
  }
  return (
    <section class={reading.section}>
      <h2>{t.imports.brokenOff}</h2>
      {fault !== undefined && (
        <p class={css.fault} role="alert">
          {messageOf(fault)}
        </p>
      )}
      <p>{t.imports.goOn}</p>
      <FileField onOpen={goOn} />
      {isOther && (
        <p class={css.fault} role="alert">
          {t.imports.otherFile}
        </p>
      )}
    </section>
  )
}

const Figures = ({ one: { rows, created, updated, unchanged, rejectedRows } }: PartProps) => {
  const { outcomes } = t.imports
  const figures = { rows, created, updated, unchanged, rejected: rejectedRows }
  return (
    <section class={reading.section}>
      <h2>{t.imports.report}</h2>
      <dl class={reading.tally}>
        {Object.entries(figures).map(([name, count]) => (
          <div key={name}>
            <dt>{outcomes[name as keyof typeof figures]}</dt>
            <dd>{numberText(count)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const mostShown = 20

/** Saves a file as the browser saves what it has fetched. */
const save = (file: Blob, name: string): void => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

const Refused = ({ one: { importId, name, rejected, rejectedRows } }: PartProps) => {
  const [isAsked, setAsked] = useState(false)
  const download = async () => {
    setAsked(true)
    await refusedFile(importId, reasonText)
      .then((file) => save(file, `${name.replace(/\.(csv|tsv|txt)$/i, '')}.rejected.csv`))
      .catch((error: unknown) => toast(messageOf(error)))
    setAsked(false)
  }
  return (
    <section class={reading.section}>
      <h2>{t.imports.rejected}</h2>
      <ul class={css.reasons}>
        {rejected.slice(0, mostShown).map(({ line, reason }) => (
          <li key={line}>
            <span>{t.imports.line(numberText(line))}</span> {reasonText(reason)}
          </li>
        ))}
      </ul>
      {rejectedRows > mostShown && (
        <p class={css.soft}>{t.imports.further(numberText(rejectedRows - mostShown))}</p>
      )}
      <p class={css.actions}>
        <Button disabled={isAsked} onClick={download}>
          {t.imports.download}
        </Button>
      </p>
    </section>
  )
}

const Settings = ({ one: { mapping, mode, consent, enter } }: PartProps) => (
  <section class={reading.section}>
    <h2>{t.imports.asked}</h2>
    <p>
      {consent
        ? t.imports.consented(consent.purpose, exactTime(consent.at), consent.evidence)
        : t.imports.noConsent}{' '}
      {enter ? t.imports.entered : t.imports.quiet}
    </p>
    <Sideways label={t.imports.columns}>
      <table class={css.table}>
        <thead>
          <tr>
            <th scope="col">{t.imports.column}</th>
            <th scope="col">{t.imports.becomes}</th>
            <th scope="col">{t.imports.known}</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(mapping).map(([column, target]) => (
            <tr key={column}>
              <th scope="row">{column}</th>
              <td>{target === null ? t.imports.leftOut : t.imports.target(target)}</td>
              <td>{target !== null && isAttribute(target) && t.imports.modes[mode[target] ?? 'fill']}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  </section>
)

const Undo = ({ one: { importId, name, created } }: PartProps) => {
  const [isOpen, setOpen] = useState(false)
  const close = () => setOpen(false)
  return (
    <p class={css.actions}>
      <Button onClick={() => setOpen(true)}>{t.imports.undo.button}</Button>
      {isOpen && (
        <Dialog title={t.imports.undo.title(name)} onClose={close}>
          <p>{t.imports.undo.more(numberText(created))}</p>
          <Form
            fields={{}}
            submit={t.imports.undo.button}
            kind="danger"
            send={() => undoImport(importId)}
            onCancel={close}
            onDone={() => {
              close()
              toast(t.imports.undo.done(name))
            }}
          >
            {() => null}
          </Form>
        </Dialog>
      )}
    </p>
  )
}
