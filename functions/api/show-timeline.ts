import type * as z from 'zod/mini'
import { latestOf, type TimelineEntry, timelineOf } from '../../domain/lead/timeline.ts'
import type { Checkpoints, Lead, Leads } from '../ports.ts'
import type { Send, Sends } from '../send-ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  askedFor,
  isResult,
  type KnownLeadPorts,
  type leadPageQuery,
  otherCursor,
  readLog,
  toCursor,
} from './api-request.ts'
import { withUnsent } from './show-lead.ts'

export interface ShowTimelinePorts extends KnownLeadPorts {
  readonly leads: KnownLeadPorts['leads'] & Pick<Leads, 'tail'>
  readonly checkpoints: Pick<Checkpoints, 'load'>
  readonly sends: Pick<Sends, 'list'>
}

/** Bytes of one page: Lambda's limit is 6 MB, and a single form may hold 64 KB. */
const pageBytes = 3_000_000

/** As many of `entries` as fit on a page, at least one. */
const fitting = (entries: readonly TimelineEntry[]): readonly TimelineEntry[] => {
  let left = pageBytes
  const end = entries.findIndex((entry) => {
    left -= Buffer.byteLength(JSON.stringify(entry))
    return left < 0
  })
  return end < 0 ? entries : entries.slice(0, Math.max(1, end))
}

interface Page {
  readonly limit: number
  /** Id of the last entry of the previous page. */
  readonly cursor?: string | undefined
}

/** @param isAll whether no entries follow. @returns undefined if the page is not completely within `entries`. */
const pageOf = (
  entries: readonly TimelineEntry[],
  { limit, cursor }: Page,
  isAll: boolean,
): { readonly items: readonly TimelineEntry[]; readonly next?: string } | undefined => {
  const from = cursor === undefined ? 0 : entries.findIndex(({ id }) => id === cursor) + 1
  if (cursor !== undefined && from === 0) return undefined
  if (!isAll && from + limit > entries.length) return undefined
  const items = fitting(entries.slice(from, from + limit))
  const last = items.at(-1)
  const hasMore = !isAll || (last !== undefined && from + items.length < entries.length)
  return { items, ...(last && hasMore && { next: toCursor(last.id) }) }
}

/**
 * The entries since the oldest checkpoint of the lead, which takes a few hundred facts however long the log is.
 * @returns undefined if there is no checkpoint, or only the whole log will do.
 */
const latestEntries = async (
  { leads, checkpoints, rules }: ShowTimelinePorts,
  { leadId, members = [], email, checkpoints: kept = [] }: Lead,
  sends: readonly Send[],
  now: string,
): Promise<readonly TimelineEntry[] | undefined> => {
  for (const ref of kept) {
    const before = await checkpoints.load(leadId, ref)
    if (!before) continue
    const facts = await leads.tail(leadId, ref.last, members)
    const timeline = latestOf(before, facts, { rules, now, email })
    const entries = timeline && withUnsent(timeline, sends, leadId, now)
    return entries?.filter(({ occurredAt }) => occurredAt > ref.last.occurredAt)
  }
  return undefined
}

/** Activities with their consequences and unsent emails, newest first; a page starts after the cursor's activity. */
export const makeShowTimeline =
  (ports: ShowTimelinePorts) =>
  async (request: ApiRequest<z.infer<typeof leadPageQuery>>): Promise<ApiResult> => {
    const asked = await askedFor(ports, request)
    if (isResult(asked)) return asked
    const { lead, at } = asked
    const family = [lead.leadId, ...(lead.members ?? [])]
    const sends = (await Promise.all(family.map((leadId) => ports.sends.list(leadId)))).flat()
    const latest = at === undefined ? await latestEntries(ports, lead, sends, ports.clock()) : undefined
    const newest = latest && pageOf(latest, request.query, false)
    if (newest) return { type: 'ok', body: newest }

    const known = await readLog(ports, asked)
    if (isResult(known)) return known
    const timeline = timelineOf(known.facts, ports.rules, known.now, known.email)
    const found = pageOf(withUnsent(timeline, sends, known.leadId, known.now), request.query, true)
    return found ? { type: 'ok', body: found } : otherCursor
  }
