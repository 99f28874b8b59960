import type { Announcement } from '../../../domain/model/decision.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { compileRules, type Rules } from '../../../domain/rules/rules.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { apiApp } from '../../../functions/api/api-route.ts'
import { importRoutes } from '../../../functions/import/import-routes.ts'
import { makeTakeRows } from '../../../functions/import/take-rows.ts'
import type { Imports } from '../../../functions/import-ports.ts'
import { makeBeginLeads } from '../../../functions/record/begin-leads.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { memoryImports } from '../fakes/memory-imports.ts'
import { resultOf, send } from '../http/call-app.ts'
import { recordWorld } from '../record/record-world.ts'

const usual = compileRules(makePlaybook())

/** Routes, queue and worker of imports, with the recorder, in memory. */
export const importWorld = (imports: Imports = memoryImports(), rules: Rules = usual) => {
  const recorded = recordWorld(rules)
  const queue: JsonObject[] = []
  const announced: Announcement[] = []
  let ids = 0
  const ports = {
    imports,
    leads: recorded.leads,
    bus: recorded.bus,
    announce: async (event: Announcement) => void announced.push(event),
    // What waits is taken when its time has come.
    enqueueImport: async (message: JsonObject, seconds = 0) => {
      recorded.times.now = addMilliseconds(recorded.times.now, seconds * 1_000)
      queue.push(message)
    },
    clock: () => recorded.times.now,
    rules,
    currentRules: async () => rules,
    newId: () => `import-${++ids}`,
    audit: memoryAudit(),
    record: (
      messages: Parameters<ReturnType<typeof makeRecordActivities>>[0],
      importId: string,
      isNews: boolean,
    ) =>
      makeRecordActivities(
        isNews ? recorded.ports : { ...recorded.ports, noNews: { rescored: `import:${importId}` } },
      )(messages),
    begin: (all: Parameters<ReturnType<typeof makeBeginLeads>>[0], given: Rules, importId: string) =>
      makeBeginLeads(recorded.ports)(all, given, `import:${importId}`),
  }
  const app = apiApp(importRoutes, ports, { audit: ports })
  const take = makeTakeRows(ports)
  const call = async (path: string, body?: object, method = body ? 'POST' : 'GET') =>
    resultOf(
      await send(app, path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body ? JSON.stringify(body) : '',
        claims: { sub: 'someone', name: 'Sam', 'cognito:groups': '[marketing]' },
      }),
    )
  const bodyOf = async (result: ReturnType<typeof call>): Promise<Record<string, unknown>> => {
    const answer = await result
    if (answer.type !== 'ok' && answer.type !== 'accepted') throw new Error(JSON.stringify(answer))
    return answer.body as Record<string, unknown>
  }
  return {
    ...recorded,
    ...ports,
    queue,
    announced,
    take,
    call,
    bodyOf,
    /** Takes what is on the queue, and what that puts there; each message comes `times`. */
    settle: async (times = 1): Promise<void> => {
      for (let message = queue.shift(); message; message = queue.shift())
        for (let time = 0; time < times; time += 1) await take(message)
    },
    begin: async (settings: object = {}): Promise<string> => {
      const begun = await bodyOf(
        call('/api/imports', {
          name: 'fair.csv',
          mapping: { Mail: 'email', Vorname: 'firstName', Firma: 'company', Kennung: null },
          ...settings,
        }),
      )
      return String(begun.importId)
    },
    show: (importId: string) => bodyOf(call(`/api/imports/${importId}`)),
    rows: (importId: string, rows: readonly (readonly [number, object])[], last = false) =>
      call(`/api/imports/${importId}/rows`, {
        rows: rows.map(([line, values]) => ({ line, values })),
        ...(last && { last }),
      }),
    leadOf: (email: string) => {
      const found = [...recorded.leads.items.values()].filter((lead) => lead.email === email)
      if (found.length > 1) throw new Error(`${found.length} leads have ${email}`)
      return found[0]
    },
  }
}
