import { createHash } from 'node:crypto'
import type { Announcement } from '../../../domain/model/decision.ts'
import { compileMjml } from '../../../functions/adapters/mjml/compile-mjml.ts'
import { packedBytes } from '../../../functions/adapters/pack.ts'
import { readPicture } from '../../../functions/adapters/read-picture.ts'
import { apiApp, get, put } from '../../../functions/api/api-route.ts'
import { buildPlaybook } from '../../../functions/playbook/check-draft.ts'
import { maxBytes } from '../../../functions/playbook/playbook-routes.ts'
import {
  makeCheckFiles,
  makePublishDraft,
  makeReadPlaybook,
  makeSaveDraft,
  makeStoreAsset,
} from '../../../functions/playbook/publish-draft.ts'
import type { CompileEmail, SourceFiles } from '../../../functions/playbook-ports.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { memoryAssets } from '../fakes/memory-assets.ts'
import { memoryPlaybookStore } from '../fakes/memory-playbook-store.ts'
import { resultOf, send } from '../http/call-app.ts'

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

interface Call {
  readonly method?: string
  readonly groups?: string
  readonly body?: string
}

const compiled = new Map<string, ReturnType<CompileEmail>>()

/** As it goes live, and each email once: most are the same from one playbook to the next. */
export const compileOnce: CompileEmail = (source) => {
  const key = JSON.stringify(source)
  const known = compiled.get(key) ?? compileMjml(source)
  compiled.set(key, known)
  return known
}

/** "Compiling" an email only wraps it. */
const wrapped: CompileEmail = async ({ mjml }) => ({ html: `<html>${mjml}</html>`, faults: [] })
const files: SourceFiles = smallPlaybook()
const built = buildPlaybook(files, { compile: wrapped, digest, packedBytes })

/** The playbook's part of the console API over a store in memory. */
export const playbookWorld = async () => {
  const compiled: string[] = []
  const compile: CompileEmail = (source) => {
    compiled.push(source.file)
    return wrapped(source)
  }
  const { playbook } = await built
  if (!playbook) throw new Error('the small playbook has faults')
  const store = memoryPlaybookStore(playbook, files)
  const announced: Announcement[] = []
  let seconds = 0
  const assets = memoryAssets()
  const ports = {
    store,
    assets,
    compile,
    digest,
    packedBytes,
    clock: () => new Date(Date.parse('2026-03-02T09:00:00.000Z') + 1000 * seconds++).toISOString(),
    announce: async (published: Announcement) => {
      announced.push(published)
    },
    describeRescoring: async () => ({ rules: 'r', done: 3 }),
  }
  const caller = { name: 'Mara', email: 'mara@x.example', roles: ['marketing'] } as const
  const given = <Body>(body: Body) => ({ caller, params: {}, query: {}, body })
  const saveDraft = makeSaveDraft(ports)
  const checkFiles = makeCheckFiles(ports)
  const readPlaybook = makeReadPlaybook(ports)
  const app = apiApp(
    [
      get('/api/playbook', { roles: ['sales'] }, () => readPlaybook),
      put('/api/playbook', { roles: ['admin'], action: undefined }, () => saveDraft),
    ],
    {},
    { maxBytes },
  )
  return {
    ...ports,
    files,
    playbook,
    compiled,
    announced,
    save: (draft: SourceFiles) => saveDraft(given({ files: Object.fromEntries(draft) })),
    saveBody: (body: unknown, changes: Partial<typeof ports> = {}) =>
      makeSaveDraft({ ...ports, ...changes })(given(body)),
    checkBody: (body: unknown) => checkFiles(given(body)),
    check: (draft?: SourceFiles) => checkFiles(given(draft && { files: Object.fromEntries(draft) })),
    read: () => readPlaybook(),
    sendPicture: (picture: string) => makeStoreAsset({ assets, readPicture })(given({ picture })),
    publish: (changes: Partial<typeof ports> = {}, body: { version?: string; edition?: string } = {}) =>
      makePublishDraft({ ...ports, ...changes })(given(body)),
    /** Through the routes, as API Gateway calls. */
    call: (path: string, { method = 'GET', groups = '[admin]', body = '' }: Call = {}) =>
      send(app, path, {
        method,
        headers: { 'content-type': 'application/json' },
        body,
        claims: { name: 'Sam', 'cognito:groups': groups },
      }).then(resultOf),
  }
}
