import { rowsVersion } from '../../domain/kpi/row.ts'
import { type DirectoryOrder, tellingWords } from '../../domain/lead/directory.ts'
import { leadIdOfHandoff, parseLeadId } from '../../domain/model/activity.ts'
import { didYouMeanOneOf } from '../../domain/model/did-you-mean.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Rebuilds } from '../figures-ports.ts'
import type {
  Clock,
  Counted,
  Lead,
  LeadDirectory,
  LeadList,
  LeadPage,
  LeadPlace,
  Leads,
  Order,
  Playbooks,
  RunList,
} from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { makeIsCurrent, standsAt } from '../sequences/show-flow.ts'
import { knownSequence } from '../sequences/steer-sequence.ts'
import type { RoundRobins } from '../webhook-ports.ts'

export interface LeadSourcePorts {
  readonly leads: Pick<Leads, 'load'>
  readonly list: Pick<LeadList, 'byAddress' | 'page' | 'count'>
  readonly directory: LeadDirectory
  readonly clock: Clock
  readonly rules: Rules
  readonly playbooks: Pick<Playbooks, 'version'>
  readonly runList: Pick<RunList, 'page' | 'counts'>
  readonly rounds: Pick<RoundRobins, 'counted'>
}

/** Where candidates for a list come from. */
export interface LeadSource {
  /** In an order of its own; a page may be short of `limit` and still have a next one. */
  readonly page: (place: LeadPlace) => Promise<LeadPage>
  /** Whether its order is the one that was asked for. */
  readonly isSorted: boolean
  /** Whether it holds all that the search finds, so that nobody need be passed over. */
  readonly isWhole: boolean
  /** All that it has; undefined where it may be more than `most`. @default pages tell */
  readonly all?: (most: number) => Promise<readonly Lead[] | undefined>
  /** How many it has. @default nobody knows */
  readonly count?: (most: number) => Promise<Counted>
}

interface Asked {
  /** Words that everybody who is meant is found by. */
  readonly words: readonly string[]
  readonly cursor?: string | undefined
  readonly stage?: string | undefined
  readonly sort?: 'score' | DirectoryOrder | undefined
  readonly order: Order
  readonly anonymous?: 'true' | 'false' | undefined
  readonly owner?: string | undefined
  readonly team?: string | undefined
  /** Nobody but these, whether they have an address or not. */
  readonly ids?: readonly string[] | undefined
  readonly sequence?: string | undefined
  /** Index in its program. */
  readonly step?: number | undefined
}

type Refused = { readonly errors: readonly FieldError[] }

/** The narrowest source that holds everybody who may be meant. */
export const sourceOf = async (ports: LeadSourcePorts, asked: Asked): Promise<LeadSource | Refused> => {
  const { words, cursor, sequence, owner, team, anonymous, stage, sort = 'score', order } = asked
  if (asked.ids !== undefined) return ofIds(ports, asked.ids)
  if (sequence !== undefined) return inSequence(ports, { ...asked, sequence })
  if (owner !== undefined || team !== undefined) return withSales(ports, asked)
  const isKept =
    anonymous !== 'true' && (words.length > 0 || sort !== 'score') && (await ports.directory.isWhole())
  if (isKept && words.length > 0) return inDirectory(ports, tellingWords(words), cursor)
  const count = (most: number): Promise<Counted> => ports.list.count({ stage, most })
  const isWhole = false
  if (isKept && sort !== 'score')
    return {
      page: (place) => ports.directory.page({ ...place, by: sort, order }),
      ...{ isSorted: true, isWhole, count },
    }
  const who = anonymous === 'true' ? 'browsers' : 'people'
  return {
    page: (place) =>
      ports.list.page({
        ...place,
        who,
        ...(stage !== undefined && { stage }),
        ...(sort === 'score' && { order }),
      }),
    ...{ isSorted: sort === 'score', isWhole },
    ...(who === 'people' && { count }),
  }
}

/** Those whom a search finds, by the word that finds the fewest. A cursor begins with the word that it goes on with. */
const inDirectory = async (
  { directory }: LeadSourcePorts,
  words: readonly string[],
  cursor: string | undefined,
): Promise<LeadSource> => {
  const word = words.find((one) => cursor?.startsWith(one)) ?? (await directory.rarest(words)) ?? ''
  const others = words.filter((one) => one !== word)
  return {
    page: (place) => directory.find({ ...place, word, others }),
    all: (most) => directory.findAll({ word, others, most }),
    isSorted: false,
    isWhole: true,
  }
}

/** Leads whose handoff somebody, or a team, has open now. */
const withSales = async (
  { rounds, leads, rules }: LeadSourcePorts,
  { owner, team, stage }: Asked,
): Promise<LeadSource | Refused> => {
  const known = Object.keys(rules.playbook.handoff.teams)
  if (team !== undefined && !known.includes(team))
    return { errors: [{ path: 'team', message: `unknown team${didYouMeanOneOf(team, known)}` }] }
  const counted = await Promise.all((team === undefined ? known : [team]).map(rounds.counted))
  const isTheirs = (one: string): boolean => owner === undefined || one.toLowerCase() === owner.toLowerCase()
  const open = counted.flat().filter(({ isOpen, owner: one }) => isOpen && isTheirs(one))
  const ids = open.map(({ handoffId }) => leadIdOfHandoff(handoffId))
  const { count, ...source } = ofIds({ leads }, ids)
  return stage === undefined ? { ...source, count } : source
}

const ofIds = (
  { leads }: Pick<LeadSourcePorts, 'leads'>,
  given: readonly string[],
): LeadSource & Required<Pick<LeadSource, 'count'>> => {
  const ids = [...new Set(given)].toSorted()
  return {
    page: async ({ limit, cursor = '' }) => {
      const rest = ids.filter((id) => id > cursor)
      const shown = rest.slice(0, limit)
      const found = await Promise.all(
        shown.map(async (id) => {
          const leadId = parseLeadId(id)
          return leadId && rootLead(leads, leadId)
        }),
      )
      const items = found.filter((lead) => lead !== undefined)
      const last = shown.at(-1)
      return rest.length > limit && last !== undefined ? { items, next: last } : { items }
    },
    isSorted: false,
    isWhole: false,
    count: async () => ({ count: ids.length, isAll: true }),
  }
}

const open = ['waiting', 'held'] as const

/** Leads that are in a sequence now, the first to enter it first: those who wait before those who are held. */
const inSequence = (
  { runList, playbooks, leads, rules }: LeadSourcePorts,
  { sequence: id, step, stage }: Asked & { readonly sequence: string },
): LeadSource | Refused => {
  const sequence = knownSequence(rules.playbook, id)
  if (!sequence) return { errors: [{ path: 'sequence', message: 'unknown sequence' }] }
  const isCurrent = makeIsCurrent(playbooks, sequence)
  const personOf = async (run: Run): Promise<readonly Lead[]> => {
    const isThere = step === undefined || ((await isCurrent(run)) && standsAt(run, sequence, step))
    const lead = isThere ? await rootLead(leads, run.leadId) : undefined
    return lead ? [lead] : []
  }
  return {
    page: async ({ limit, cursor: from }) => {
      const status = open.find((one) => from?.startsWith(`${one}:`)) ?? open[0]
      const cursor = from?.slice(status.length + 1) || undefined
      const page = await runList.page({
        sequence: id,
        status,
        limit,
        ...(cursor !== undefined && { cursor }),
      })
      const items = (await Promise.all(page.items.map(personOf))).flat()
      if (page.next === undefined && status === 'held') return { items }
      return { items, next: page.next === undefined ? 'held:' : `${status}:${page.next}` }
    },
    isSorted: false,
    isWhole: false,
    ...(step === undefined &&
      stage === undefined && {
        count: async () => {
          const { waiting, held } = await runList.counts(id)
          return { count: waiting + held, isAll: true }
        },
      }),
  }
}

/** Whether everybody's places were made by the present code: once they were, they stay. */
export const onceWhole = ({ load }: Pick<Rebuilds, 'load'>): LeadDirectory['isWhole'] => {
  let isKnown = false
  return async () => {
    if (isKnown) return true
    const rebuild = await load()
    isKnown = rebuild.rowsVersion === rowsVersion && rebuild.isWhole
    return isKnown
  }
}
