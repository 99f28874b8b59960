import { Problem } from '../../lib/api.ts'
import { changesOf, type Edits, editedFiles, type Files } from '../../lib/edits.ts'
import { type Playbook, standingOf, useChanges } from '../../lib/playbook.ts'
import { t } from '../../lib/texts.ts'
import { ChangesInWords, FileDiff } from '../../ui/changes.tsx'
import { Empty, Failure, Loading } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import css from './playbook.module.css'

interface ChangesViewProps {
  readonly playbook: Playbook
  readonly typed: Edits
}

/** The draft beside what is live: in words, and line by line. */
export const ChangesView = ({ playbook, typed }: ChangesViewProps) => {
  const standing = standingOf(playbook)
  const isTyped = Object.keys(changesOf(typed, standing.files)).length > 0
  return (
    <article class={`${reading.article} ${css.scroll}`}>
      {playbook.draft && (
        <section class={reading.section}>
          <h2>{t.changes.title}</h2>
          <InWords playbook={playbook} />
          {isTyped && <p class={css.soft}>{t.changes.unsavedToo}</p>}
        </section>
      )}
      {!playbook.draft && isTyped && <p class={css.soft}>{t.changes.unsavedOnly}</p>}
      <Lines before={playbook.files} after={editedFiles(typed, standing.files)} />
    </article>
  )
}

const InWords = ({ playbook }: { readonly playbook: Playbook }) => {
  const { data, error, refetch } = useChanges(`${playbook.edition} ${playbook.draft?.edition}`)
  if (error instanceof Problem && error.status === 422) return <p>{t.changes.faulty}</p>
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return data.changes.length === 0 ? <p>{t.changes.none}</p> : <ChangesInWords changes={data} />
}

interface LinesProps {
  readonly before: Files
  readonly after: Files
}

/** Each file that differs. */
export const Lines = ({ before, after }: LinesProps) => {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((path) => before[path] !== after[path])
    .toSorted()
  if (paths.length === 0)
    return (
      <Empty title={t.changes.none}>
        <p>{t.changes.noneMore}</p>
      </Empty>
    )
  return (
    <section class={reading.section}>
      <h2>{t.changes.lines}</h2>
      {paths.map((path) => (
        <FileDiff key={path} path={path} before={before[path] ?? ''} after={after[path] ?? ''} />
      ))}
    </section>
  )
}
