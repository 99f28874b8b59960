import * as z from 'zod/mini'
import { identityRules } from '../../domain/activity/subject.ts'
import {
  type ImportRow,
  type ImportSettings,
  modes,
  readRow,
  rowFaults,
  specialTargets,
} from '../../domain/import/plan-row.ts'
import { newsImportId } from '../../domain/model/activity.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import {
  type ApiRequest,
  type ApiResult,
  marketers,
  moment,
  otherCursor,
  pageQuery,
  type Texts,
  toCursor,
} from '../api/api-request.ts'
import { get, post } from '../api/api-route.ts'
import {
  type EnqueueImport,
  type Import,
  type ImportLane,
  type Imports,
  importLanes,
  type WaitingRow,
} from '../import-ports.ts'
import type { Clock } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { addCounts, laneMessage, newLane, noCounts } from './take-rows.ts'
import { makeAddFresh } from './wait-rows.ts'

export interface ImportRoutePorts {
  readonly imports: Imports
  readonly enqueueImport: EnqueueImport
  readonly rules: Rules
  readonly clock: Clock
  readonly newId: () => string
}

const wrong = (path: string, message: string): FieldError => ({ path, message })
const noSuchImport: ApiResult = { type: 'not-found', detail: 'There is no import with this id.' }

const importBody = z.object({
  name: z
    .string('must be a text')
    .check(z.minLength(1, 'must not be empty'), z.maxLength(200, 'must have at most 200 characters')),
  mapping: z.record(z.string(), z.nullable(z.string()), 'must say what each column is'),
  mode: z._default(z.record(z.string(), z.enum(modes, `must be one of: ${modes.join(', ')}`)), {}),
  consent: z._default(
    z.nullable(
      z.object({
        purpose: z
          .string('must be a purpose')
          .check(z.minLength(1, 'must be a purpose'), z.maxLength(128, 'must have at most 128 characters')),
        evidence: z
          .string('must say how and where they agreed')
          .check(
            z.regex(/\S.{8,}/s, 'must say how and where they agreed'),
            z.maxLength(2_000, 'must have at most 2000 characters'),
          ),
        at: moment,
      }),
    ),
    null,
  ),
  occurredAt: z.optional(moment),
  enter: z._default(z.boolean('must be true or false'), false),
})

type ImportBody = z.infer<typeof importBody>

const attributeName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/
const tenYears = 10 * 366 * 86_400_000

const mappingFaults = ({ mapping, mode }: ImportBody): readonly FieldError[] => {
  const targets = Object.values(mapping).filter((target) => target !== null)
  const isTarget = (target: string): boolean =>
    specialTargets.some((one) => one === target) || attributeName.test(target)
  return [
    ...(targets.includes('email')
      ? []
      : [wrong('mapping', 'no column is the email address: { "<column>": "email" }')]),
    ...Object.entries(mapping).flatMap(([column, target]) =>
      target === null || isTarget(target)
        ? []
        : [wrong(`mapping.${column}`, `must be an attribute, ${specialTargets.join(', ')} or null`)],
    ),
    ...[...new Set(targets.filter((target, index) => targets.indexOf(target) !== index))].map((target) =>
      wrong('mapping', `several columns are "${target}"`),
    ),
    ...Object.keys(mode)
      .filter((name) => !targets.includes(name))
      .map((name) => wrong(`mode.${name}`, 'no column is this attribute')),
  ]
}

const timeFaults = ({ consent, occurredAt, mapping }: ImportBody, now: string): readonly FieldError[] => {
  const isOff = (at: string): boolean =>
    at > addMilliseconds(now, 300_000) || at < addMilliseconds(now, -tenYears)
  const message = 'must lie in the last ten years'
  const dated = Object.values(mapping).includes('$consentAt')
  return [
    ...(occurredAt !== undefined && isOff(occurredAt) ? [wrong('occurredAt', message)] : []),
    ...(consent && isOff(consent.at) ? [wrong('consent.at', message)] : []),
    ...(dated && !consent
      ? [wrong('consent', 'a column says when they agreed: say to what, with the evidence')]
      : []),
  ]
}

const purposeFaults = ({ consent }: ImportBody, { playbook }: Rules): readonly FieldError[] => {
  const known = Object.keys(playbook.settings.purposes ?? {})
  return !consent || known.length === 0 || known.includes(consent.purpose)
    ? []
    : [wrong('consent.purpose', `must be one of: ${known.join(', ')}`)]
}

const lanesOf = ({ imports }: Pick<ImportRoutePorts, 'imports'>, importId: string) =>
  Promise.all(Array.from({ length: importLanes }, (_, lane) => imports.lane(importId, lane)))

const stateOf = (one: Import, lanes: readonly (ImportLane | undefined)[]): string => {
  if (one.undoneAt !== undefined) return lanes.every((lane) => lane?.undone?.isDone) ? 'undone' : 'undoing'
  return lanes.some((lane) => lane?.isIdle === false) ? 'importing' : one.isComplete ? 'done' : 'waiting'
}

const viewImport = (one: Import, lanes: readonly (ImportLane | undefined)[]) => {
  const { version: _, ...shown } = one
  const { rejected, ...counts } = lanes.reduce(
    (sum, lane) => addCounts(sum, lane?.counts ?? noCounts),
    noCounts,
  )
  const rows = counts.created + counts.updated + counts.unchanged + rejected
  return { ...shown, state: stateOf(one, lanes), rows, ...counts, rejectedRows: rejected }
}

const makeBegin =
  ({ imports, rules, clock, newId }: ImportRoutePorts) =>
  async ({ body, caller }: ApiRequest<Texts, ImportBody>): Promise<ApiResult> => {
    const now = clock()
    const errors = [...mappingFaults(body), ...timeFaults(body, now), ...purposeFaults(body, rules)]
    if (errors.length > 0) return { type: 'bad-input', errors }
    const { name, mapping, mode, consent, enter, occurredAt = now } = body
    const one = await imports.commit({
      ...{
        importId: enter ? newsImportId(newId()) : newId(),
        name,
        mapping,
        mode,
        consent,
        enter,
        occurredAt,
      },
      ...{ createdAt: now, by: caller.email ?? caller.name, isComplete: false, version: 0 },
    })
    const change = { target: `imports/${one.importId}`, after: { consent: consent?.purpose ?? null, enter } }
    return { type: 'ok', body: viewImport(one, []), change }
  }

const largestChunk = 500
/** JSON of one row as it waits for the worker. */
const largestRow = 6_000
const scalar = z.union(
  [z.string(), z.number(), z.boolean(), z.null()],
  'must be a text, a number, true, false or null',
)

const rowsBody = z.object({
  rows: z
    .array(
      z.object({
        line: z.int('must be the number of its line').check(z.minimum(1, 'must be the number of its line')),
        values: z.record(z.string(), scalar, 'must hold values by column'),
        fault: z.exactOptional(z.enum(rowFaults)),
      }),
      'must be a list of rows',
    )
    .check(z.maxLength(largestChunk, `must hold at most ${largestChunk} rows`)),
  last: z.optional(z.boolean('must be true or false')),
})

const columnFaults = (rows: readonly ImportRow[], { mapping }: ImportSettings): readonly FieldError[] => {
  const unknown = new Map<string, number>()
  for (const { line, values } of rows)
    for (const column of Object.keys(values))
      if (!Object.hasOwn(mapping, column) && !unknown.has(column)) unknown.set(column, line)
  const lines = rows.map(({ line }) => line)
  const repeated = lines.filter((line, index) => lines.indexOf(line) !== index)
  return [
    ...[...unknown].map(([column, line]) =>
      wrong('rows', `line ${line}: the mapping does not say what the column "${column}" is`),
    ),
    ...[...new Set(repeated)].map((line) => wrong('rows', `line ${line} is there more than once`)),
  ]
}

const waitingRow = (row: ImportRow, one: Import, rules: Rules, now: string): WaitingRow => {
  const read = readRow(row, one, identityRules(rules.playbook.settings.identity), now)
  return JSON.stringify(read).length > largestRow
    ? { line: row.line, reason: 'the row has more than 6000 characters' }
    : read
}

/** Wakes the worker of a lane, or has it look again before it goes to sleep. */
const wakeLane = (
  { imports, enqueueImport }: ImportRoutePorts,
  importId: string,
  number: number,
): Promise<void> =>
  retryConflicts(
    async () => {
      const lane = (await imports.lane(importId, number)) ?? newLane(importId, number)
      // First the message: a crash in between leaves one that finds nothing to do.
      if (lane.isIdle) await enqueueImport(laneMessage(importId, number, lane.seq))
      await imports.commitLane({ ...lane, isIdle: false })
    },
    { tries: 20 },
  )

const makeAddRows = (ports: ImportRoutePorts) => {
  const { imports, rules, clock } = ports
  const addFresh = makeAddFresh(ports)

  const complete = (importId: string): Promise<void> =>
    retryConflicts(async () => {
      const one = await imports.load(importId)
      if (one && !one.isComplete) await imports.commit({ ...one, isComplete: true })
    })

  return async ({
    params: { id = '' },
    body,
  }: ApiRequest<Texts, z.infer<typeof rowsBody>>): Promise<ApiResult> => {
    const one = await imports.load(id)
    if (!one) return noSuchImport
    if (one.undoneAt !== undefined) return { type: 'conflict', detail: 'This import was taken back.' }
    const errors = columnFaults(body.rows, one)
    if (errors.length > 0) return { type: 'bad-input', errors }
    const now = clock()
    const rows = body.rows.map((row) => waitingRow(row, one, rules, now))
    // Rows that were sent before are known by their lines, and are not looked at again.
    const lanes = await retryConflicts(() => addFresh(id, rows))
    if (body.last) await complete(id)
    await Promise.all(
      [...new Set([...lanes, ...(body.last ? [0] : [])])].map((lane) => wakeLane(ports, id, lane)),
    )
    return { type: 'accepted', body: { importId: id, accepted: rows.length } }
  }
}

/** Rejected rows of one answer. */
const mostRejected = 10_000

const makeShow =
  (ports: ImportRoutePorts) =>
  async ({
    params: { id = '' },
    query: { after },
  }: ApiRequest<z.infer<typeof showQuery>>): Promise<ApiResult> => {
    const [one, lanes, rejected] = await Promise.all([
      ports.imports.load(id),
      lanesOf(ports, id),
      ports.imports.rejected(id, mostRejected, after),
    ])
    return one ? { type: 'ok', body: { ...viewImport(one, lanes), rejected } } : noSuchImport
  }

const showQuery = z.object({
  /** Rejected rows behind this line. */
  after: z.optional(
    z.coerce.number('must be a line').check(z.int('must be a line'), z.minimum(0, 'must be a line')),
  ),
})

const makeList =
  (ports: ImportRoutePorts) =>
  async ({ query: { limit, cursor } }: ApiRequest<z.infer<typeof pageQuery>>): Promise<ApiResult> => {
    if (cursor !== undefined && !/^\d{4}-.+#./.test(cursor)) return otherCursor
    const { items, next } = await ports.imports.page({ limit, ...(cursor !== undefined && { cursor }) })
    const shown = await Promise.all(
      items.map(async (one) => viewImport(one, await lanesOf(ports, one.importId))),
    )
    return { type: 'ok', body: { items: shown, ...(next !== undefined && { next: toCursor(next) }) } }
  }

/** Takes an import back, piece by piece. Asking again carries on what a crash left. */
const makeUndo =
  ({ imports, enqueueImport, clock }: ImportRoutePorts) =>
  async ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> => {
    const one = await imports.load(id)
    if (!one) return noSuchImport
    const lanes = await lanesOf({ imports }, id)
    if (one.undoneAt === undefined && lanes.some((lane) => lane?.isIdle === false))
      return { type: 'conflict', detail: 'Rows are still being taken: take the import back once they are.' }
    const undone = one.undoneAt === undefined ? await imports.commit({ ...one, undoneAt: clock() }) : one
    await Promise.all(lanes.map((lane, number) => enqueueImport(laneMessage(id, number, lane?.seq ?? 0))))
    return { type: 'accepted', body: viewImport(undone, lanes) }
  }

/** What rows would become, as far as they alone tell: nothing is written. */
const makePreview =
  ({ rules, clock }: ImportRoutePorts) =>
  async ({ body: { rows, ...body } }: ApiRequest<Texts, z.infer<typeof previewBody>>): Promise<ApiResult> => {
    const now = clock()
    const errors = [...mappingFaults(body), ...timeFaults(body, now), ...purposeFaults(body, rules)]
    if (errors.length > 0) return { type: 'bad-input', errors }
    const identity = identityRules(rules.playbook.settings.identity)
    return { type: 'ok', body: { rows: rows.map((row) => readRow(row, body, identity, now)) } }
  }

const previewBody = z.extend(importBody, { rows: rowsBody.shape.rows })

export const importRoutes = [
  get('/api/imports', { roles: marketers, query: pageQuery }, makeList),
  post('/api/imports', { roles: marketers, body: importBody, action: 'import.begun' }, makeBegin),
  post('/api/imports/preview', { roles: marketers, body: previewBody, action: undefined }, makePreview),
  get('/api/imports/:id', { roles: marketers, query: showQuery }, makeShow),
  post('/api/imports/:id/rows', { roles: marketers, body: rowsBody, action: undefined }, makeAddRows),
  post('/api/imports/:id/undo', { roles: marketers, action: 'import.undone' }, makeUndo),
]
