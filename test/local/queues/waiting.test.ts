import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Activity } from '../../../local/activity.ts'
import { VirtualClock } from '../../../local/clock.ts'
import type { Timekeeper } from '../../../local/control/timekeeper.ts'
import { QueueEngine } from '../../../local/engines/queue-engine.ts'
import { EventBuses } from '../../../local/events/event-bus.ts'
import { QueuePoller } from '../../../local/queues/queue-poller.ts'
import { MemoryScheduleStore } from '../../../local/scheduler/schedule-store.ts'
import { Scheduler } from '../../../local/scheduler/scheduler.ts'
import { startTimekeeper } from '../../../local/start-rules.ts'

const CORES = availableParallelism()
const SECOND = 1000
const MINUTE = 60 * SECOND
/** Real time: whoever waits for a delay in earnest does not end within it. */
const PATIENCE = 3_600 * SECOND
const account = { account: '000000000000', region: 'eu-central-1' }
const arn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`
const url = (name: string) => `http://localhost/000000000000/${name}`

interface Seen {
  readonly body: string
  /** Virtual milliseconds since the bench was made. */
  readonly after: number
}

/** A queue with its dead letters, a consumer that keeps a list, and the clock over them. */
class Bench {
  readonly clock: VirtualClock
  readonly seen: Seen[] = []
  /** Bodies that the consumer fails. */
  fails: (body: string) => boolean = () => false
  othersAreBusy = false
  /** What the consumer waits for. */
  meanwhile: Promise<void> = Promise.resolve()
  readonly engine: QueueEngine
  readonly timekeeper: Timekeeper
  readonly scheduler: Scheduler
  readonly poller: QueuePoller
  readonly #start: number

  readonly activity = new Activity()
  /** Messages of each batch. */
  readonly batches: number[] = []

  private constructor(
    engine: QueueEngine,
    clock: VirtualClock,
    attributes: Record<string, string>,
    windowMs: number,
    batchSize: number,
  ) {
    this.clock = clock
    this.engine = engine
    this.#start = clock.now()
    engine.ensureQueue('dead', url('dead'), arn('dead'), {})
    this.poller = new QueuePoller({
      queue: engine.ensureQueue('work', url('work'), arn('work'), attributes),
      engine,
      activity: this.activity,
      batchSize,
      windowMs,
      othersAreBusy: () => this.othersAreBusy,
      concurrency: CORES + 2,
      consume: async (batch) => {
        this.batches.push(batch.length)
        for (const { message } of batch) this.seen.push({ body: message.body, after: this.elapsed() })
        await this.meanwhile
        const failed = batch.filter(({ message }) => this.fails(message.body))
        return new Map(failed.map(({ message }) => [message.messageId, 'failed']))
      },
      onFailure: () => undefined,
      redeliver: () => false,
    })
    engine.onArrival((queue, message) => {
      if (queue === this.poller.queue) this.poller.arrived(message)
    })
    this.scheduler = new Scheduler({
      ...account,
      clock,
      store: new MemoryScheduleStore(),
      deliver: (_, payload) => this.send(payload),
    })
    this.timekeeper = startTimekeeper({
      clock,
      clockFile: undefined,
      activity: this.activity,
      buses: new EventBuses({ ...account, clock, newId: () => 'id', deliver: async () => undefined }),
      scheduler: this.scheduler,
      engine,
      pollers: () => [this.poller],
      onError: () => undefined,
    })
    this.poller.wake()
  }

  static async open(
    attributes: Record<string, string> = {},
    clock = new VirtualClock(),
    {
      folder,
      windowMs = 0,
      batchSize = 10,
    }: { readonly folder?: string; readonly windowMs?: number; readonly batchSize?: number } = {},
  ) {
    return new Bench(await QueueEngine.start(clock, folder), clock, attributes, windowMs, batchSize)
  }

  elapsed = (): number => this.clock.now() - this.#start

  async send(body: string, DelaySeconds = 0): Promise<void> {
    await this.engine.call('SendMessage', { QueueUrl: url('work'), MessageBody: body, DelaySeconds })
  }

  settle = (): Promise<boolean> => this.timekeeper.settle(PATIENCE)
  advance = (ms: number) => this.timekeeper.advance(ms, PATIENCE)
  dead = () => Number(this.engine.byArn(arn('dead'))?.getAttribute('ApproximateNumberOfMessages'))

  async close(): Promise<void> {
    this.timekeeper.close()
    this.poller.close()
    await this.engine.close()
  }
}

const redrive = (maxReceiveCount: number) => ({
  VisibilityTimeout: '180',
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount }),
})

let bench: Bench
beforeEach(async () => {
  bench = await Bench.open(redrive(5))
})
afterEach(() => bench.close())

describe('a delayed message', () => {
  it.each([60, 120, 900])('of %i s is not waited for, and comes when the clock says so', async (seconds) => {
    await bench.send('late', seconds)
    expect(await bench.settle()).toBe(true)
    expect(bench.seen).toEqual([])
    await bench.advance(seconds * SECOND - 30 * SECOND)
    expect(bench.seen).toEqual([])
    await bench.advance(30 * SECOND)
    expect(bench.seen.map(({ body }) => body)).toEqual(['late'])
  })

  it('of the whole queue waits as well', async () => {
    await bench.close()
    bench = await Bench.open({ DelaySeconds: '300' })
    await bench.engine.call('SendMessage', { QueueUrl: url('work'), MessageBody: 'late' })
    expect(await bench.settle()).toBe(true)
    expect(bench.seen).toEqual([])
    await bench.advance(5 * MINUTE)
    expect(bench.seen).toHaveLength(1)
  })

  it('takes its turn among schedules, each at its time', async () => {
    const schedule = (name: string, minutes: number) =>
      bench.scheduler.handle('CreateSchedule', {
        Name: name,
        ScheduleExpression: `at(${new Date(bench.clock.now() + minutes * MINUTE).toISOString().slice(0, 19)})`,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: arn('work'), RoleArn: 'arn:aws:iam::000000000000:role/schedules', Input: name },
      })
    await schedule('first', 2)
    await schedule('third', 8)
    await bench.send('second', 300)
    await bench.send('fourth', 600)
    const moved = await bench.advance(60 * MINUTE)
    expect(moved).toEqual({ fired: 2, settled: true })
    expect(bench.seen.map(({ body }) => body)).toEqual(['first', 'second', 'third', 'fourth'])
    const minutes = bench.seen.map(({ after }) => Math.round(after / MINUTE))
    expect(minutes).toEqual([2, 5, 8, 10])
  })

  it('is due at the same time of the clock after a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'delayed-'))
    const first = await Bench.open({}, new VirtualClock(10 * 24 * 60 * MINUTE), { folder })
    await first.send('kept', 600)
    await first.advance(5 * MINUTE)
    const { offsetMs } = first.clock
    await first.close()
    const second = await Bench.open({}, new VirtualClock(offsetMs), { folder })
    await second.advance(4 * MINUTE)
    expect(second.seen).toEqual([])
    await second.advance(MINUTE)
    expect(second.seen.map(({ body }) => body)).toEqual(['kept'])
    await second.close()
    rmSync(folder, { recursive: true })
  })
})

describe('a message that fails', () => {
  it('is tried again and given up while one settles', async () => {
    bench.fails = () => true
    await bench.send('hopeless')
    expect(await bench.settle()).toBe(true)
    expect([bench.seen.length, bench.dead()]).toEqual([5, 1])
    expect(bench.elapsed()).toBeLessThan(MINUTE)
  })

  it('comes through when the fault has gone', async () => {
    bench.fails = () => bench.seen.length < 3
    await bench.send('in the end')
    expect(await bench.settle()).toBe(true)
    expect([bench.seen.length, bench.dead()]).toEqual([3, 0])
  })

  it('waits for the clock where the queue tries many times', async () => {
    await bench.close()
    bench = await Bench.open(redrive(6))
    bench.fails = () => true
    await bench.send('patient')
    expect(await bench.settle()).toBe(true)
    expect([bench.seen.length, bench.dead()]).toEqual([3, 0])
    await bench.advance(30 * MINUTE)
    expect(bench.seen.map(({ after }) => Math.round(after / MINUTE))).toEqual([0, 0, 0, 3, 6, 9])
    expect(bench.dead()).toBe(1)
  })

  it('does not keep anybody waiting where the queue tries for ever', async () => {
    await bench.close()
    bench = await Bench.open({ VisibilityTimeout: '180' })
    bench.fails = () => true
    await bench.send('for ever')
    expect(await bench.settle()).toBe(true)
    expect(await bench.advance(30 * MINUTE)).toMatchObject({ settled: true })
    expect(bench.seen.length).toBeGreaterThan(9)
  })
})

describe('a message in the hands of a program', () => {
  const receive = async (QueueUrl: string, VisibilityTimeout: number) => {
    const { Messages = [] } = Object(
      await bench.engine.call('ReceiveMessage', { QueueUrl, VisibilityTimeout, MaxNumberOfMessages: 10 }),
    )
    return Messages.map(({ Body }: { Body: string }) => Body)
  }

  it('is visible again when its time has passed by the clock', async () => {
    await bench.engine.call('SendMessage', { QueueUrl: url('dead'), MessageBody: 'looked at' })
    expect(await receive(url('dead'), 600)).toEqual(['looked at'])
    expect(await bench.settle()).toBe(true)
    await bench.advance(5 * MINUTE)
    expect(await receive(url('dead'), 600)).toEqual([])
    await bench.advance(5 * MINUTE)
    expect(await receive(url('dead'), 600)).toEqual(['looked at'])
  })

  it('holds up nobody, and comes to the function afterwards', async () => {
    await bench.send('taken', 60)
    await bench.settle()
    bench.clock.moveTo(bench.clock.now() + 60 * SECOND)
    bench.engine.elapse(60 * SECOND, () => false)
    expect(await receive(url('work'), 600)).toEqual(['taken'])
    expect(await bench.settle()).toBe(true)
    expect(bench.seen).toEqual([])
    await bench.advance(10 * MINUTE)
    expect(bench.seen.map(({ body }) => body)).toEqual(['taken'])
  })
})

describe('a queue that waits for a batch to fill', () => {
  beforeEach(async () => {
    await bench.close()
    bench = await Bench.open({}, new VirtualClock(), { windowMs: 60 * SECOND })
  })

  it('does not let anybody wait who waits for rest', async () => {
    const begun = performance.now()
    await bench.send('alone')
    expect(await bench.settle()).toBe(true)
    expect(bench.batches).toEqual([1])
    expect(performance.now() - begun).toBeLessThan(30 * SECOND)
  })

  it('takes at once what all that is under way brings', async () => {
    const end = bench.activity.begin()
    await bench.send('first')
    const settled = bench.settle()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(bench.batches).toEqual([])
    await bench.send('second')
    end()
    expect(await settled).toBe(true)
    expect(bench.batches).toEqual([2])
  })

  it('is filled by as many as a batch may hold', async () => {
    const end = bench.activity.begin()
    for (let count = 0; count < 10; count += 1) await bench.send(`message ${count}`)
    await expect.poll(() => bench.batches).toEqual([10])
    end()
  })
})

describe('while others are busy', () => {
  // The poller looks again for each message that comes.
  const sendAfter = async (ms: number, body: string): Promise<void> => {
    vi.advanceTimersByTime(ms)
    await bench.send(body)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const gather = async (): Promise<void> => {
    await bench.close()
    bench = await Bench.open({}, new VirtualClock(), { windowMs: MINUTE })
    bench.othersAreBusy = true
    await sendAfter(0, 'first')
    await sendAfter(2 * MINUTE, 'second')
    expect(bench.batches).toEqual([])
  }

  it('a batch gathers until there is time for it', async () => {
    await gather()
    bench.othersAreBusy = false
    await sendAfter(SECOND, 'third')
    await expect.poll(() => bench.batches).toEqual([3])
  })

  it('but for thirty windows at most', async () => {
    await gather()
    await sendAfter(27 * MINUTE, 'third')
    expect(bench.batches).toEqual([])
    await sendAfter(MINUTE, 'fourth')
    await expect.poll(() => bench.batches).toEqual([4])
  })

  it('which is who has had work for a while', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    bench.meanwhile = promise
    await sendAfter(0, 'first')
    await expect.poll(() => bench.batches).toEqual([1])
    expect(bench.poller.isBusy).toBe(false)
    vi.advanceTimersByTime(SECOND)
    expect(bench.poller.isBusy).toBe(true)
    resolve()
    await expect.poll(() => bench.poller.isBusy).toBe(false)
  })
})

describe('a consumer that is busy', () => {
  // No batch takes so long that others are begun beside it for that.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  const keepBusy = async (batchSize: number): Promise<{ release(): void }> => {
    await bench.close()
    bench = await Bench.open({}, new VirtualClock(), { batchSize })
    const { promise, resolve } = Promise.withResolvers<void>()
    bench.meanwhile = promise
    return { release: resolve }
  }

  it('takes one message more than there are cores where each is a batch of its own', async () => {
    const { release } = await keepBusy(1)
    const single = (count: number) => Array.from({ length: count }, () => 1)
    for (let count = 0; count < CORES + 2; count += 1) await bench.send(`message ${count}`)
    await expect.poll(() => bench.batches).toEqual(single(CORES + 1))
    release()
    expect(await bench.settle()).toBe(true)
    expect(bench.batches).toEqual(single(CORES + 2))
  })

  it('lets what comes meanwhile become one batch', async () => {
    const { release } = await keepBusy(10)
    await bench.send('first')
    await expect.poll(() => bench.batches).toEqual([1])
    for (let count = 0; count < 20; count += 1) await bench.send(`message ${count}`)
    expect(bench.batches).toEqual([1])
    release()
    expect(await bench.settle()).toBe(true)
    expect(bench.batches).toEqual([1, 10, 10])
  })
})
