import type { FieldError } from '../../domain/model/json.ts'
import type { ApiResult } from '../api/api-request.ts'
import type { Draft, LivePlaybook, PlaybookStore, SourceFiles } from '../playbook-ports.ts'

const maxFiles = 1_000
const maxPath = 200
/** An email of this size would be clipped several times over. */
const maxFileBytes = 128 * 1024

type ParsedFiles =
  | { readonly type: 'files'; readonly files: SourceFiles }
  /** Text by path; null: the file goes. */
  | { readonly type: 'changes'; readonly changes: ReadonlyMap<string, string | null> }
  | { readonly type: 'absent' }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const errorIn = (path: string, text: unknown): string | undefined => {
  if (path === '' || path.length > maxPath) return `the path must have 1 to ${maxPath} characters`
  if (typeof text !== 'string') return 'must be the text of the file'
  const bytes = new TextEncoder().encode(text).byteLength
  return bytes > maxFileBytes ? `must have at most ${maxFileBytes} bytes, not ${bytes}` : undefined
}

const faultsIn = (key: 'files' | 'changes', given: unknown, mayGo: boolean): readonly FieldError[] => {
  if (!isObject(given)) return [{ path: key, message: 'must be an object: text by path' }]
  const entries = Object.entries(given)
  if (entries.length > maxFiles)
    return [{ path: key, message: `must hold at most ${maxFiles} files, not ${entries.length}` }]
  return entries.flatMap(([path, text]) => {
    const message = errorIn(path, mayGo && text === null ? '' : text)
    return message === undefined ? [] : [{ path: `${key}.${path.slice(0, maxPath)}`, message }]
  })
}

const entriesOf = (given: unknown): readonly (readonly [string, unknown])[] =>
  isObject(given) ? Object.entries(given) : []

/**
 * Reads `{ "files": { "<path>": "<text>" } }`, or `{ "changes": … }` where null takes a file away, without validating the
 * playbook.
 */
export const parseFiles = (body: unknown): ParsedFiles => {
  if (body === undefined) return { type: 'absent' }
  if (!isObject(body)) return { type: 'refused', errors: [{ path: '', message: 'must be a JSON object' }] }
  const { files, changes } = body
  if (files === undefined && changes === undefined) return { type: 'absent' }
  const errors = [
    ...(files === undefined ? [] : faultsIn('files', files, false)),
    ...(changes === undefined ? [] : faultsIn('changes', changes, true)),
    ...(files !== undefined && changes !== undefined
      ? [{ path: 'changes', message: 'must be left out where files are given' }]
      : []),
  ]
  if (errors.length > 0) return { type: 'refused', errors }
  return files === undefined
    ? {
        type: 'changes',
        changes: new Map(
          entriesOf(changes).map(([path, text]) => [path, text === null ? null : String(text)]),
        ),
      }
    : { type: 'files', files: new Map(entriesOf(files).map(([path, text]) => [path, String(text)])) }
}

/** Names files by their content: equal files have equal editions. @param digest SHA-256 in hex. */
export const editionOf = (files: SourceFiles, digest: (text: string) => string): string =>
  digest(JSON.stringify([...files].toSorted(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 24)

export const withChanges = (files: SourceFiles, changes: ReadonlyMap<string, string | null>): SourceFiles => {
  const kept = [...files].filter(([path]) => !changes.has(path))
  const given = [...changes].flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]))
  return new Map([...kept, ...given])
}

/** What is edited now: the draft, or what is live where there is none. */
export interface Standing {
  readonly files: SourceFiles
  readonly edition: string
  readonly draft?: Draft
  readonly live: LivePlaybook
}

interface StandingPorts {
  readonly store: Pick<PlaybookStore, 'live' | 'draft'>
  readonly digest: (text: string) => string
}

export const readStanding = async ({ store, digest }: StandingPorts): Promise<Standing> => {
  const [draft, live] = await Promise.all([store.draft(), store.live()])
  const { files } = draft ?? live
  return { files, edition: editionOf(files, digest), live, ...(draft && { draft }) }
}

export const noDraft: ApiResult = {
  type: 'conflict',
  detail: 'There is no draft. PUT /api/playbook saves one.',
}

export const notKept = 'No files are kept of such a version.'

type FoundFiles =
  | { readonly type: 'found'; readonly files: SourceFiles; readonly standing: Standing }
  | ApiResult

/** The files that a body names: its own, its changes of what is edited now, or the draft. */
export const makeFindFiles =
  (ports: StandingPorts) =>
  async (body: unknown): Promise<FoundFiles> => {
    const asked = parseFiles(body)
    if (asked.type === 'refused') return { type: 'bad-input', errors: asked.errors }
    const standing = await readStanding(ports)
    switch (asked.type) {
      case 'files':
        return { type: 'found', files: asked.files, standing }
      case 'changes':
        return { type: 'found', files: withChanges(standing.files, asked.changes), standing }
      case 'absent':
        return standing.draft ? { type: 'found', files: standing.draft.files, standing } : noDraft
      default:
        return asked satisfies never
    }
  }
