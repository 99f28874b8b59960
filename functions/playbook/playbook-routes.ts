import * as z from 'zod/mini'
import { draftRules, replayLead, summariseReplay } from '../../domain/backtest/backtest.ts'
import { emptySummary, figuresOf, mergeSummaries } from '../../domain/backtest/summary.ts'
import { type Fault, isError } from '../../domain/playbook/fault.ts'
import { jsonSchemas } from '../../domain/playbook/json-schemas.ts'
import { parsePlaybook } from '../../domain/playbook/parse-playbook.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import {
  type ApiRequest,
  type ApiResult,
  everyone,
  inputErrors,
  marketers,
  otherCursor,
  pageQuery,
  readListCursor,
  toListCursor,
} from '../api/api-request.ts'
import { get, post, put } from '../api/api-route.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { PlaybookStore, SourceFiles } from '../playbook-ports.ts'
import type { Clock, LeadList, Leads, Playbooks } from '../ports.ts'
import { faultErrors } from './check-draft.ts'
import { changesQuery, makeListVersions, makeShowChanges, makeShowVersion } from './compare-draft.ts'
import { makeFindFiles } from './draft-files.ts'
import {
  assetBody,
  makeCheckFiles,
  makePublishDraft,
  makeReadPlaybook,
  makeSaveDraft,
  makeStoreAsset,
  publishBody,
} from './publish-draft.ts'
import { makeRehearseDraft, rehearseBody } from './rehearse-draft.ts'

interface BacktestPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly list: Pick<LeadList, 'page'>
  /** Number of leads in the lists; eventually consistent. */
  readonly countLeads: () => Promise<number>
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly store: Pick<PlaybookStore, 'draft' | 'live'>
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
  readonly clock: Clock
}

const mostLeads = 1_000
const size = `must be a whole number from 1 to ${mostLeads}`

const pageOf = z.object({
  limit: z._default(z.number(size).check(z.int(size), z.minimum(1, size), z.maximum(mostLeads, size)), 250),
  cursor: pageQuery.shape.cursor,
})

/** After this time (ms) a request returns what it has: API Gateway's limit is half a minute. */
const budget = 5_000
/** Logs read in parallel. */
const atOnce = 25

type DraftRules = { readonly rules: Rules } | { readonly faults: readonly Fault[] }

const rulesOfFiles = (files: SourceFiles): DraftRules => {
  const { playbook, faults } = parsePlaybook(files)
  return playbook ? { rules: draftRules(playbook) } : { faults: faults.filter(isError) }
}

/** A backtest goes through all leads, whatever files it is sent. */
const backtestList = 'backtest'

/** Every page of a backtest sends the same files: they are parsed once. */
const rememberLast = (make: (files: SourceFiles) => DraftRules) => {
  let last: { readonly text: string; readonly made: DraftRules } | undefined
  return (files: SourceFiles): DraftRules => {
    const text = JSON.stringify([...files])
    if (last?.text !== text) last = { text, made: make(files) }
    return last.made
  }
}

/**
 * `POST /api/playbook/backtest`: replays one page of leads under the given files or the saved draft, beside the live rules.
 * Changes nothing. The client adds up the summaries (`mergeSummaries`) and continues with `next`.
 */
export const makeBacktest = (ports: BacktestPorts) => {
  const rulesFor = rememberLast(rulesOfFiles)
  const findFiles = makeFindFiles(ports)

  return async ({ body = {} }: ApiRequest): Promise<ApiResult> => {
    const asked = await findFiles(body)
    if (asked.type !== 'found') return asked
    const page = pageOf.safeParse(body)
    if (!page.success) return { type: 'bad-input', errors: inputErrors(page.error) }
    const draft = rulesFor(asked.files)
    if ('faults' in draft) return { type: 'bad-input', errors: faultErrors(draft.faults) }

    const { limit } = page.data
    const begin = readListCursor(backtestList, page.data.cursor)
    if (!begin) return otherCursor
    const cursor = begin.at
    const live = rulesOf(await ports.playbooks.current())
    const total = cursor === undefined ? await ports.countLeads() : undefined
    const { summary, next } = await replayPages(ports, { live, draft: draft.rules, limit, cursor })
    return {
      type: 'ok',
      body: {
        summary,
        figures: figuresOf(summary),
        ...(next !== undefined && { next: toListCursor(backtestList, next) }),
        ...(total !== undefined && { total }),
      },
    }
  }
}

const replayPages = async (
  { leads, list, clock }: BacktestPorts,
  asked: {
    readonly live: Rules
    readonly draft: Rules
    readonly limit: number
    readonly cursor?: string | undefined
  },
) => {
  const { live, draft, limit } = asked
  const now = clock()
  let summary = emptySummary
  let next = asked.cursor
  let left = limit
  do {
    const page = await list.page({
      who: 'all',
      limit: Math.min(atOnce, left),
      ...(next !== undefined && { cursor: next }),
    })
    const replays = await Promise.all(
      page.items.map(async ({ leadId, email }) =>
        replayLead(
          { leadId, ...(email !== undefined && { email }), facts: await leads.facts(leadId) },
          live,
          draft,
          now,
        ),
      ),
    )
    for (const replay of replays) if (replay) summary = mergeSummaries(summary, summariseReplay(replay))
    next = page.next
    left -= page.items.length
  } while (next !== undefined && left > 0 && Date.parse(clock()) - Date.parse(now) < budget)
  return { summary, next }
}

/** Half of Lambda's limit: files whose compressed size fits into an item are far smaller. */
export const maxBytes = 3 * 1024 * 1024

/** `GET /api/playbook/schemas`: the JSON Schema of each kind of file, for editors that complete and explain. */
const makeShowSchemas = () => {
  let made: ReturnType<typeof jsonSchemas> | undefined
  return async (): Promise<ApiResult> => {
    made ??= jsonSchemas()
    return { type: 'ok', body: made }
  }
}

/** The part of the console API that reads and writes the playbook. */
export const playbookRoutes = [
  get('/api/playbook', { roles: everyone }, makeReadPlaybook),
  get('/api/playbook/changes', { roles: marketers, query: changesQuery }, makeShowChanges),
  get('/api/playbook/versions', { roles: marketers, query: pageQuery }, makeListVersions),
  get('/api/playbook/versions/:version', { roles: marketers }, makeShowVersion),
  get('/api/playbook/schemas', { roles: marketers }, makeShowSchemas),
  put('/api/playbook', { roles: marketers, action: 'playbook.saved' }, makeSaveDraft),
  post('/api/playbook/assets', { roles: marketers, action: undefined, body: assetBody }, makeStoreAsset),
  post('/api/playbook/check', { roles: marketers, action: undefined }, makeCheckFiles),
  post(
    '/api/playbook/rehearse',
    { roles: marketers, body: rehearseBody, action: undefined },
    makeRehearseDraft,
  ),
  post('/api/playbook/backtest', { roles: marketers, action: undefined }, makeBacktest),
  post(
    '/api/playbook/publish',
    { roles: marketers, body: publishBody, action: 'playbook.published' },
    makePublishDraft,
  ),
]
