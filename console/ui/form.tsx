import { useMutation } from '@tanstack/preact-query'
import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'
import { Problem } from '../lib/api.ts'
import { t } from '../lib/texts.ts'
import { Button, messageOf } from './controls.tsx'
import { DialogActions } from './dialog.tsx'
import ui from './ui.module.css'

/** What is wrong with each field, by its name; under '' what is wrong with none of them. */
export type Faults = Readonly<Record<string, string>>

/** The API's faults at the fields that they are about. @param fields by their names in the form, with their paths in the body */
const faultsOf = (error: unknown, fields: Readonly<Record<string, string>>): Faults => {
  const errors = error instanceof Problem ? error.errors : []
  const names = new Map(Object.entries(fields).map(([name, path]) => [path, name]))
  const faults = errors.map(({ path, message }) => [names.get(path) ?? '', message] as const)
  return Object.fromEntries(faults.length > 0 ? faults : error ? [['', messageOf(error)]] : [])
}

interface FormProps<Answer> {
  /** Names of the fields, with their paths in the body that is sent. */
  readonly fields: Readonly<Record<string, string>>
  readonly send: (values: FormData) => Promise<Answer>
  readonly onDone: (answer: Answer) => void
  readonly onCancel: () => void
  readonly submit: string
  /** @default 'primary' */
  readonly kind?: 'primary' | 'danger'
  /** Whether it may be sent yet. @default true */
  readonly isReady?: boolean
  readonly children: (faults: Faults) => ComponentChildren
}

/** A form in a dialog: faults stand at their fields, and what was typed stays. */
export const Form = <Answer,>({
  fields,
  send,
  onDone,
  onCancel,
  submit,
  kind,
  isReady = true,
  children,
}: FormProps<Answer>) => {
  const { mutate, isPending, error } = useMutation({ mutationFn: send, onSuccess: onDone })
  const faults = faultsOf(error, fields)
  return (
    <form
      class={ui.dialogBody}
      style={{ padding: 0 }}
      onSubmit={(event) => {
        event.preventDefault()
        mutate(new FormData(event.currentTarget))
      }}
    >
      {children(faults)}
      {faults[''] && (
        <p class={ui.fault} role="alert">
          {faults['']}
        </p>
      )}
      <DialogActions>
        <Button onClick={onCancel}>{t.common.cancel}</Button>
        <Button kind={kind ?? 'primary'} type="submit" disabled={isPending || !isReady}>
          {submit}
        </Button>
      </DialogActions>
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly faults: Faults
  readonly hint?: string
  readonly required?: boolean
  readonly children: (props: {
    readonly id: string
    readonly name: string
    readonly class: string
    readonly required: boolean
    readonly 'aria-invalid': boolean
    readonly 'aria-describedby': string
  }) => JSX.Element
}

export const Field = ({ label, name, faults, hint, required = false, children }: FieldProps) => {
  const id = useId()
  const fault = faults[name]
  return (
    <div class={ui.field}>
      <label class={ui.label} for={id}>
        {label} {!required && <span class={ui.optional}>({t.common.optional})</span>}
      </label>
      {children({
        id,
        name,
        class: ui.input ?? '',
        required,
        'aria-invalid': fault !== undefined,
        'aria-describedby': `${id}-more`,
      })}
      <div id={`${id}-more`}>
        {fault !== undefined && <p class={ui.fault}>{fault}</p>}
        {hint !== undefined && <p class={ui.hint}>{hint}</p>}
      </div>
    </div>
  )
}

interface ChoicesProps {
  readonly legend: string
  readonly name: string
  readonly faults: Faults
  readonly options: readonly {
    readonly value: string
    readonly label: string
    readonly more?: string
  }[]
  /** The one to begin with. */
  readonly chosen?: string
}

/** One of a few, each with what follows from it. */
export const Choices = ({ legend, name, faults, options, chosen }: ChoicesProps) => (
  <fieldset class={ui.field}>
    <legend class={ui.label} style={{ marginBottom: '.3rem' }}>
      {legend}
    </legend>
    <div class={ui.choices}>
      {options.map(({ value, label, more }) => (
        <label key={value} class={ui.choice}>
          <input type="radio" name={name} value={value} required defaultChecked={value === chosen} />
          <span>
            {label}
            {more !== undefined && <small>{more}</small>}
          </span>
        </label>
      ))}
    </div>
    {faults[name] !== undefined && <p class={ui.fault}>{faults[name]}</p>}
  </fieldset>
)
