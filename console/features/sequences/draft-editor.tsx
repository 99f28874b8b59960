import { useMemo, useRef } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { changesOf, conflictsOf, edits, setEdits, textIn, withEdit } from '../../lib/edits.ts'
import {
  type Checked,
  type Playbook,
  standingOf,
  useCheck,
  usePlaybook,
  useSchemas,
} from '../../lib/playbook.ts'
import { useStore } from '../../lib/store.ts'
import { t, words } from '../../lib/texts.ts'
import { CodeEditor } from '../../ui/code/code-editor.tsx'
import { schemaOf } from '../../ui/code/complete-yaml.ts'
import { Button, Failure, Loading } from '../../ui/controls.tsx'
import { DraftActions, useSave } from '../../ui/draft-actions.tsx'
import { FlowChart } from './flow-chart.tsx'
import { RehearsalPart } from './rehearsal-part.tsx'
import css from './sequences.module.css'
import type { DrawnFlow } from './sequences-api.ts'

interface DraftEditorProps {
  readonly id: string
  /** Drawn until the draft has been. */
  readonly live: DrawnFlow
  readonly onClose: () => void
}

/** A sequence as it is written, beside how that is drawn; what it comes to for somebody can be tried. */
export const DraftEditor = (props: DraftEditorProps) => {
  const { data, error, refetch } = usePlaybook()
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return <Editing {...props} playbook={data} />
}

const Editing = ({ id, live, onClose, playbook }: DraftEditorProps & { readonly playbook: Playbook }) => {
  const path = `sequences/${id}.yaml`
  const typed = useStore(edits)
  const standing = standingOf(playbook)
  const changes = changesOf(typed, standing.files)
  const checked = useCheck(changes, standing.edition, id)
  const saving = useSave(playbook)
  const text = typed[path]?.text ?? textIn(standing.files, path) ?? ''
  // While something is wrong, the last one that could be drawn stays.
  const drawn = useRef(live)
  if (checked?.flow?.sequence === id) drawn.current = checked.flow
  if (conflictsOf(typed, standing.files).includes(path))
    return (
      <p role="alert">
        {t.playbook.conflictLeft} <Link href={`/playbook?file=${path}`}>{t.sequences.toFile}</Link>
      </p>
    )
  return (
    <>
      <div class={css.actions}>
        <Button kind="quiet" onClick={onClose}>
          {t.sequences.close}
        </Button>
        <Link href={`/playbook?file=${path}`}>{t.sequences.toFile}</Link>
        <DraftActions
          playbook={playbook}
          checked={checked}
          unsaved={Object.keys(changes).length}
          saving={saving}
        />
      </div>
      <div class={css.beside} data-wide>
        <Source
          path={path}
          text={text}
          checked={checked}
          onChange={(next) => setEdits(withEdit(edits.get(), standing.files, path, next))}
          onSave={saving.save}
        />
        <FlowChart flow={drawn.current} peopleAt={(step) => `?edit=1&at=${step}`} />
      </div>
      <RehearsalPart sequence={id} changes={changes} isSound={checked?.ok === true} />
    </>
  )
}

interface SourceProps {
  readonly path: string
  readonly text: string
  readonly checked: Checked | undefined
  readonly onChange: (text: string) => void
  readonly onSave: () => void
}

const Source = ({ path, text, checked, onChange, onSave }: SourceProps) => {
  const { data: schemas } = useSchemas()
  const faults = useMemo(() => checked?.errors.filter(({ file }) => file === path) ?? [], [checked, path])
  const others = (checked?.errors ?? []).filter(({ file, severity }) => file !== path && severity === 'error')
  const known = useMemo(
    () => ({
      schema: schemas?.[schemaOf(path)],
      names: checked?.names,
      stages: Object.keys(words.stages),
    }),
    [schemas, checked?.names, path],
  )
  return (
    <section class={css.source} aria-label={path}>
      <CodeEditor path={path} text={text} faults={faults} known={known} onChange={onChange} onSave={onSave} />
      <ul class={css.faults} aria-label={t.playbook.problems}>
        {faults.map(({ line, column, message, severity }) => (
          <li key={`${line}:${column} ${message}`} data-severity={severity}>
            <code>
              {line}:{column}
            </code>{' '}
            {message}
          </li>
        ))}
        {others.length > 0 && (
          <li>
            <Link href="/playbook">{t.sequences.elsewhereWrong(others.length)}</Link>
          </li>
        )}
      </ul>
      <p class={css.soft}>{t.code.keys}</p>
    </section>
  )
}
