import { Link } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { changesOf, conflictsOf, editedFiles, edits } from '../../lib/edits.ts'
import { type Checked, type Playbook, standingOf, useCheck, usePlaybook } from '../../lib/playbook.ts'
import { useStore } from '../../lib/store.ts'
import { t } from '../../lib/texts.ts'
import { Failure, Loading } from '../../ui/controls.tsx'
import { DraftActions, useSave } from '../../ui/draft-actions.tsx'
import { When } from '../../ui/time.tsx'
import { ChangesView } from './changes-view.tsx'
import { FilesView } from './files-view.tsx'
import { HistoryView } from './history-view.tsx'
import css from './playbook.module.css'

const views = ['files', 'changes', 'history'] as const
type View = (typeof views)[number]

/** The files of the playbook: written, checked, compared, published, and published again. */
export const PlaybookPage = () => {
  const { data, error, refetch } = usePlaybook()
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return <Editing playbook={data} />
}

const Editing = ({ playbook }: { readonly playbook: Playbook }) => {
  const { query, path } = useAddress()
  const typed = useStore(edits)
  const standing = standingOf(playbook)
  const changes = changesOf(typed, standing.files)
  const checked = useCheck(changes, standing.edition)
  const view = views.find((one) => one === query.view) ?? 'files'
  const unsaved = Object.keys(changes).length
  const saving = useSave(playbook)
  const href = (one: View): string => (one === 'files' ? path : `${path}?view=${one}`)
  return (
    <div class={css.page}>
      <header class={css.head}>
        <div class={css.title}>
          <h1>{t.pages.playbook}</h1>
          <Standing playbook={playbook} checked={checked} unsaved={unsaved} />
        </div>
        <div class={css.actions}>
          <DraftActions playbook={playbook} checked={checked} unsaved={unsaved} saving={saving} />
        </div>
        <nav class={css.views} aria-label={t.pages.playbook}>
          {views.map((one) => (
            <Link key={one} href={href(one)} aria-current={one === view ? 'page' : undefined}>
              {t.playbook.views[one]}
            </Link>
          ))}
        </nav>
      </header>
      {view === 'files' && (
        <FilesView
          playbook={playbook}
          files={editedFiles(typed, standing.files)}
          conflicts={conflictsOf(typed, standing.files)}
          checked={checked}
          onSave={saving.save}
        />
      )}
      {view === 'changes' && <ChangesView playbook={playbook} typed={typed} />}
      {view === 'history' && <HistoryView playbook={playbook} />}
    </div>
  )
}

interface StandingProps {
  readonly playbook: Playbook
  readonly checked: Checked | undefined
  readonly unsaved: number
}

/** What is live, what is drafted, what is typed, and whether there are faults. */
const Standing = ({ playbook: { publishedAt, by, draft }, checked, unsaved }: StandingProps) => {
  const faults = checked?.errors.filter(({ severity }) => severity === 'error').length
  return (
    <p class={css.standing}>
      {publishedAt === null ? (
        <span>{t.playbook.deployed}</span>
      ) : (
        <span>
          {t.playbook.live} <When at={publishedAt} /> {by !== null && t.playbook.by(by)}
        </span>
      )}
      {draft ? (
        <span>
          {t.playbook.draft} <When at={draft.savedAt} /> {t.playbook.by(draft.by)}
        </span>
      ) : (
        <span>{t.playbook.noDraft}</span>
      )}
      {unsaved > 0 && <strong>{t.playbook.unsaved(unsaved)}</strong>}
      <span role="status">
        {faults === undefined
          ? t.playbook.checking
          : faults === 0
            ? t.playbook.sound
            : t.playbook.faults(faults)}
      </span>
    </p>
  )
}
