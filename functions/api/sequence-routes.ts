import * as z from 'zod/mini'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { SequenceTrigger } from '../../domain/model/sequence.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { contextForRun } from '../../domain/sequence/advance.ts'
import { type Migration, type Run, resumeModes, type SequenceState } from '../../domain/sequence/run.ts'
import { type SplitRun, splitResults, statedTest } from '../../domain/split/split-results.ts'
import { usesOf } from '../../domain/step/step-kinds.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Clock, Leads, Playbooks, RunList, SequenceStates } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { readRuns } from '../sequences/read-runs.ts'
import { makeShowFlow } from '../sequences/show-flow.ts'
import {
  knownSequence,
  type MigrateSequencePorts,
  makeMigrate,
  makePause,
  makePreviewMigration,
  makeResume,
  makeUndoMigration,
  noSequence,
  type PreviewMigrationPorts,
  type SteerSequencePorts,
} from '../sequences/steer-sequence.ts'
import {
  type ApiRequest,
  type ApiResult,
  everyone,
  marketers,
  otherCursor,
  pageQuery,
  type Texts,
  toCursor,
} from './api-request.ts'
import { get, post } from './api-route.ts'

interface ListSequencesPorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly sequences: Pick<SequenceStates, 'load'>
  readonly runList: Pick<RunList, 'counts'>
}

/** Only the latest migration can be undone. */
const viewMigration = (migration: Migration | undefined) =>
  migration
    ? {
        migration: migration.id,
        at: migration.at,
        version: migration.to,
        undoneAt: migration.undoneAt ?? null,
      }
    : null

/** A sequence as the API lists it. */
export interface SequenceRow {
  readonly sequence: string
  /** Of the playbook. */
  readonly version: string
  readonly sequenceVersion: string
  readonly enter: SequenceTrigger
  readonly goal: string | null
  /** Whether reaching the goal during a wait counts at once or when the wait ends. */
  readonly goalCounts: 'at-once' | 'after-wait' | null
  readonly emails: readonly string[]
  /** Since when, RFC 3339. */
  readonly paused: string | null
  readonly resumed: SequenceState['resumed'] | null
  readonly migration: ReturnType<typeof viewMigration>
  readonly runs: Readonly<Record<Run['status']['type'], number>>
}

/** The sequences of the live playbook, with the number of leads at each step. */
export const makeListSequences =
  ({ playbooks, sequences, runList }: ListSequencesPorts) =>
  async (): Promise<ApiResult> => {
    const playbook = await playbooks.current()
    const items = await Promise.all(
      Object.values(playbook.sequences).map(async ({ id, version, enter, goal, program }) => {
        const [{ paused, resumed, migrations }, counts] = await Promise.all([
          sequences.load(id),
          runList.counts(id),
        ])
        const emails = program.flatMap((step) => usesOf(step).emails ?? [])
        const row: SequenceRow = {
          sequence: id,
          version: playbook.version,
          sequenceVersion: version,
          enter,
          goal: goal ?? null,
          goalCounts:
            goal === undefined ? null : rulesOf(playbook).promptGoals.has(goal) ? 'at-once' : 'after-wait',
          emails,
          paused: paused?.since ?? null,
          resumed: resumed ?? null,
          migration: viewMigration(migrations?.at(-1)),
          runs: counts,
        }
        return row
      }),
    )
    return { type: 'ok', body: { items } }
  }

const resumption = z.object({
  due: z.enum(resumeModes, `must say what happens to what fell due: ${resumeModes.join(', ')}`),
})
const migration = z.object({ preview: z.optional(z.boolean('must be true or false')) })
const undoing = z.object({ migration: z.string('must be the id of a migration').check(z.minLength(1)) })

const makePauseRoute = (ports: SteerSequencePorts) => {
  const pause = makePause(ports)
  return ({ params }: ApiRequest): Promise<ApiResult> => pause(params.id ?? '')
}

const makeResumeRoute = (ports: SteerSequencePorts) => {
  const resume = makeResume(ports)
  return ({ params, body }: ApiRequest<Texts, z.infer<typeof resumption>>): Promise<ApiResult> =>
    resume(params.id ?? '', body.due)
}

/** Moves all runs to the live version; `preview` returns the consequences page by page. */
const makeMigrateRoute = (ports: MigrateSequencePorts & PreviewMigrationPorts) => {
  const migrate = makeMigrate(ports)
  const preview = makePreviewMigration(ports)
  return async ({
    params: { id = '' },
    query: { limit, cursor },
    body,
  }: ApiRequest<z.infer<typeof pageQuery>, z.infer<typeof migration>>): Promise<ApiResult> => {
    if (!body.preview) return migrate(id)
    const answer = await preview(id, { limit, ...(cursor !== undefined && { cursor }) })
    switch (answer.type) {
      case 'bad-cursor':
        return otherCursor
      case 'ok': {
        const { next } = answer
        return { type: 'ok', body: { ...answer.body, ...(next !== undefined && { next: toCursor(next) }) } }
      }
      default:
        return answer
    }
  }
}

const makeUndoRoute = (ports: MigrateSequencePorts) => {
  const undo = makeUndoMigration(ports)
  return ({ params, body }: ApiRequest<Texts, z.infer<typeof undoing>>): Promise<ApiResult> =>
    undo(params.id ?? '', body.migration)
}

interface ShowSplitsPorts {
  readonly runList: Pick<RunList, 'page'>
  readonly leads: Pick<Leads, 'load'>
  readonly rules: Rules
  readonly clock: Clock
}

const splitsOf = (playbook: Playbook, sequence: string) =>
  (playbook.sequences[sequence]?.program ?? []).flatMap((step) =>
    step.type === 'split' ? { name: step.name, ways: step.ways.map(({ id }) => id) } : [],
  )

/**
 * `GET /api/sequences/{id}/splits`: compares the variants of each split by the sequence's goal. The goal counts if the run
 * ended with it, or if it holds now, even after the run: the last email may be what worked.
 */
export const makeShowSplits =
  ({ runList, leads, rules, clock }: ShowSplitsPorts) =>
  async ({ params: { id = '' } }: ApiRequest): Promise<ApiResult> => {
    const sequence = knownSequence(rules.playbook, id)
    if (!sequence) return noSequence
    const now = clock()
    const { goal } = sequence
    const { runs, upTo } = await readRuns(runList, id)
    const hasReached = async (run: Run): Promise<boolean> => {
      if (run.status.type === 'goal') return true
      if (goal === undefined) return false
      const lead = await rootLead(leads, run.leadId)
      if (!lead?.state) return false
      const known = { ...lead, state: lead.state }
      return contextForRun(known, { live: rules }, run, { now }).holdsInCycle(goal)
    }
    const parted = runs.filter(({ ways }) => ways !== undefined)
    const judged = await Promise.all(parted.map(async (run) => ({ run, reached: await hasReached(run) })))
    const results = splitsOf(rules.playbook, id).map(({ name, ways }) => {
      const came = judged.flatMap(({ run, reached }): SplitRun[] => {
        const way = run.ways?.[name]
        return way === undefined ? [] : [{ way, enteredAt: run.enteredAt, reached }]
      })
      return splitResults(name, ways, came, now)
    })
    return {
      type: 'ok',
      body: {
        sequence: id,
        goal: goal ?? null,
        test: statedTest,
        // With more runs than one request reads, every run that entered up to this moment is counted.
        countedUpTo: upTo ?? null,
        splits: results,
      },
    }
  }

const sequence = '/api/sequences/:id'

export const sequenceRoutes = [
  get('/api/sequences', { roles: everyone }, makeListSequences),
  get(`${sequence}/flow`, { roles: everyone }, makeShowFlow),
  get(`${sequence}/splits`, { roles: marketers }, makeShowSplits),
  post(`${sequence}/pause`, { roles: marketers, action: 'sequence.paused' }, makePauseRoute),
  post(
    `${sequence}/resume`,
    { roles: marketers, body: resumption, action: 'sequence.resumed' },
    makeResumeRoute,
  ),
  post(
    `${sequence}/migrate`,
    { roles: marketers, query: pageQuery, body: migration, action: 'sequence.migrated' },
    makeMigrateRoute,
  ),
  post(
    `${sequence}/migrate/undo`,
    { roles: marketers, body: undoing, action: 'sequence.migration-undone' },
    makeUndoRoute,
  ),
]
