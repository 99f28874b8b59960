import { ArrowLeft, CircleAlert, FilePlus, TriangleAlert } from 'lucide-preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { useAddress } from '../../lib/address.ts'
import { edits, type Files, setEdits, textIn, withEdit } from '../../lib/edits.ts'
import { type Checked, type Fault, type Playbook, standingOf, useSchemas } from '../../lib/playbook.ts'
import { t, words } from '../../lib/texts.ts'
import { CodeEditor } from '../../ui/code/code-editor.tsx'
import { type Knowledge, schemaOf } from '../../ui/code/complete-yaml.ts'
import { Button, Empty, Hidden } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { toast } from '../../ui/toasts.tsx'
import ui from '../../ui/ui.module.css'
import { Conflict } from './conflict.tsx'
import { FileTree } from './file-tree.tsx'
import css from './playbook.module.css'

const noFaults: readonly Fault[] = []

interface FilesViewProps {
  readonly playbook: Playbook
  /** As they are with what is typed. */
  readonly files: Files
  readonly conflicts: readonly string[]
  readonly checked: Checked | undefined
  readonly onSave: () => void
}

/** What completion knows of a file. */
const useKnowledge = (path: string | undefined, checked: Checked | undefined): Knowledge => {
  const { data: schemas } = useSchemas()
  return useMemo(
    () => ({
      schema: path === undefined ? undefined : schemas?.[schemaOf(path)],
      names: checked?.names,
      stages: Object.keys(words.stages),
    }),
    [path, schemas, checked?.names],
  )
}

type Target = Pick<Fault, 'file' | 'line' | 'column'>

const placeIn = ({
  file,
  line,
  column = '1',
}: Readonly<Record<string, string | undefined>>): Target | undefined =>
  file !== undefined && line !== undefined ? { file, line: Number(line), column: Number(column) } : undefined

/** The files, the one that is open, and what is wrong. */
export const FilesView = ({ playbook, files, conflicts, checked, onSave }: FilesViewProps) => {
  const { query, path: here, navigate, filter } = useAddress()
  const { file } = query
  const [place, setPlace] = useState(() => placeIn(query))
  const known = useKnowledge(file, checked)
  const errors = checked?.errors ?? noFaults
  const own = useMemo(() => errors.filter((fault) => fault.file === file), [errors, file])
  const go = (target: Target) => {
    navigate(`${here}?file=${encodeURIComponent(target.file)}`)
    setPlace({ ...target })
  }
  useEffect(() => {
    if (query.line !== undefined) filter({ line: undefined, column: undefined })
  }, [query.line])
  const text = file === undefined ? null : textIn(files, file)
  return (
    <div class={css.both} data-open={file !== undefined || undefined}>
      <div class={css.side}>
        <FileTree playbook={playbook} files={files} faults={errors} open={file} onGo={go} />
        <NewFile files={files} onMade={(path) => go({ file: path, line: 1, column: 1 })} />
      </div>
      <section class={css.editor} aria-label={file ?? t.playbook.choose}>
        {file === undefined && (
          <Empty title={t.playbook.choose}>
            <p>{t.playbook.chooseMore}</p>
          </Empty>
        )}
        {file !== undefined && (
          <div class={css.fileHead}>
            <Button kind="quiet" class={css.back ?? ''} onClick={() => navigate(here)}>
              <ArrowLeft class={ui.icon} aria-hidden="true" /> {t.playbook.views.files}
            </Button>
            <h2>{file}</h2>
            {text !== null && !conflicts.includes(file) && (
              <Button kind="quiet" onClick={() => removeFile(playbook, file)}>
                {t.playbook.remove}
              </Button>
            )}
          </div>
        )}
        {file !== undefined && conflicts.includes(file) && <Conflict playbook={playbook} path={file} />}
        {file !== undefined && !conflicts.includes(file) && text === null && <p>{t.playbook.gone}</p>}
        {file !== undefined && !conflicts.includes(file) && text !== null && (
          <>
            <CodeEditor
              path={file}
              text={text}
              faults={own}
              known={known}
              place={place?.file === file ? place : undefined}
              onChange={(typed) => change(playbook, file, typed)}
              onSave={onSave}
            />
            <p class={css.keys}>{t.code.keys}</p>
          </>
        )}
        <Problems faults={errors} open={file} onGo={go} />
      </section>
    </div>
  )
}

const change = (playbook: Playbook, file: string, text: string | null): void =>
  setEdits(withEdit(edits.get(), standingOf(playbook).files, file, text))

const removeFile = (playbook: Playbook, file: string): void => {
  const before = edits.get()
  change(playbook, file, null)
  toast(t.playbook.removed(file), { undo: () => setEdits(before) })
}

interface ProblemsProps {
  readonly faults: readonly Fault[]
  readonly open: string | undefined
  readonly onGo: (target: Target) => void
}

/** What is wrong, with the open file's own first; each leads to its place. */
const Problems = ({ faults, open, onGo }: ProblemsProps) => {
  if (faults.length === 0) return null
  const ordered = faults.toSorted((a, b) => Number(b.file === open) - Number(a.file === open))
  return (
    <section class={css.problems} aria-label={t.playbook.problems}>
      <ul>
        {ordered.map((fault) => {
          const { file, line, column, message, severity } = fault
          const Icon = severity === 'error' ? CircleAlert : TriangleAlert
          return (
            <li key={`${file}:${line}:${column} ${message}`}>
              <button type="button" data-severity={severity} onClick={() => onGo(fault)}>
                <Icon class={ui.icon} aria-hidden="true" />
                <code>
                  {file === open ? <Hidden>{file}:</Hidden> : `${file}:`}
                  {line}:{column}
                </code>
                <span>{message}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

interface NewFileProps {
  readonly files: Files
  readonly onMade: (path: string) => void
}

const NewFile = ({ files, onMade }: NewFileProps) => {
  const [isAsking, setAsking] = useState(false)
  const [fault, setFault] = useState<string>()
  const close = () => setAsking(false)
  return (
    <>
      <Button kind="quiet" onClick={() => setAsking(true)}>
        <FilePlus class={ui.icon} aria-hidden="true" /> {t.playbook.newFile}
      </Button>
      {isAsking && (
        <Dialog title={t.playbook.newFileTitle} onClose={close}>
          <Form
            fields={{ path: 'path' }}
            submit={t.playbook.create}
            onCancel={close}
            send={async (values) => `${values.get('path')}`.trim()}
            onDone={(path) => {
              if (textIn(files, path) !== null) return setFault(t.playbook.pathTaken)
              setEdits(withEdit(edits.get(), {}, path, ''))
              setFault(undefined)
              close()
              onMade(path)
            }}
          >
            {() => (
              <Field
                label={t.playbook.path}
                name="path"
                faults={fault === undefined ? {} : { path: fault }}
                hint={t.playbook.pathHint}
                required
              >
                {(props) => <input {...props} maxLength={200} autocomplete="off" spellcheck={false} />}
              </Field>
            )}
          </Form>
        </Dialog>
      )}
    </>
  )
}
