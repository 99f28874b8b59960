import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../lib/texts.ts'
import { Failure, Loading } from '../controls.tsx'
import css from './code.module.css'
import type { CodeFault, OpenEditor } from './code-mirror.ts'
import type { Knowledge } from './complete-yaml.ts'

type CodeMirror = typeof import('./code-mirror.ts')

let loaded: CodeMirror | undefined

/** The editor's program, loaded when it is needed. */
export const useCodeMirror = () => {
  const [program, setProgram] = useState(loaded)
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    if (loaded) return
    import('./code-mirror.ts').then(({ openEditor, openMerge, diffLines }) => {
      loaded = { openEditor, openMerge, diffLines }
      setProgram(loaded)
    }, setError)
  }, [])
  return { program, error }
}

/** A place that nothing of the page's styles reaches into but its custom properties. */
export const shadowOf = (host: HTMLElement): ShadowRoot =>
  host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus: true })

interface CodeEditorProps {
  readonly path: string
  readonly text: string
  readonly faults: readonly CodeFault[]
  readonly known: Knowledge
  /** Where to go; another object goes there again. */
  readonly place?: Pick<CodeFault, 'line' | 'column'> | undefined
  readonly isReadOnly?: boolean
  readonly onChange: (text: string) => void
  readonly onSave: () => void
}

/** One file in an editor; another path is another editor. */
export const CodeEditor = (props: CodeEditorProps) => {
  const { path, text, faults, place, isReadOnly = false } = props
  const { program, error } = useCodeMirror()
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<OpenEditor>()
  /** What was typed and has not come back yet: an echo of it must not replace what is typed since. */
  const reported = useRef<string[]>([])
  const current = useRef(props)
  current.current = props
  useEffect(() => {
    if (!program || !host.current) return
    const opened = program.openEditor({
      ...{ path, isReadOnly, root: shadowOf(host.current), text: current.current.text },
      ...{ label: t.code.editorOf(path), phrases: t.code.phrases },
      known: () => current.current.known,
      onChange: (typed) => {
        reported.current.push(typed)
        current.current.onChange(typed)
      },
      onSave: () => current.current.onSave(),
    })
    editor.current = opened
    reported.current = []
    return () => {
      editor.current = undefined
      opened.close()
    }
  }, [program, path, isReadOnly])
  useEffect(() => {
    const echo = reported.current.lastIndexOf(text)
    reported.current = reported.current.slice(echo + 1)
    if (echo < 0) editor.current?.setText(text)
  }, [program, path, text])
  useEffect(() => editor.current?.setFaults(faults), [program, path, text, faults])
  useEffect(() => {
    if (place) editor.current?.goTo(place)
  }, [program, path, place])
  if (error !== undefined) return <Failure error={error} onRetry={() => location.reload()} />
  return (
    <>
      {!program && <Loading />}
      <div ref={host} class={css.code} data-testid="code" hidden={!program} />
    </>
  )
}
