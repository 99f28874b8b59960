import type { ComponentChildren } from 'preact'
import { useMemo } from 'preact/hooks'
import type { Json } from '../../domain/model/json.ts'
import type { SequenceTrigger } from '../../domain/model/sequence.ts'
import type { FieldChange, PlaybookChange, StepChange } from '../../domain/playbook/compare-playbooks.ts'
import { durationText, numberText } from '../lib/format.ts'
import type { DraftChanges } from '../lib/playbook.ts'
import { entryWords, stepWords } from '../lib/step-words.ts'
import { t } from '../lib/texts.ts'
import css from './changes.module.css'
import { useCodeMirror } from './code/code-editor.tsx'
import { Hidden, Loading, Sideways } from './controls.tsx'

const durations = ['reenter', 'stale', 'halfLife']

/** A value as people read it; a structure as it is written. */
const valueText = (field: string, value: Json | undefined): string => {
  if (value === undefined || value === null) return t.changes.nothing
  if (field === 'enter') return entryWords(value as unknown as SequenceTrigger)
  if (typeof value === 'number') return durations.includes(field) ? durationText(value) : numberText(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** `subject.de` is the subject in German. */
const labelOf = (field: string): string => {
  const [name = '', ...rest] = field.split('.')
  const label = (Object.hasOwn(t.changes.fields, name) ? t.changes.fields[name] : undefined) ?? name
  return rest.length > 0 ? `${label} (${rest.join('.')})` : label
}

const Field = ({ field, before, after }: FieldChange) => {
  if (field === 'program') return <li>{t.changes.program}</li>
  return (
    <li>
      {labelOf(field)}: <del>{valueText(field, before)}</del> <span aria-hidden="true">→</span>{' '}
      <ins>{valueText(field, after)}</ins>
    </li>
  )
}

const stepText = (step: NonNullable<StepChange['before']>): string => {
  const { title, code } = stepWords(step)
  return code === undefined ? title : `${title} ${code}`
}

const wordStep = ({ before, after }: StepChange): string => {
  if (before && after) return t.changes.stepChanged(stepText(before), stepText(after))
  return after ? t.changes.stepNew(stepText(after)) : before ? t.changes.stepGone(stepText(before)) : ''
}

const keyOfStep = ({ before, after }: StepChange, index: number): string =>
  `${index} ${before?.type} ${after?.type}`

type Inside = DraftChanges['inside'][number]

/** Who is in a sequence, and what the change means for them. */
const People = ({ looked, moves, stays, exact, isRemoved }: Inside) => {
  const count = exact ? numberText(looked) : t.changes.atLeast(numberText(looked))
  return (
    <li>
      {t.changes.inside(count)}{' '}
      {isRemoved ? t.changes.finish : t.changes.movable(numberText(moves), numberText(stays))}
    </li>
  )
}

const isText = ({ field }: FieldChange): boolean => field.startsWith('text.')

const Change = ({
  change,
  inside,
}: {
  readonly change: PlaybookChange
  readonly inside: Inside | undefined
}) => {
  const { part, id, fields, steps = [] } = change
  const texts = fields.filter(isText).map(({ field }) => field.slice('text.'.length))
  return (
    <li class={css.change} data-change={change.change}>
      <p>
        {t.changes.parts[part]} <strong>{id}</strong> {t.changes.change[change.change]}
      </p>
      <ul>
        {steps.map((step, index) => (
          <li key={keyOfStep(step, index)}>{wordStep(step)}</li>
        ))}
        {fields
          .filter((field) => !isText(field))
          .map((field) => (
            <Field key={field.field} {...field} />
          ))}
        {texts.length > 0 && <li>{t.changes.text(texts.join(', '))}</li>}
        {inside && <People {...inside} />}
      </ul>
    </li>
  )
}

/** A changed sequence has logs folded anew as well, and no score differs by that. */
const isOfScoring = ({ part }: PlaybookChange): boolean =>
  ['rule', 'scoring', 'stage', 'handoff', 'form', 'settings'].includes(part)

/** What a publication changes, and for whom, in words. */
export const ChangesInWords = ({
  changes: { changes, rescored, inside },
}: {
  readonly changes: DraftChanges
}) => (
  <ul class={css.changes}>
    {rescored !== null && changes.some(isOfScoring) && (
      <li class={css.change}>{t.changes.rescored(numberText(rescored))}</li>
    )}
    {changes.map((change) => (
      <Change
        key={`${change.part} ${change.id}`}
        change={change}
        inside={
          change.part === 'sequence' ? inside.find(({ sequence }) => sequence === change.id) : undefined
        }
      />
    ))}
  </ul>
)

interface FileDiffProps {
  readonly path: string
  readonly before: string
  readonly after: string
  readonly actions?: ComponentChildren
}

/** What differs in a file, line by line. */
export const FileDiff = ({ path, before, after, actions }: FileDiffProps) => {
  const { program } = useCodeMirror()
  const lines = useMemo(() => program?.diffLines(before, after), [program, before, after])
  if (!lines) return <Loading />
  return (
    <section class={css.file} aria-label={path}>
      <h3>
        <code>{path}</code> {actions}
      </h3>
      <Sideways label={t.changes.linesOf(path)} class={css.lines}>
        {lines.map((line, index) => {
          if (!line)
            return (
              <p key={`gap ${index}`} class={css.gap}>
                ⋯ <Hidden>{t.changes.skipped}</Hidden>
              </p>
            )
          const text = line.text === '' ? ' ' : line.text
          return (
            <div key={`${line.kind} ${line.line}`} class={css.line} data-kind={line.kind}>
              <span aria-hidden="true">{line.line}</span>
              {line.kind === 'gone' && <del>{text}</del>}
              {line.kind === 'come' && <ins>{text}</ins>}
              {line.kind === 'same' && <span>{text}</span>}
            </div>
          )
        })}
      </Sideways>
    </section>
  )
}
