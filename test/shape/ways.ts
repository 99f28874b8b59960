import { Session } from 'node:inspector/promises'
import { join, relative } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import type { Deed } from '../../domain/rehearsal/rehearsal.ts'
import { formatInstant } from '../../domain/time/local-time.ts'
import { makePerformDeed } from '../../functions/rehearse/rehearse.ts'
import { mailSource, makeSystem } from '../../functions/rehearse/system.ts'
import { makeWorkers, subscribersOf } from '../../functions/rehearse/workers.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'

const start = '2026-03-02T08:00:00.000Z'
const subject = { email: 'grete@werk.example.net' }

/** Neither of the way: stores in memory, and what plays the rehearsal. */
const isBeside = (file: string): boolean =>
  !/^(domain|functions)\//.test(file) ||
  /^functions\/(rehearse\/|adapters\/memory-)/.test(file) ||
  file.startsWith('domain/rehearsal/')

export interface Way {
  readonly name: string
  readonly files: readonly string[]
  /** Functions of these files that ran. */
  readonly functions: number
}

/** Counts what runs of ours between two looks, by the coverage that V8 keeps of each function. */
const watchFiles = async (root: string) => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  const look = async (): Promise<ReadonlyMap<string, number>> => {
    const { result } = await session.post('Profiler.takePreciseCoverage')
    const ran = new Map<string, number>()
    for (const { url, functions } of result) {
      if (!url.startsWith('file://')) continue
      const file = relative(root, fileURLToPath(url))
      // The first one is the module itself, which runs when it is loaded.
      const entered = functions.filter(({ functionName, ranges }, index) => {
        const isModule = index === 0 && functionName === ''
        return !isModule && (ranges[0]?.count ?? 0) > 0
      })
      if (entered.length > 0 && !isBeside(file)) ran.set(file, entered.length)
    }
    return ran
  }
  return { look, stop: () => session.disconnect() }
}

const wayOf = (name: string, ran: ReadonlyMap<string, number>): Way => ({
  name,
  files: [...ran.keys()].toSorted(),
  functions: [...ran.values()].reduce((sum, count) => sum + count, 0),
})

/** What qualifies a lead in the shipped playbook. */
const requests = ['demo.requested', 'quote.requested']

/**
 * The three ways of a lead through the system, each with the files of ours that it enters: the deployed use cases on
 * stores in memory. The edge of HTTP and the adapters of AWS come on top.
 */
export const walkWays = async (root: string): Promise<readonly Way[]> => {
  const { playbook } = await loadPlaybook(join(root, 'templates'))
  if (!playbook) throw new Error('the shipped playbook has faults')
  const system = makeSystem({ playbook, start, mailReportsFrom: start })
  const perform = makePerformDeed(system, { subject })
  const workers = makeWorkers(system)
  const watch = await watchFiles(root)

  const settle = async (before?: (type: string) => Promise<unknown>): Promise<void> => {
    for (let event = system.bus.take(); event; event = system.bus.take()) {
      const { source, 'detail-type': type } = event.body
      await before?.(type)
      for (const worker of source === mailSource ? (['feedback'] as const) : subscribersOf(type))
        await workers[worker](event)
    }
  }
  const act = async (minutes: number, deed: Deed): Promise<void> => {
    system.time.now = formatInstant(Date.parse(start) + minutes * 60_000)
    const refused = await perform(deed)
    if (refused !== undefined) throw new Error(`the way is blocked: ${refused}`)
  }
  const mailed = async (what: string, walk: () => Promise<void>): Promise<void> => {
    const before = system.mailer.outbox.length
    await walk()
    if (system.mailer.outbox.length <= before) throw new Error(`no email went out: ${what}`)
  }

  await watch.look()
  await mailed('the welcome', async () => {
    await act(0, { type: 'form', form: 'newsletter', fields: { email: subject.email, optIn: true } })
    await settle()
    await act(5, { type: 'confirm', form: 'newsletter' })
    await settle()
  })
  const signUp = wayOf('form post to welcome email', await watch.look())

  await act(60, { type: 'activity', activity: 'page.viewed', properties: { path: '/pricing' } })
  await settle()
  const score = wayOf('activity to score', await watch.look())

  await mailed('the handoff', async () => {
    for (const activity of requests) await act(90, { type: 'activity', activity, properties: {} })
    await settle(async (type) => (type === 'LeadQualified' ? watch.look() : undefined))
  })
  const handoff = wayOf("LeadQualified to the owner's email", await watch.look())
  watch.stop()
  return [signUp, score, handoff]
}
