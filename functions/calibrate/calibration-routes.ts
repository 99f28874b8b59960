import * as z from 'zod/mini'
import {
  type CalibrationState,
  declineProposal,
  proposalIn,
} from '../../domain/calibration/calibration-run.ts'
import { draftScoring } from '../../domain/calibration/draft-scoring.ts'
import type { ApiRequest, ApiResult } from '../api/api-request.ts'
import { everyone, marketers } from '../api/api-request.ts'
import { get, post } from '../api/api-route.ts'
import type { Calibrations } from '../calibration-ports.ts'
import { readStanding } from '../playbook/draft-files.ts'
import { makeSaveDraft } from '../playbook/publish-draft.ts'
import type { PlaybookStore } from '../playbook-ports.ts'
import type { Clock, Playbooks } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { makeBeginCalibration } from './calibrate-scoring.ts'

interface CalibrationPorts {
  readonly calibrations: Pick<Calibrations, 'load' | 'commit'>
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly beginCalibration: ReturnType<typeof makeBeginCalibration>
  readonly store: Pick<PlaybookStore, 'live' | 'draft'>
  readonly clock: Clock
}

const target = 'scoring/calibration'

/** Before the first run. */
const nothingYet = { status: 'not-enough-data', judged: 0, rarer: 0, asOf: null }

const viewOf = (state: CalibrationState, rules: string) => ({
  ...(state.result?.calibration ?? nothingYet),
  // Sales judges what it is given: nothing here is about anybody else.
  population: 'handed-off',
  leftOut: state.result?.leftOut ?? 0,
  sampled: state.result?.sampled ?? 1,
  proposal: proposalIn(state, rules),
  ...(state.run && { running: { startedAt: state.run.startedAt, judged: state.run.judged } }),
})

/** `GET /api/scoring/calibration`: what the latest run says, and what became of its proposal. */
const makeShowCalibration =
  ({ calibrations, playbooks }: CalibrationPorts) =>
  async (): Promise<ApiResult> => {
    const [state, { rulesVersion }] = await Promise.all([calibrations.load(), playbooks.current()])
    return { type: 'ok', body: viewOf(state, rulesVersion) }
  }

const wantedMessage = 'must be a number above 0: handoffs a week'

const beginBody = z.object({
  handoffsPerWeek: z.optional(
    z.number(wantedMessage).check(z.positive(wantedMessage), z.maximum(1_000_000, wantedMessage)),
  ),
})

/** `POST /api/scoring/calibration`: begins a run. */
const makeBegin =
  ({ beginCalibration }: CalibrationPorts) =>
  async ({ body }: ApiRequest<unknown, z.infer<typeof beginBody>>): Promise<ApiResult> => {
    const { startedAt } = await beginCalibration(body.handoffsPerWeek ?? 'accepted')
    return { type: 'accepted', body: { running: { startedAt } }, change: { target } }
  }

const longest = 500
const reasonMessage = `must be a text of 1 to ${longest} characters`
const declineBody = z.object({
  reason: z
    .string(reasonMessage)
    .check(z.trim(), z.minLength(1, reasonMessage), z.maxLength(longest, reasonMessage)),
})

const refused = (detail: string): ApiResult => ({ type: 'conflict', detail })
const nothingProposed = refused('Nothing is proposed.')
const isOutdated = refused('The playbook has changed since: POST /api/scoring/calibration asks again.')

/** `POST /api/scoring/calibration/decline`: remembers that the proposal is not wanted. */
const makeDecline =
  ({ calibrations, playbooks, clock }: CalibrationPorts) =>
  ({ body: { reason } }: ApiRequest<unknown, z.infer<typeof declineBody>>): Promise<ApiResult> =>
    retryConflicts(async (): Promise<ApiResult> => {
      const [state, { rulesVersion }] = await Promise.all([calibrations.load(), playbooks.current()])
      const proposal = proposalIn(state, rulesVersion)
      switch (proposal.state) {
        case 'none':
          return nothingProposed
        case 'outdated':
          return isOutdated
        case 'declined':
          return { type: 'ok', body: viewOf(state, rulesVersion) }
        case 'open': {
          const declined = declineProposal(state, proposal.changes, { at: clock(), reason })
          const stored = await calibrations.commit(declined)
          return { type: 'ok', body: viewOf(stored, rulesVersion), change: { target } }
        }
        default:
          return proposal satisfies never
      }
    })

/** `POST /api/scoring/calibration/draft`: writes the proposal into the draft, or into what is live where there is none. */
const makeDraft = (ports: CalibrationPorts & Parameters<typeof makeSaveDraft>[0]) => {
  const saveDraft = makeSaveDraft(ports)
  return async ({ caller }: ApiRequest): Promise<ApiResult> => {
    const [state, { rulesVersion }] = await Promise.all([
      ports.calibrations.load(),
      ports.playbooks.current(),
    ])
    const proposal = proposalIn(state, rulesVersion)
    const calibration = state.result?.calibration
    if (proposal.state === 'outdated') return isOutdated
    if (proposal.state === 'declined')
      return refused(`It was declined on ${proposal.declinedAt.slice(0, 10)}: ${proposal.reason}`)
    if (proposal.state === 'none' || calibration?.status !== 'ok') return nothingProposed
    const { files, edition } = await readStanding(ports)
    const drafted = draftScoring(files, calibration)
    const saved = await saveDraft({
      caller,
      body: { files: Object.fromEntries(drafted.files), replaces: edition },
    })
    if (saved.type !== 'ok') return saved
    const { changes } = proposal
    return {
      type: 'ok',
      body: { ...(saved.body as object), changes, leftOut: drafted.leftOut },
      change: { target, after: { rules: changes.rules.length, threshold: changes.threshold } },
    }
  }
}

/** The part of the console API that says what outcomes tell of the scoring. */
export const calibrationRoutes = [
  get('/api/scoring/calibration', { roles: everyone }, makeShowCalibration),
  post(
    '/api/scoring/calibration',
    { roles: marketers, action: 'calibration.begun', body: beginBody },
    makeBegin,
  ),
  post(
    '/api/scoring/calibration/decline',
    { roles: marketers, action: 'calibration.declined', body: declineBody },
    makeDecline,
  ),
  post('/api/scoring/calibration/draft', { roles: marketers, action: 'calibration.drafted' }, makeDraft),
]
