import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { type Count, isCounted, printCalls } from '../bench/calls.ts'
import { type Client, makeClient } from '../story/client.ts'
import { playbookWith, settingsWithout } from '../story/playbook-folder.ts'
import { startTrichter } from '../story/trichter.ts'
import { type Cast, seedLeads } from './seed-leads.ts'

const usage = `npm run story:broadcast -- [--leads 100000] [--seed 1] [--per-hour N] [--calm]
A broadcast to so many leads on the virtual clock while functions crash, messages come twice and services are busy (--calm:
while nothing goes wrong), and the same email as a step of a sequence. Checks every sum and every mailbox; exit 1 where one is wrong.`

/** As in test/story/broadcasts.deep.test.ts. */
const faults = [
  { service: 'events', duplicate: 0.2 },
  { service: 'sqs', duplicate: 0.2 },
  { service: 'lambda', error: 'Crash', rate: 0.05 },
  { service: 'ses', operation: 'SendEmail', error: 'ThrottlingException', rate: 0.1 },
  { service: 'dynamodb', error: 'ProvisionedThroughputExceededException', rate: 0.005 },
]

/** The email of the broadcast as a step after a wait: what it costs is held against a broadcast's. */
const sequence = `id: interest
enter: { activity: sample.requested }
steps:
  - wait: 1d
  - email: welcome
`
/** Leads in the sequence. */
const beside = 1_000
const perRequest = 500

interface Audience {
  readonly shown: number
  readonly sent: number
  readonly held: number
  readonly suppressed: Readonly<Record<string, number>>
  readonly failed: number
  readonly exited: number
}

interface Report {
  readonly broadcastId: string
  readonly state: string
  /** Counted as it happens, where the audience is counted now and then. */
  readonly delivered: number
  readonly audience: Audience
}

/** What a part took. */
interface Cost {
  readonly seconds: number
  readonly emails: number
  readonly calls: readonly Count[]
}

/** The API crashes as well: whoever asked asks again. */
const call = async <Body>(client: Client, path: string, body?: object): Promise<Body> => {
  for (let tries = 0; tries < 50; tries += 1) {
    const response = await client
      .raw(path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: 'Bearer local-marketing', 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      })
      .catch(() => undefined)
    if (response?.ok) return (await response.json()) as Body
    if (response && response.status < 500)
      throw new Error(`${path}: ${response.status} ${await response.text()}`)
    await sleep(100)
  }
  throw new Error(`${path} never answered`)
}

/** In seconds: a request that is not answered within five minutes is given up by whoever sent it. */
const patience = 240

/** Waits until nothing is in flight any more, however long that takes. */
const settle = async (client: Client): Promise<void> => {
  let status = 504
  while (status === 504)
    ({ status } = await client.raw(`/_local/settle?timeout=${patience}`, { method: 'POST' }))
  if (status !== 200) throw new Error(`settling was answered with ${status}`)
}

/** Moves the clock once all is done that is due before, and waits for what falls due then. */
const advance = async (client: Client, by: string): Promise<void> => {
  await settle(client)
  const { status } = await client.raw(`/_local/clock?timeout=${patience}`, {
    method: 'POST',
    body: JSON.stringify({ advance: by }),
  })
  if (status !== 200 && status !== 504) throw new Error(`moving the clock was answered with ${status}`)
  await settle(client)
}

/** Does it, and says what it took. */
const costOf = async (client: Client, emails: () => Promise<number>): Promise<Cost> => {
  await client.raw('/_local/counts', { method: 'DELETE' })
  const begin = performance.now()
  const sent = await emails()
  const seconds = (performance.now() - begin) / 1_000
  return { seconds, emails: sent, calls: await call<readonly Count[]>(client, '/_local/counts') }
}

const number = (value: number): string => value.toFixed(2)

/** With figures, which follow each of them here. */
const printCost = (what: string, { seconds, emails, calls }: Cost): void => {
  const made = calls.filter((one) => isCounted({ ...one, function: one.function.replace('-Figures', '-') }))
  printCalls(
    `${what}: ${emails} emails in ${number(seconds)} s, ${number(emails / seconds)}/s; calls each`,
    made,
    emails,
  )
}

/** Of the runner, in MB; where the system tells. */
const memoryOf = async (pid: number | undefined): Promise<string> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes === undefined ? '' : `, ${Math.round(Number(kilobytes) / 1_024)} MB`
}

const suppressedIn = ({ suppressed }: Audience): number =>
  Object.values(suppressed).reduce((sum, leads) => sum + leads, 0)

/** Says every now and then how far it is. @returns what ends that. */
const watch = (client: Client, broadcastId: string, pid: number | undefined): (() => void) => {
  const begin = performance.now()
  let isOver = false
  const tell = async (): Promise<void> => {
    while (!isOver) {
      await sleep(30_000)
      if (isOver) return
      const report = await call<Report>(client, `/api/broadcasts/${broadcastId}`).catch(() => undefined)
      if (!report) continue
      const { audience, delivered } = report
      const seconds = Math.round((performance.now() - begin) / 1_000)
      console.log(`${seconds} s: shown ${audience.shown}, delivered ${delivered}${await memoryOf(pid)}`)
    }
  }
  void tell()
  return () => {
    isOver = true
  }
}

/** Recipients of every email that SES took, read as they come: a hundred thousand emails do not stand in memory. */
async function* recipientsIn(client: Client): AsyncGenerator<string> {
  const { body } = await client.raw('/_local/inbox')
  if (!body) return
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    rest += text
    let end = 0
    // Within texts, quotes stand behind a backslash.
    for (const found of rest.matchAll(/"to":\["([^"\\]+)"/g)) {
      yield found[1] ?? ''
      end = found.index + found[0].length
    }
    rest = rest.slice(Math.max(end, rest.length - 400))
  }
}

class Wrong extends Error {}

const agree = (what: string, is: unknown, should: unknown): void => {
  if (is !== should) throw new Wrong(`${what}: ${is}, and not ${should}`)
  console.log(`${what}: ${is}`)
}

/** What a crash left comes again when its message does; a sender's claim runs out after a quarter of an hour. */
const untilOver = async (client: Client, broadcastId: string): Promise<Audience> => {
  for (let step = 0; step < 60; step += 1) {
    const { state, audience } = await call<Report>(client, `/api/broadcasts/${broadcastId}`)
    if (state === 'sent') return audience
    await advance(client, '20m')
  }
  throw new Wrong('the broadcast did not end within 20 hours')
}

const runBroadcast = async (client: Client, options: Options, pid: number | undefined): Promise<string> => {
  const { broadcastId } = await call<Report>(client, '/api/broadcasts', {
    name: 'At size',
    where: 'lead.company.startsWith("Firma")',
    email: 'welcome',
    ...(options.perHour !== undefined && { perHour: options.perHour }),
  })
  await call(client, `/api/broadcasts/${broadcastId}/schedule`, {}).catch((error: unknown) => {
    // It has begun by the first request, whose answer was lost.
    if (!String(error).includes('409')) throw error
  })
  const end = watch(client, broadcastId, pid)
  const minutes = options.perHour === undefined ? 1 : Math.ceil((options.leads / options.perHour) * 60) + 2
  for (let minute = 0; minute < minutes; minute += 1) await advance(client, '1m')
  await untilOver(client, broadcastId)
  end()
  return broadcastId
}

const check = async (client: Client, broadcastId: string, cast: Cast): Promise<void> => {
  const { audience } = await call<Report>(client, `/api/broadcasts/${broadcastId}`)
  const { shown, sent, held, failed, exited } = audience
  agree('shown', shown, cast.leads)
  agree('held', held, 0)
  agree(
    'sent + held + suppressed + failed + exited',
    sent + held + suppressedIn(audience) + failed + exited,
    shown,
  )
  agree('suppressed for want of consent', audience.suppressed['no-consent'] ?? 0, cast.unwilling)
  agree('suppressed because of a bounce', audience.suppressed.bounced ?? 0, cast.bounced)
  const met = new Set<string>()
  let [twice, unasked] = [0, 0]
  for await (const address of recipientsIn(client)) {
    if (met.has(address)) twice += 1
    if (!cast.isMailable(address)) unasked += 1
    met.add(address)
  }
  agree('mailed twice', twice, 0)
  agree('mailed without consent or to a dead address', unasked, 0)
  agree('mailboxes with an email', met.size, sent)
  agree('to be mailed', met.size, cast.leads - cast.unwilling - cast.bounced)
  agree('dead letters', (await client.deadLetters()).length, 0)
}

/** Leads of their own, so that the broadcast finds nobody whom a sequence has written to. */
const runSequence = async (client: Client, { mailable }: Cast): Promise<Cost> => {
  const leads = mailable.slice(0, beside)
  for (let at = 0; at < leads.length; at += perRequest)
    await client.postEvents(
      leads.slice(at, at + perRequest).map((leadId) => ({
        id: `sample-${leadId}`,
        type: 'sample.requested',
        subject: { leadId },
      })),
    )
  await advance(client, '1h')
  await client.raw('/_local/inbox', { method: 'DELETE' })
  return costOf(client, async () => {
    await advance(client, '24h')
    let sent = 0
    for await (const _ of recipientsIn(client)) sent += 1
    return sent
  })
}

interface Options {
  readonly leads: number
  readonly seed: string
  readonly perHour?: number
  readonly isCalm: boolean
}

const readOptions = (): Options | undefined => {
  const { values } = parseArgs({
    options: {
      leads: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      'per-hour': { type: 'string' },
      calm: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const [leads, perHour] = [Number(values.leads), Number(values['per-hour'] ?? 1)]
  if (values.help || ![leads, perHour].every((count) => Number.isInteger(count) && count > 0))
    return undefined
  return {
    leads,
    seed: values.seed,
    isCalm: values.calm,
    ...(values['per-hour'] !== undefined && { perHour }),
  }
}

const run = async (options: Options): Promise<void> => {
  const data = await mkdtemp(join(tmpdir(), 'trichter-broadcast-'))
  const playbook = await playbookWith(sequence, await settingsWithout('sending', 'caps'))
  const trichter = await startTrichter(['--data', data, '--playbook', playbook, '--seed', options.seed])
  try {
    const client = makeClient(trichter.url)
    const { pid } = trichter.process
    const cast = await seedLeads(client, playbook, options.leads)
    if (!options.isCalm) for (const fault of faults) await client.faults(fault)
    let broadcastId = ''
    const cost = await costOf(client, async () => {
      broadcastId = await runBroadcast(client, options, pid)
      await client.faults()
      return (await call<Report>(client, `/api/broadcasts/${broadcastId}`)).audience.sent
    })
    await check(client, broadcastId, cast)
    console.log(`the runner at the end${await memoryOf(pid)}`)
    printCost('a broadcast', cost)
    if (!options.isCalm) for (const fault of faults) await client.faults(fault)
    printCost('the same email in a sequence', await runSequence(client, cast))
    await client.faults()
  } finally {
    await trichter.stop()
    await Promise.all([data, playbook].map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

const options = readOptions()
if (options)
  await run(options).catch((error: unknown) => {
    console.error(error instanceof Wrong ? error.message : error)
    process.exitCode = 1
  })
else {
  console.error(usage)
  process.exitCode = 2
}
