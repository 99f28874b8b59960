import { useState } from 'preact/hooks'
import { type Mode, modes, specialTargets } from '../../../domain/import/plan-row.ts'
import { t } from '../../lib/texts.ts'
import { Sideways } from '../../ui/controls.tsx'
import css from './imports.module.css'
import type { ImportPlan } from './imports-api.ts'
import { isAttribute, type Opened } from './try-rows.ts'

/** What somebody says of a file. */
export interface Answers {
  /** Columns that are something else than they look like. */
  readonly columns: ImportPlan['mapping']
  readonly mode: ImportPlan['mode']
  readonly hasConsent: boolean
}

/** Of several columns that are to be one attribute, the one that was said last is. */
const chosenWith = (
  columns: Answers['columns'],
  column: string,
  target: string | null,
): Answers['columns'] => ({
  ...Object.fromEntries(
    Object.entries(columns).map(([name, known]) => [name, known === target ? null : known]),
  ),
  [column]: target,
})

/** With a meaning of their own: what else a column is called becomes an attribute of that name. */
const usual = [
  ...['email', 'firstName', 'lastName', 'company', 'role', 'phone', 'country', 'language', 'timeZone'],
  ...['employees', ...specialTargets],
]

interface ColumnsProps {
  readonly opened: Opened
  readonly mapping: ImportPlan['mapping']
  readonly unknown: readonly string[]
  readonly answers: Answers
  readonly onChange: (answers: Answers) => void
}

/** Each column with a value of it, what it is taken for, and what becomes of what a lead has already. */
export const Columns = ({
  opened: { form, examples },
  mapping,
  unknown,
  answers,
  onChange,
}: ColumnsProps) => {
  const choose = (column: string, target: string) => {
    const columns = chosenWith(answers.columns, column, target === '' ? null : target)
    onChange({ ...answers, columns })
  }
  return (
    <Sideways label={t.imports.columns}>
      <table class={css.table}>
        <thead>
          <tr>
            <th scope="col">{t.imports.column}</th>
            <th scope="col">{t.imports.example}</th>
            <th scope="col">{t.imports.becomes}</th>
            <th scope="col">{t.imports.known}</th>
          </tr>
        </thead>
        <tbody>
          {form.columns.map((column, index) => {
            if (column === '') return null
            const target = mapping[column] ?? ''
            return (
              <tr key={column}>
                <th scope="row">{column}</th>
                <td class={css.example}>{examples[index]}</td>
                <td>
                  <Target
                    column={column}
                    target={target}
                    isUnknown={unknown.includes(column)}
                    hasConsent={answers.hasConsent}
                    onChange={(given) => choose(column, given)}
                  />
                </td>
                <td>
                  {target !== '' && isAttribute(target) && (
                    <select
                      class={css.select}
                      aria-label={t.imports.knownOf(column)}
                      onChange={({ currentTarget: { value } }) =>
                        onChange({ ...answers, mode: { ...answers.mode, [target]: value as Mode } })
                      }
                    >
                      {modes.map((mode) => (
                        <option key={mode} value={mode} selected={mode === (answers.mode[target] ?? 'fill')}>
                          {t.imports.modes[mode]}
                        </option>
                      ))}
                    </select>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </Sideways>
  )
}

interface TargetProps {
  readonly column: string
  readonly target: string
  readonly isUnknown: boolean
  readonly hasConsent: boolean
  readonly onChange: (target: string) => void
}

/** No attribute: it opens a field for the name of one. */
const own = '…'

const Target = ({ column, target, isUnknown, hasConsent, onChange }: TargetProps) => {
  const [isOwn, setOwn] = useState(false)
  const options = usual.filter((one) => one !== '$consentAt' || hasConsent)
  return (
    <>
      <select
        class={css.select}
        aria-label={t.imports.becomesOf(column)}
        onChange={({ currentTarget: { value } }) => {
          setOwn(value === own)
          if (value !== own) onChange(value)
        }}
      >
        <option value="" selected={target === '' && !isOwn}>
          {t.imports.leftOut}
        </option>
        {[...options, ...(target !== '' && !options.includes(target) ? [target] : [])].map((one) => (
          <option key={one} value={one} selected={one === target && !isOwn}>
            {t.imports.target(one)}
          </option>
        ))}
        <option value={own} selected={isOwn}>
          {t.imports.other}
        </option>
      </select>
      {isOwn && (
        <input
          class={css.select}
          aria-label={t.imports.otherOf(column)}
          pattern="[A-Za-z][A-Za-z0-9_]{0,63}"
          onChange={({ currentTarget }) => {
            if (!currentTarget.reportValidity() || currentTarget.value === '') return
            setOwn(false)
            onChange(currentTarget.value)
          }}
        />
      )}
      {isUnknown && <small class={css.soft}>{t.imports.unknown}</small>}
    </>
  )
}
