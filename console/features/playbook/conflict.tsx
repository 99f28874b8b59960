import { useEffect, useRef } from 'preact/hooks'
import { edits, setEdits, textIn, withoutEdit } from '../../lib/edits.ts'
import { type Playbook, standingOf } from '../../lib/playbook.ts'
import { t } from '../../lib/texts.ts'
import { shadowOf, useCodeMirror } from '../../ui/code/code-editor.tsx'
import { Button, Loading } from '../../ui/controls.tsx'
import css from './playbook.module.css'

interface ConflictProps {
  readonly playbook: Playbook
  readonly path: string
}

/** Two have changed one file: what stands in the draft is on the left, what is typed here on the right, and both can be put together. */
export const Conflict = ({ playbook, path }: ConflictProps) => {
  const { program } = useCodeMirror()
  const host = useRef<HTMLDivElement>(null)
  const theirs = textIn(standingOf(playbook).files, path)
  const mine = useRef(edits.get()[path]?.text ?? '')
  useEffect(() => {
    if (!program || !host.current) return
    const merge = program.openMerge({
      ...{ root: shadowOf(host.current), path, text: mine.current, theirs: theirs ?? '' },
      ...{ label: t.playbook.mine, theirLabel: t.playbook.theirs, phrases: t.code.phrases },
      onChange: (typed) => {
        mine.current = typed
      },
    })
    return () => merge.close()
  }, [program, path, theirs])
  return (
    <div class={css.conflict}>
      <div role="alert">
        <strong>{t.playbook.conflict(playbook.draft?.by ?? playbook.by ?? t.playbook.somebody)}</strong>{' '}
        {t.playbook.conflictMore}
      </div>
      <div class={css.sides} aria-hidden="true">
        <span>{t.playbook.theirs}</span>
        <span>{t.playbook.mine}</span>
      </div>
      {!program && <Loading />}
      <div ref={host} class={css.merge} />
      <div class={css.actions}>
        <Button onClick={() => setEdits(withoutEdit(edits.get(), path))}>{t.playbook.takeTheirs}</Button>
        <Button
          kind="primary"
          onClick={() => {
            const text = mine.current
            const others = withoutEdit(edits.get(), path)
            setEdits(text === theirs ? others : { ...others, [path]: { original: theirs, text } })
          }}
        >
          {t.playbook.keepMine}
        </Button>
      </div>
    </div>
  )
}
