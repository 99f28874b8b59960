import { useState } from 'preact/hooks'
import { useAddress } from '../../lib/address.ts'
import { edits, type Files, setEdits, withEdit } from '../../lib/edits.ts'
import { type Playbook, standingOf, useVersion, useVersions, type VersionRow } from '../../lib/playbook.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, Tag } from '../../ui/controls.tsx'
import { PublishDialog } from '../../ui/publish-dialog.tsx'
import reading from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import { Lines } from './changes-view.tsx'
import css from './playbook.module.css'

/** What has been live, when and by whom; each can be looked at, edited again, and made live again. */
export const HistoryView = ({ playbook }: { readonly playbook: Playbook }) => {
  const { data, error, refetch } = useVersions()
  const { query, filter } = useAddress()
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return (
    <article class={`${reading.article} ${css.scroll}`}>
      <section class={reading.section}>
        <h2>{t.history.title}</h2>
        <ol class={css.versions}>
          {data.items.map((row, index) => {
            const isOpen = query.version === row.version
            return (
              <li key={`${row.version} ${row.publishedAt}`} data-live={index === 0 || undefined}>
                <Version row={row} isLive={index === 0} />
                {index > 0 && row.version !== playbook.version && (
                  <Button
                    aria-expanded={isOpen}
                    onClick={() => filter({ version: isOpen ? undefined : row.version })}
                  >
                    {t.history.compare}
                  </Button>
                )}
                {index > 0 && isOpen && <Compared playbook={playbook} version={row.version} />}
              </li>
            )
          })}
        </ol>
      </section>
    </article>
  )
}

const Version = ({ row: { version, publishedAt, by }, isLive }: { row: VersionRow; isLive: boolean }) => (
  <p>
    {publishedAt === null ? <span>{t.history.deployed}</span> : <When at={publishedAt} />}{' '}
    {by !== null && <span>{t.playbook.by(by)}</span>} {isLive && <Tag>{t.history.live}</Tag>}{' '}
    <code title={version}>{version.slice(0, 8)}</code>
  </p>
)

/** An earlier version as it would change what is live. */
const Compared = ({ playbook, version }: { readonly playbook: Playbook; readonly version: string }) => {
  const { data, error, refetch } = useVersion(version)
  const [isAsking, setAsking] = useState(false)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return (
    <div class={css.compared}>
      <div class={css.actions}>
        <Button onClick={() => edit(playbook, data.files)}>{t.history.edit}</Button>
        <Button kind="primary" onClick={() => setAsking(true)}>
          {t.history.restore}
        </Button>
      </div>
      <Lines before={playbook.files} after={data.files} />
      {isAsking && <PublishDialog wanted={{ version }} onClose={() => setAsking(false)} />}
    </div>
  )
}

/** Its files come into the editor, beside what is typed there: nothing is saved. */
const edit = (playbook: Playbook, files: Files): void => {
  const before = edits.get()
  const standing = standingOf(playbook).files
  const paths = [...new Set([...Object.keys(standing), ...Object.keys(files)])]
  setEdits(paths.reduce((all, path) => withEdit(all, standing, path, files[path] ?? null), before))
  toast(t.history.edited, { undo: () => setEdits(before) })
}
