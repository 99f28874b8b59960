import { draftRules } from '../../../domain/backtest/backtest.ts'
import type { CalibrationState } from '../../../domain/calibration/calibration-run.ts'
import type { JudgedHandoff } from '../../../domain/calibration/judged-handoff.ts'
import type { Handoff, HandoffAnswer } from '../../../domain/handoff/handoff.ts'
import { handoffIdOf, type LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import { memoryVersions } from '../../../functions/adapters/memory-versions.ts'
import { apiApp } from '../../../functions/api/api-route.ts'
import type { AuditEntry } from '../../../functions/audit-ports.ts'
import {
  type CalibratePorts,
  makeBeginCalibration,
  makeCalibrateScoring,
} from '../../../functions/calibrate/calibrate-scoring.ts'
import { calibrationRoutes } from '../../../functions/calibrate/calibration-routes.ts'
import type { Calibrations } from '../../../functions/calibration-ports.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { memoryPlaybookStore } from '../fakes/memory-playbook-store.ts'
import { resultOf, send } from '../http/call-app.ts'

const now = '2026-07-01T00:00:00.000Z'

const memoryCalibrations = (): Calibrations & { readonly kept: Map<string, readonly JudgedHandoff[]> } => {
  const { load, commit } = memoryVersions<CalibrationState>()
  const kept = new Map<string, readonly JudgedHandoff[]>()
  return {
    kept,
    load: async () => (await load('state')) ?? { declined: [], version: 0 },
    commit: (state) => commit('state', state),
    keepPiece: async (runId, piece, judged) => {
      kept.set(`${runId} ${piece}`, judged)
    },
    pieces: async (runId) =>
      [...kept].flatMap(([key, judged]) => (key.startsWith(`${runId} `) ? judged : [])),
  }
}

const id = (number: number): LeadId => leadIdOf(`lead-${String(number).padStart(4, '0')}`)

const handoffOf = (leadId: LeadId, requestedAt: string, answer: HandoffAnswer): Handoff => ({
  handoffId: handoffIdOf(leadId, 1),
  leadId,
  team: 'dach',
  owner: { name: 'Anna', email: 'anna@sales.example.com' },
  ...{ assignments: [], score: 70, stage: 'intent', requestedAt, dueAt: requestedAt, answer },
  ...{ version: 1, outbox: [] },
})

const files = smallPlaybook({
  'scoring.yaml': `fit:
  - { id: large, when: 'lead.employees >= 100', points: 10 }
engagement:
  - { id: demo, on: demo.requested, points: 10, halfLife: 30d }
  - { id: reading, on: content.viewed, points: 25 }
bands: { cold: 0, hot: 60, warm: 30 }
`,
})
const read = parsePlaybook(files).playbook
if (!read) throw new Error('the small playbook has faults')
const smallRules = draftRules(read)

interface World {
  /** Handoffs of one page. @default all that are asked for */
  readonly pageSize?: number
}

/** Leads that sales has judged, and everything that says what follows from that, in memory. */
export const calibrationWorld = ({ pageSize = 1_000 }: World = {}) => {
  const leads = memoryLeads()
  const handoffs: Handoff[] = []
  const calibrations = memoryCalibrations()
  const queue: JsonObject[] = []
  const times = { now }
  const audited: AuditEntry[] = []
  const { playbook } = smallRules
  const store = memoryPlaybookStore(playbook, files)
  const ports: CalibratePorts = {
    calibrations,
    leads: {
      factsWithin: async (leadId, most) => {
        const facts = await leads.facts(leadId)
        return facts.length > most ? undefined : facts
      },
    },
    playbooks: { current: async () => store.standing().live.playbook },
    handoffs: {
      parts: 2,
      page: async ({ part, from, limit, cursor = '0' }) => {
        const own = handoffs.filter(
          ({ leadId, requestedAt }) => Number(leadId.slice(-1)) % 2 === part && requestedAt >= from,
        )
        const [begin, size] = [Number(cursor), Math.min(limit, pageSize)]
        const next = begin + size < own.length ? { next: String(begin + size) } : {}
        return { items: own.slice(begin, begin + size), ...next }
      },
    },
    // What waits is taken when its time has come.
    goOn: async (message, seconds = 0) => {
      times.now = addMilliseconds(times.now, seconds * 1_000)
      queue.push(message)
    },
    clock: () => times.now,
  }
  const beginCalibration = makeBeginCalibration(ports)
  const take = makeCalibrateScoring(ports)
  const app = apiApp(
    calibrationRoutes,
    {
      ...ports,
      store,
      beginCalibration,
      compile: async ({ mjml }) => ({ html: `<html>${mjml}</html>`, faults: [] }),
      digest: (text) => String(text.length),
      packedBytes: (text) => text.length,
      describeRescoring: async () => undefined,
    },
    {
      audit: {
        audit: { add: async (entry) => void audited.push(entry) },
        clock: () => times.now,
        newId: () => 'id',
      },
    },
  )
  let judged = 0

  return {
    ...{ leads, handoffs, calibrations, queue, audited, store, ports, take },

    /** A lead that was handed off after it did `types`, and what sales said. */
    judge: async (types: readonly string[], answer: 'accepted' | 'wrong-fit' | 'not-now', employees = 10) => {
      judged += 1
      const leadId = id(judged)
      const at = new Date(Date.parse('2026-01-02T09:00:00.000Z') + judged * 3_600_000).toISOString()
      const before = new Date(Date.parse(at) - 86_400_000).toISOString()
      await leads.append(leadId, [
        fact(`p${judged}`, 'profile.updated', before, { fields: { employees } }),
        ...types.map((type, index) => fact(`f${judged}-${index}`, type, before)),
      ])
      const by = 'anna@sales.example.com'
      handoffs.push(
        handoffOf(
          leadId,
          at,
          answer === 'accepted'
            ? { state: 'accepted', at, by }
            : { state: 'rejected', at, by, reason: answer },
        ),
      )
    },

    /** Hands out all messages, each `times` times. */
    settle: async (times = 1) => {
      for (let message = queue.shift(); message; message = queue.shift())
        for (let time = 0; time < times; time += 1) await take(message)
    },

    call: (path: string, { method = 'GET', groups = '[marketing]', body }: Call = {}) =>
      send(app, path, {
        method,
        headers: { 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        claims: { name: 'Mara', 'cognito:groups': groups },
      }).then(resultOf),
  }
}

interface Call {
  readonly method?: string
  readonly groups?: string
  readonly body?: unknown
}
