import { Link } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { edits, type Files } from '../../lib/edits.ts'
import type { Fault, Playbook } from '../../lib/playbook.ts'
import { useStore } from '../../lib/store.ts'
import { t } from '../../lib/texts.ts'
import { Hidden } from '../../ui/controls.tsx'
import css from './playbook.module.css'

interface Hit {
  readonly line: number
  readonly column: number
  readonly text: string
}

const mostHits = 3

/** Lines with a text in them, however it is written. */
const hitsIn = (text: string, sought: string): readonly Hit[] =>
  text.split('\n').flatMap((line, index) => {
    const at = line.toLowerCase().indexOf(sought)
    return at < 0 ? [] : [{ line: index + 1, column: at + 1, text: line.trim() }]
  })

interface Found {
  readonly path: string
  readonly hits: readonly Hit[]
}

const find = (files: Files, sought: string): readonly Found[] =>
  Object.entries(files)
    .map(([path, text]) => ({ path, hits: sought.length < 2 ? [] : hitsIn(text, sought) }))
    .filter(({ path, hits }) => hits.length > 0 || path.toLowerCase().includes(sought))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))

/** What is looked at most comes first. */
const order = ['', 'sequences/', 'forms/', 'segments/', 'hooks/']

const rankOf = (folder: string): number => {
  const rank = order.indexOf(folder)
  return rank < 0 ? order.length : rank
}

/** More than this are opened by whoever looks for one of them. */
const mostOpen = 20

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)

interface FileTreeProps {
  readonly playbook: Playbook
  readonly files: Files
  readonly faults: readonly Fault[]
  readonly open: string | undefined
  readonly onGo: (target: Pick<Fault, 'file' | 'line' | 'column'>) => void
}

/** Files by folder, searched by name and by text. */
export const FileTree = ({ playbook, files, faults, open, onGo }: FileTreeProps) => {
  const { query, path: here, filter } = useAddress()
  const typed = useStore(edits)
  const sought = (query.q ?? '').trim().toLowerCase()
  const found = find(files, sought)
  const folders = Map.groupBy(found, ({ path }) => folderOf(path))
  const mark = (path: string) => {
    const count = faults.filter(({ file, severity }) => file === path && severity === 'error').length
    if (count > 0)
      return (
        <em data-kind="fault">
          {count} <Hidden>{t.playbook.faults(count)}</Hidden>
        </em>
      )
    if (Object.hasOwn(typed, path)) return <em>{t.playbook.edited}</em>
    return files[path] === playbook.files[path] ? null : <em>{t.playbook.changed}</em>
  }
  const hrefOf = (path: string): string => {
    const search = new URLSearchParams({ file: path, ...(query.q !== undefined && { q: query.q }) })
    return `${here}?${search}`
  }
  return (
    <nav class={css.tree} aria-label={t.playbook.files}>
      <input
        type="search"
        value={query.q ?? ''}
        aria-label={t.playbook.search}
        placeholder={t.playbook.searchWhat}
        onInput={(event) => filter({ q: event.currentTarget.value })}
      />
      {found.length === 0 && <p>{t.playbook.noneSuch}</p>}
      {[...folders]
        .toSorted(([a], [b]) => rankOf(a) - rankOf(b))
        .map(([folder, inside]) => (
          <details
            key={`${folder} ${sought !== ''}`}
            open={
              sought !== '' || inside.length <= mostOpen || (open !== undefined && folderOf(open) === folder)
            }
          >
            <summary data-root={folder === '' || undefined}>{folder || 'playbook/'}</summary>
            <ul>
              {inside.map(({ path, hits }) => (
                <li key={path}>
                  <Link href={hrefOf(path)} aria-current={path === open ? 'page' : undefined}>
                    <span>{path.slice(folder.length)}</span> {mark(path)}
                  </Link>
                  {hits.slice(0, mostHits).map(({ line, column, text }) => (
                    <button
                      key={line}
                      type="button"
                      class={css.hit}
                      onClick={() => onGo({ file: path, line, column })}
                    >
                      {line}: {text}
                    </button>
                  ))}
                </li>
              ))}
            </ul>
          </details>
        ))}
    </nav>
  )
}
