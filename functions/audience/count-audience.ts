import * as z from 'zod/mini'
import { compileCondition } from '../../domain/condition/compile-condition.ts'
import type { Condition } from '../../domain/condition/condition.ts'
import { environments } from '../../domain/condition/environment.ts'
import { childrenOf } from '../../domain/condition/mentions.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import type { FieldError } from '../../domain/model/json.ts'
import { checkCondition } from '../../domain/playbook/check-condition.ts'
import { namesInPlaybook } from '../../domain/playbook/names.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import {
  type AudienceLead,
  type AudienceTally,
  type AudienceVerdict,
  addTallies,
  countMember,
  isMember,
  judgeMember,
  nobodyYet,
} from '../../domain/sending/audience.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { CountLane, CountLanes, EnqueueAudience } from '../audience-ports.ts'
import { perPlaybook } from '../compiled-rules.ts'
import type { Clock, LeadList, SuppressionOf } from '../ports.ts'
import { lookAgainAfter, unlessConflict } from '../retry-conflicts.ts'

const namesOf = perPlaybook(namesInPlaybook)

/** `count(type, window)` reads times that a lead's state keeps for types and windows of the playbook alone. */
const uncounted = (condition: Condition, { windows }: Rules): string | undefined => {
  const counts = (node: Parameters<typeof childrenOf>[0]): boolean =>
    (node.op === 'call' && node.args[0] === 'count' && node.args[1].length === 2) ||
    childrenOf(node).some(counts)
  const far = condition.mentions.types.find(({ name, within = 0 }) => within > (windows.get(name) ?? 0))
  return far && counts(environments.lead.parse(condition.source).ast) ? far.name : undefined
}

type Read =
  | { readonly condition: Condition; readonly warnings: readonly FieldError[] }
  | { readonly errors: readonly [FieldError, ...FieldError[]] }

/** A condition that is not part of the playbook. What is wrong with it is told with its place and the nearest right name. */
export const readWhere = (where: string, rules: Rules): Read => {
  const findings = checkCondition(where, 'lead', namesOf(rules.playbook), () => [])
  const told = (isMeant: (severity: 'warning' | undefined) => boolean): readonly FieldError[] =>
    findings
      .filter(({ severity }) => isMeant(severity))
      .map(({ message, offset }) => ({
        path: 'where',
        message: offset === undefined ? message : `at character ${offset + 1}: ${message}`,
      }))
  const [first, ...others] = told((severity) => severity === undefined)
  if (first) return { errors: [first, ...others] }
  const compiled = compileCondition(where, 'lead')
  if (compiled.type === 'fault') return { errors: [{ path: 'where', message: compiled.message }] }
  const far = uncounted(compiled.condition, rules)
  if (far === undefined)
    return { condition: compiled.condition, warnings: told((severity) => severity === 'warning') }
  const message = `"${far}" is not counted so far back: put the condition into a segment of the playbook, which has it counted`
  return { errors: [{ path: 'where', message }] }
}

export interface ReadAudiencePorts {
  readonly list: Pick<LeadList, 'walk'>
  readonly suppressionOf: SuppressionOf
  readonly clock: Clock
  readonly rules: Rules
}

interface Member {
  readonly lead: AudienceLead
  readonly verdict: AudienceVerdict
}

interface ReadPage {
  readonly members: readonly Member[]
  /** Leads looked at. */
  readonly read: number
  readonly next?: string
}

/** As many items as one request reads. */
const pageSize = 100

/** One page of a lane: those for whom the condition holds now, each with what the sender would say. */
export const readPage = async (
  { list, suppressionOf, clock, rules }: ReadAudiencePorts,
  { condition, purpose }: { readonly condition: Condition; readonly purpose: string | undefined },
  lane: number,
  cursor: string | undefined,
  limit = pageSize,
): Promise<ReadPage> => {
  const page = await list.walk(lane, { limit, ...(cursor !== undefined && { cursor }) })
  const now = clock()
  const leads = page.items.flatMap(({ state, mergedInto, suppressed, ...lead }) =>
    state && mergedInto === undefined ? [{ ...lead, state, known: suppressed }] : [],
  )
  const matching = leads.filter((lead) => isMember(lead, condition, rules, now))
  const members = await Promise.all(
    matching.map(async ({ known, ...lead }): Promise<Member> => {
      const listed = lead.email === undefined ? undefined : await suppressionOf(lead.email)
      const suppressed = [known ?? [], listed ?? []].flat()
      return { lead, verdict: judgeMember({ ...lead, suppressed }, purpose, now) }
    }),
  )
  return { members, read: leads.length, ...(page.next !== undefined && { next: page.next }) }
}

interface CountQuestion {
  readonly where: string
  readonly condition: Condition
  /** Absent: any marketing consent is enough. */
  readonly purpose: string | undefined
}

export interface AudienceCount extends AudienceTally {
  /** Every lead was looked at. */
  readonly exact: boolean
  /** Leads looked at so far. */
  readonly read: number
  /** RFC 3339 UTC: when counting began. */
  readonly asOf: string
  /** Some of those for whom it holds. */
  readonly sample: readonly AudienceLead[]
}

export interface CountAudiencePorts extends ReadAudiencePorts {
  readonly lanes: number
  readonly counts: CountLanes
  readonly enqueueAudience: EnqueueAudience
}

const sampleSize = 10
/** Pages that one request reads itself: some two seconds' work. More are counted by a worker. */
const pagesAtOnce = 30
/** A count that ended longer ago is made anew, in ms. */
const countLasts = 5 * 60_000

const keyOf = ({ where, purpose }: CountQuestion, { playbook }: Rules): string => {
  const text = JSON.stringify([where, purpose ?? null, playbook.version])
  return `${hashText(text)}-${hashText(`${text}.`)}`
}

/** Counts as far as one request goes. */
const countNow = async (ports: CountAudiencePorts, asked: CountQuestion): Promise<AudienceCount> => {
  const asOf = ports.clock()
  let [tally, read, pages] = [nobodyYet, 0, 0]
  const sample: AudienceLead[] = []
  for (let lane = 0; lane < ports.lanes; lane += 1) {
    let cursor: string | undefined
    do {
      if (pages === pagesAtOnce) return { ...tally, exact: false, read, asOf, sample }
      const page = await readPage(ports, asked, lane, cursor)
      pages += 1
      read += page.read
      tally = page.members.reduce((sum, { verdict }) => countMember(sum, verdict), tally)
      sample.push(...page.members.slice(0, sampleSize - sample.length).map(({ lead }) => lead))
      cursor = page.next
    } while (cursor !== undefined)
  }
  return { ...tally, exact: true, read, asOf, sample }
}

/** Has every lane counted by the worker, unless that is on its way or was done just now. @returns how far it is. */
const countByWorker = async (
  ports: CountAudiencePorts,
  asked: CountQuestion,
): Promise<readonly CountLane[]> => {
  const [key, now] = [keyOf(asked, ports.rules), ports.clock()]
  const found = await Promise.all(
    Array.from({ length: ports.lanes }, (_, lane) => ports.counts.load(key, lane)),
  )
  const known = found.filter((lane) => lane !== undefined)
  const isRunning = known.some(({ finishedAt }) => finishedAt === undefined)
  const isFresh = known.every(({ startedAt }) => addMilliseconds(startedAt, countLasts) > now)
  if (known.length === ports.lanes && (isRunning || isFresh)) return known
  const begun = await Promise.all(
    found.map((current, lane) =>
      unlessConflict(
        ports.counts.commit({
          ...{ key, lane, countId: now, where: asked.where, startedAt: now },
          ...(asked.purpose !== undefined && { purpose: asked.purpose }),
          ...{ tally: nobodyYet, read: 0, page: 0, version: current?.version ?? 0 },
        }),
      ),
    ),
  )
  const lanes = begun.filter((lane) => lane !== undefined)
  await Promise.all(lanes.map(({ lane }) => ports.enqueueAudience({ ...countMessage(key, now, lane, 0) })))
  return lanes
}

/**
 * How many leads a condition holds for and how many of them would be mailed: exact where one request can look at them all;
 * else a worker counts, and each further question says how far it is until it is exact.
 */
export const makeCountAudience =
  (ports: CountAudiencePorts) =>
  async (asked: CountQuestion): Promise<AudienceCount> => {
    const begun = await countNow(ports, asked)
    if (begun.exact) return begun
    const lanes = await countByWorker(ports, asked)
    const exact = lanes.length === ports.lanes && lanes.every(({ finishedAt }) => finishedAt !== undefined)
    const read = lanes.reduce((sum, lane) => sum + lane.read, 0)
    if (!exact && read < begun.read) return begun
    const asOf = lanes.map(({ startedAt }) => startedAt).sort()[0] ?? begun.asOf
    return { ...addTallies(lanes.map(({ tally }) => tally)), exact, read, asOf, sample: begun.sample }
  }

const countMessage = (key: string, countId: string, lane: number, page: number) =>
  ({ type: 'count', key, countId, lane, page }) as const

export const countMessageSchema = z.object({
  type: z.literal('count'),
  key: z.string(),
  countId: z.string(),
  lane: z.int(),
  page: z.int(),
})

/** Pages that one message is worth. */
const pagesPerMessage = 10

export type TakeCountPorts = ReadAudiencePorts & Pick<CountAudiencePorts, 'counts' | 'enqueueAudience'>

/** Counts some pages of a lane, turns to the next in one conditional write, and says so. A repeat counts nothing twice. */
export const makeTakeCount =
  (ports: TakeCountPorts) =>
  async ({ key, countId, lane, page }: z.infer<typeof countMessageSchema>): Promise<void> => {
    const { counts, enqueueAudience, clock, rules } = ports
    const current = await counts.load(key, lane)
    if (current?.countId !== countId || current.finishedAt !== undefined) return
    const say = (next: number, seconds = 0) =>
      enqueueAudience(countMessage(key, countId, lane, next), seconds)
    const lookAgain = (taken: { readonly turnedAt?: string }) => {
      const seconds = lookAgainAfter(taken, clock())
      return seconds === 0 ? say(page + 1) : say(page, seconds)
    }
    if (current.page === page + 1) return lookAgain(current)
    if (current.page !== page) return
    const asked = readWhere(current.where, rules)
    let { tally, read, next } = current
    let isOver = 'errors' in asked
    for (let done = 0; done < pagesPerMessage && !isOver; done += 1) {
      if ('errors' in asked) break
      const { condition } = asked
      const found = await readPage(ports, { condition, purpose: current.purpose }, lane, next)
      tally = found.members.reduce((sum, { verdict }) => countMember(sum, verdict), tally)
      read += found.read
      next = found.next
      isOver = next === undefined
    }
    const { next: _next, ...rest } = current
    const turned = { ...rest, tally, read, page: page + 1, turnedAt: clock() }
    const standing = await unlessConflict(
      counts.commit(
        isOver ? { ...turned, finishedAt: clock() } : { ...turned, ...(next !== undefined && { next }) },
      ),
    )
    if (!isOver) await (standing ? say(standing.page) : lookAgain(turned))
  }
