import { parseArgs } from 'node:util'
import { SchedulerClient } from '@aws-sdk/client-scheduler'
import { z } from 'zod'
import { makeTableClient } from '../functions/adapters/aws-clients.ts'
import { dynamoHandoffs } from '../functions/adapters/dynamo-handoffs.ts'
import { countItems, scanWaiting } from '../functions/adapters/dynamo-sends.ts'
import { plainSchedulerTimers } from '../functions/adapters/scheduler-timers.ts'
import type { Timers } from '../functions/ports.ts'
import { makeRebuildTimers, type Sleeper } from '../functions/timers/rebuild-timers.ts'
import { type Deployment, deploymentOptions, findDeployment } from './deployment.ts'
import { asksForHelp } from './help.ts'
import { makeProgress } from './progress.ts'

const usage = `npm run wakes -- rebuild [--url URL | --aws [--env NAME]] [--table NAME]
Sets every wait, deadline and reminder again from the table. What is set already stays as it is.`

const target = z.object({ queue: z.string(), deadLetters: z.string(), role: z.string() })
const targetsSchema = z.object({
  table: z.string(),
  group: z.string(),
  record: target,
  nurture: target,
  handoff: target,
  send: target,
  webhook: target,
  audience: target,
})

/** Readers of the table at a time, and schedules that each of them sets at a time. */
const segments = 4
const atOnce = 10

const timersOf = (
  scheduler: SchedulerClient,
  targets: z.infer<typeof targetsSchema>,
): Readonly<Record<Sleeper, Timers>> => {
  const to = (sleeper: Sleeper): Timers => {
    const { queue, deadLetters, role } = targets[sleeper]
    const options = { queueArn: queue, deadLettersArn: deadLetters, roleArn: role, group: targets.group }
    return plainSchedulerTimers({ client: scheduler, ...options })
  }
  return {
    record: to('record'),
    nurture: to('nurture'),
    handoff: to('handoff'),
    send: to('send'),
    webhook: to('webhook'),
    audience: to('audience'),
  }
}

const rebuildAll = async ({ config, output, clock }: Deployment, tableName?: string): Promise<number> => {
  const targets = targetsSchema.parse(JSON.parse(output('WakeTargets')))
  const name = tableName ?? targets.table
  const client = makeTableClient(config)
  // Scheduler takes some thousand requests a second: setting millions takes its time.
  const scheduler = new SchedulerClient({ ...config, maxAttempts: 12, retryMode: 'adaptive' })
  let set = 0
  const counted = (timers: Timers): Timers => ({
    set: async (...timer) => {
      await timers.set(...timer)
      set += 1
    },
  })
  const of = timersOf(scheduler, targets)
  const rebuild = makeRebuildTimers({
    timers: {
      record: counted(of.record),
      nurture: counted(of.nurture),
      handoff: counted(of.handoff),
      send: counted(of.send),
      webhook: counted(of.webhook),
      audience: counted(of.audience),
    },
    clock,
    handoffs: dynamoHandoffs(client, name),
  })
  const progress = makeProgress('Items', await countItems(client, name))
  const readSegment = async (Segment: number): Promise<void> => {
    for await (const { waiting, scanned } of scanWaiting(client, name, {
      Segment,
      TotalSegments: segments,
    })) {
      for (let from = 0; from < waiting.length; from += atOnce)
        await Promise.all(waiting.slice(from, from + atOnce).map(rebuild))
      progress(scanned)
    }
  }
  await Promise.all(Array.from({ length: segments }, (_, segment) => readSegment(segment)))
  return set
}

const run = async (): Promise<number> => {
  if (asksForHelp(process.argv)) {
    console.log(usage)
    return 0
  }
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: { ...deploymentOptions, table: { type: 'string' } },
    allowPositionals: true,
  })
  if (positionals.length !== 1 || positionals[0] !== 'rebuild') {
    console.error(usage)
    return 2
  }
  const set = await rebuildAll(await findDeployment(values), values.table)
  console.log(`${set} moments are set.`)
  return 0
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return error instanceof TypeError ? 2 : 1
})
