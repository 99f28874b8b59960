import { chooseLanguage } from '../../domain/email/email-variables.ts'
import { nameOf } from '../../domain/lead/lead-summary.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Sequence } from '../../domain/model/sequence.ts'
import {
  planMove,
  type Move as RunMove,
  withMigration,
  withoutMigration,
} from '../../domain/sequence/migrate-run.ts'
import { comingNext, wordPlace } from '../../domain/sequence/place.ts'
import type { ResumeMode, Run } from '../../domain/sequence/run.ts'
import type { Refusal } from '../http/problem.ts'
import type {
  Announce,
  Clock,
  EnqueueNurture,
  Lead,
  Leads,
  Playbooks,
  RunList,
  SequenceStates,
} from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'

/** @returns undefined for an id that the playbook has no sequence of, whatever it is called. */
export const knownSequence = ({ sequences }: Playbook, id: string): Sequence | undefined =>
  Object.hasOwn(sequences, id) ? sequences[id] : undefined

export const noSequence = { type: 'not-found', detail: 'The live playbook has no such sequence.' } as const

export interface SteerSequencePorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly sequences: SequenceStates
  readonly enqueueNurture: EnqueueNurture
  readonly announce: Announce
  readonly clock: Clock
}

type Answer = Promise<{ readonly type: 'ok' | 'accepted'; readonly body: unknown } | Refusal>

/** Holds every run of a sequence at its next step. Pausing again changes nothing. */
export const makePause =
  ({ playbooks, sequences, clock }: SteerSequencePorts) =>
  async (sequence: string): Answer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    return retryConflicts(async () => {
      const state = await sequences.load(sequence)
      const paused = state.paused ?? { since: clock() }
      if (!state.paused) await sequences.commit(sequence, { ...state, paused })
      return { type: 'ok', body: { sequence, paused: paused.since } }
    })
  }

/**
 * Lets a sequence go on; runs and emails that fell due meanwhile are released in the background, as `due` says. Lists lag behind, so
 * they are gone through twice.
 */
export const makeResume =
  ({ playbooks, sequences, enqueueNurture, announce, clock }: SteerSequencePorts) =>
  async (sequence: string, due: ResumeMode): Answer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    return retryConflicts(async () => {
      const { paused, isUntold, ...rest } = await sequences.load(sequence)
      // Whoever resumed it may have died before saying so.
      const resumed = paused ? { at: clock(), pausedAt: paused.since, due } : isUntold && rest.resumed
      if (!resumed) return { type: 'conflict', detail: 'This sequence is not paused.' }
      const state = paused
        ? await sequences.commit(sequence, { ...rest, resumed, isUntold: true })
        : { ...rest, resumed }
      const id = `${sequence}:${resumed.at}`
      await enqueueNurture({ type: 'sweep', id, sequence, status: 'held', work: { type: 'release' } })
      await announce({ type: 'SequenceResumed', id, occurredAt: resumed.at, sequence, due: resumed.due })
      const { isUntold: _, ...told } = state
      await sequences.commit(sequence, told)
      return { type: 'accepted', body: { sequence, ...resumed } }
    })
  }

/** Of runs that have not ended, in the order in which they are gone through. */
const openStatuses = ['waiting', 'held'] as const
type OpenStatus = (typeof openStatuses)[number]

/** Where the next page begins. */
interface Place {
  readonly status: OpenStatus
  readonly after?: string
}

/** DynamoDB takes keys of at most a kilobyte. */
const longestCursor = 500

/** A status alone is its beginning; cursors of runs begin with theirs. @returns undefined for what is no place of this list. */
const placeOf = (cursor: string | undefined): Place | undefined => {
  if (cursor === undefined) return { status: openStatuses[0] }
  const status = openStatuses.find((one) => cursor === one || cursor.startsWith(`${one}#`))
  if (!status || cursor.length > longestCursor) return undefined
  return cursor === status ? { status } : { status, after: cursor }
}

/**
 * One page of the runs of a sequence that have not ended: those that wait, then those that are held. A page may hold fewer
 * than `limit`, or none, and yet not be the last.
 * @returns undefined where `cursor` is not one of this list.
 */
const openRuns = async (
  { page }: Pick<RunList, 'page'>,
  sequence: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<{ readonly items: readonly Run[]; readonly next?: string } | undefined> => {
  const place = placeOf(cursor)
  if (!place) return undefined
  const { status, after } = place
  const { items, next } = await page({
    sequence,
    status,
    limit,
    ...(after !== undefined && { cursor: after }),
  })
  const following = next ?? openStatuses[openStatuses.indexOf(status) + 1]
  return following === undefined ? { items } : { items, next: following }
}

export interface CountMovesPorts {
  readonly playbooks: Pick<Playbooks, 'version'>
  readonly runList: Pick<RunList, 'page'>
}

/** What moving the open runs of a sequence comes to. */
export interface MoveCounts {
  /** Runs looked at: the sum of the next two. */
  readonly looked: number
  readonly moves: number
  readonly stays: number
  /** Whether these are all that are open. */
  readonly exact: boolean
}

/** Each run stands somewhere else, so each is looked at: as many as an answer has the time for. */
const mostLooked = 1000
const pageSize = 100

/** @param begun the playbook under which the run began. @param to absent: the sequence is gone. */
const moveOf = (run: Run, begun: Playbook, to: Sequence | undefined): RunMove => {
  const from = Object.hasOwn(begun.sequences, run.sequence) ? begun.sequences[run.sequence] : undefined
  return from && to ? planMove(run, from, to) : { type: 'stays', because: 'no-place' }
}

/** Counts who would move to `target`, the sequence in another version. */
export const countMoves = async (
  { playbooks, runList }: CountMovesPorts,
  { id, target }: { readonly id: string; readonly target: Sequence | undefined },
): Promise<MoveCounts> => {
  let looked = 0
  let moves = 0
  let cursor: string | undefined
  do {
    const page = await openRuns(runList, id, { limit: pageSize, ...(cursor !== undefined && { cursor }) })
    const runs = page?.items ?? []
    const planned = await Promise.all(
      runs.map(async (run) => moveOf(run, await playbooks.version(run.playbookVersion), target)),
    )
    looked += runs.length
    moves += planned.filter(({ type }) => type === 'moves').length
    cursor = page?.next
  } while (cursor !== undefined && looked < mostLooked)
  return { looked, moves, stays: looked - moves, exact: cursor === undefined }
}

export interface MigrateSequencePorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'keep' | 'version'>
  readonly runList: CountMovesPorts['runList']
  readonly sequences: SequenceStates
  readonly enqueueNurture: EnqueueNurture
  readonly clock: Clock
  /** A fresh id. */
  readonly newId: () => string
}

type MigrationAnswer = Promise<{ readonly type: 'accepted'; readonly body: unknown } | Refusal>

const noMigration = {
  type: 'not-found',
  detail: 'This sequence has no such migration, or it was too many migrations ago.',
} as const

/** Moves the open runs of a sequence to the live version, in the background: the answer says how many will move. */
export const makeMigrate =
  ({ playbooks, runList, sequences, enqueueNurture, clock, newId }: MigrateSequencePorts) =>
  async (sequence: string): MigrationAnswer => {
    const playbook = await playbooks.current()
    const target = knownSequence(playbook, sequence)
    if (!target) return noSequence
    await playbooks.keep(playbook)
    // Before the first of them moves.
    const inAll = await countMoves({ playbooks, runList }, { id: sequence, target })
    const migration = { id: newId(), at: clock(), to: playbook.version }
    await retryConflicts(async () =>
      sequences.commit(sequence, withMigration(await sequences.load(sequence), migration)),
    )
    const work = { type: 'migrate', migration: migration.id }
    for (const status of openStatuses)
      await enqueueNurture({ type: 'sweep', id: migration.id, sequence, status, work })
    return { type: 'accepted', body: { sequence, version: playbook.version, migration: migration.id, inAll } }
  }

/** Moves back, in the background, whoever has taken no step since. Safe to repeat. */
export const makeUndoMigration =
  ({ playbooks, sequences, enqueueNurture, clock }: MigrateSequencePorts) =>
  async (sequence: string, migration: string): MigrationAnswer => {
    if (!knownSequence(await playbooks.current(), sequence)) return noSequence
    const isKnown = await retryConflicts(async () => {
      const state = await sequences.load(sequence)
      const undone = withoutMigration(state, migration, clock())
      if (undone && undone !== state) await sequences.commit(sequence, undone)
      return undone !== undefined
    })
    if (!isKnown) return noMigration
    const work = { type: 'undo', migration }
    for (const status of openStatuses)
      await enqueueNurture({ type: 'sweep', id: `${migration}:undo`, sequence, status, work })
    return { type: 'accepted', body: { sequence, migration } }
  }

export interface PreviewMigrationPorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'version'>
  readonly runList: RunList
  readonly leads: Pick<Leads, 'load'>
}

interface PageQuery {
  readonly limit: number
  readonly cursor?: string
}

type PreviewAnswer =
  | { readonly type: 'ok'; readonly body: object; readonly next?: string }
  | { readonly type: 'bad-cursor' }
  | Refusal

/** As the lead would get it; null for an email that the playbook does not have. */
const subjectOf = (
  { emails, settings }: Playbook,
  email: string,
  preferred: string | undefined,
): string | null => {
  const texts = Object.hasOwn(emails, email) ? (emails[email] ?? {}) : {}
  const [first, ...others] = Object.keys(texts)
  if (first === undefined) return null
  return texts[chooseLanguage([first, ...others], [preferred, ...settings.languages])]?.subject ?? null
}

const languageOf = (lead: Lead | undefined): string | undefined => {
  const language = lead?.state?.attributes.language?.value
  return typeof language === 'string' ? language : undefined
}

interface Move {
  readonly run: Run
  readonly lead: Lead | undefined
  /** The playbook under which the run began. */
  readonly begun: Playbook
}

const viewMove = ({ run, lead, begun }: Move, live: Playbook, to: Sequence) => {
  const from = begun.sequences[run.sequence]
  const here = {
    leadId: run.leadId,
    name: lead?.state ? nameOf(lead.state) : null,
    email: lead?.email ?? null,
    from: {
      version: run.playbookVersion,
      sequenceVersion: from?.version ?? null,
      step: Math.max(0, run.step),
      words: from ? wordPlace(run, from.program) : null,
    },
  }
  const move = moveOf(run, begun, to)
  if (move.type === 'stays') return { ...here, to: null, because: move.because, next: null, nextAt: null }
  const { step, status } = move
  const { words, emails } = comingNext(run.runId, to.program, step + 1)
  return {
    ...here,
    to: { step: Math.max(0, step), words: wordPlace(move, to.program) },
    because: null,
    next: {
      words,
      emails: emails.map((email) => ({ email, subject: subjectOf(live, email, languageOf(lead)) })),
    },
    nextAt: status.type === 'waiting' ? status.until : null,
  }
}

/**
 * What moving the open runs of a sequence to the live version would come to, page by page: who stands where, would stand
 * where, and would get what next. `open` counts all of them; the first page says how many of them would move.
 */
export const makePreviewMigration =
  ({ playbooks, runList, leads }: PreviewMigrationPorts) =>
  async (id: string, page: PageQuery): Promise<PreviewAnswer> => {
    const live = await playbooks.current()
    const sequence = knownSequence(live, id)
    if (!sequence) return noSequence
    const [found, counts, inAll] = await Promise.all([
      openRuns(runList, id, page),
      runList.counts(id),
      page.cursor === undefined ? countMoves({ playbooks, runList }, { id, target: sequence }) : null,
    ])
    if (!found) return { type: 'bad-cursor' }
    const runs = await Promise.all(
      found.items.map(async (run) => {
        const [begun, lead] = await Promise.all([
          playbooks.version(run.playbookVersion),
          rootLead(leads, run.leadId),
        ])
        return viewMove({ run, lead, begun }, live, sequence)
      }),
    )
    return {
      type: 'ok',
      body: {
        sequence: id,
        version: live.version,
        sequenceVersion: sequence.version,
        migration: null,
        open: openStatuses.reduce((sum, status) => sum + counts[status], 0),
        inAll,
        runs,
      },
      ...(found.next !== undefined && { next: found.next }),
    }
  }
