import type { RowColumns } from '../../../domain/kpi/row.ts'
import { allRows } from '../../../domain/kpi/settled-rows.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { keepListed } from '../../../functions/adapters/dynamo-directory.ts'
import { dynamoCosts, dynamoHistories } from '../../../functions/adapters/dynamo-histories.ts'
import { dynamoLeadKeys } from '../../../functions/adapters/dynamo-lead-list.ts'
import { dynamoRebuilds } from '../../../functions/adapters/dynamo-rebuilds.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { s3Rows } from '../../../functions/adapters/s3-rows.ts'
import { tellFigures } from '../../../functions/figures/figures-message.ts'
import { makeForgetRows } from '../../../functions/figures/forget-rows.ts'
import { makeUpdateFigures, type UpdateFiguresPorts } from '../../../functions/figures/update-figures.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { startTable } from '../adapters/dynalite-table.ts'
import { dynamoRecordPorts } from '../adapters/dynamo-record-ports.ts'
import { startBucket } from '../adapters/object-store.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { rules } from '../record/record-world.ts'

/**
 * Recording and counting on a table and a bucket of their own; what is told of the figures waits until it is taken.
 * @param isNew whether nothing was ever counted there.
 */
export const figuresWorld = async ({ isNew = false } = {}) => {
  const [table, bucket] = await Promise.all([startTable(), startBucket()])
  const { client, tableName } = table
  const waiting: JsonObject[] = []
  const times = { now: '2026-04-01T00:00:00.000Z' }
  const clock = () => times.now
  const store = s3Rows({ ...bucket, ...table, clock })
  const costs = dynamoCosts(client, tableName)
  const figures = tellFigures(async (message) => void waiting.push(message))
  const recordPorts = dynamoRecordPorts(table, { figures, costs, clock })
  const record = makeRecordActivities(recordPorts)
  const ports: UpdateFiguresPorts = {
    store,
    readHistory: dynamoHistories(client, tableName),
    keepListed: keepListed(client, tableName),
    costs,
    keys: dynamoLeadKeys(client, tableName),
    rebuilds: dynamoRebuilds(client, tableName),
    goOn: async (message) => void waiting.push(message),
    currentRules: async () => rules,
    sendReport: async () => {},
    clock,
    pauseUpTo: async () => {},
  }
  let messages = 0
  const taken = () =>
    waiting.splice(0).map((body) => {
      messages += 1
      return { messageId: `m${messages}`, body }
    })

  /** Takes what waits, and what follows from it. @returns what failed. */
  const count = async (given: UpdateFiguresPorts = ports): Promise<ReadonlyMap<string, unknown>> => {
    const failures = new Map<string, unknown>()
    const update = makeUpdateFigures(given)
    while (waiting.length > 0) for (const [id, error] of await update(taken())) failures.set(id, error)
    return failures
  }

  if (!isNew) {
    waiting.push({ type: 'begin', anew: false })
    await count()
  }

  return {
    table,
    bucket,
    store,
    ports,
    times,
    waiting,
    count,
    take: async (...activities: readonly object[]): Promise<void> => {
      for (const [, error] of await record(activities.map((one) => activityMessage(one)))) throw error
    },
    idOf: async (email: string): Promise<LeadId> => {
      const found = await recordPorts.leads.find({ email })
      if (!found) throw new Error(`nobody has ${email}`)
      return found.leadId
    },
    leads: recordPorts.leads,
    remains: dynamoRemains(client, tableName),
    forget: makeForgetRows({ store, clock }),
    /** The rows that pointers name. */
    standing: async (): Promise<readonly RowColumns[]> =>
      Promise.all((await store.pointers()).map(async (pointer) => allRows(await store.read(pointer)))),
    stop: async () => {
      await Promise.all([table.stop(), bucket.stop()])
    },
  }
}

/** `lead kind key` of all rows. */
export const tell = (all: readonly RowColumns[]): readonly string[] =>
  all.flatMap((columns) =>
    Array.from(columns.kind, (kind, place) => `${columns.lead[place]} ${kind} ${columns.key[place]}`),
  )

/** Whether an object holds a row of the lead. */
export const holds = (all: readonly RowColumns[], leadId: LeadId): boolean =>
  all.some(({ lead }) => Array.from(lead).includes(leadId))
