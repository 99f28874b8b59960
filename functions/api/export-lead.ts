import * as z from 'zod/mini'
import { consentHistory } from '../../domain/consent/preferences.ts'
import { type Explanation, explain } from '../../domain/lead/explain.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import { type Fact, parseLeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Browsers } from '../erasure-ports.ts'
import type { Bus, Clock, Leads } from '../ports.ts'
import type { Send, Sends } from '../send-ports.ts'
import type { Deliveries } from '../webhook-ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  type KnownLead,
  type leadPageQuery,
  otherCursor,
  toCursor,
  withLead,
} from './api-request.ts'
import type { ShowLeadPorts } from './show-lead.ts'

/** Lambda responses are limited to 6 MB, counted after the JSON is escaped once more. */
const largestPart = 4_500_000

/** The lists that may be long, in order of export. */
const listNames = [
  'activities',
  'explained',
  'emails',
  'consentHistory',
  'sequences',
  'handoffs',
  'browsers',
  'webhooks',
] as const

type ListName = (typeof listNames)[number]

/** Computed only when a part reaches them. */
type ExportLists = Readonly<Record<ListName, () => readonly unknown[]>>

/** Position in an export, and the moment that it shows. */
interface ExportPlace {
  readonly exportedAt: string
  readonly list: number
  readonly row: number
}

const place = z.object({
  exportedAt: z.iso.datetime(),
  list: z.int().check(z.minimum(0), z.maximum(listNames.length - 1)),
  row: z.int().check(z.minimum(0)),
})

/** @returns undefined for a cursor of another list. */
const readExportCursor = (cursor: string): ExportPlace | undefined => {
  try {
    return z.safeParse(place, JSON.parse(cursor)).data
  } catch {
    return undefined
  }
}

const sizeOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(JSON.stringify(value)))

const emptyLists = (): Record<ListName, unknown[]> => ({
  activities: [],
  explained: [],
  emails: [],
  consentHistory: [],
  sequences: [],
  handoffs: [],
  browsers: [],
  webhooks: [],
})

interface ExportPart {
  readonly lists: Readonly<Record<ListName, readonly unknown[]>>
  /** Cursor of the next part. */
  readonly next?: string
}

/**
 * As many rows from `from` as fit into one response, at least one. A row is never split.
 * @param beside the rest of the response.
 */
const exportPart = (lists: ExportLists, from: ExportPlace, beside: unknown): ExportPart => {
  const taken = emptyLists()
  let size = sizeOf(beside)
  let isFirst = true
  for (const [list, name] of listNames.entries()) {
    if (list < from.list) continue
    const begin = list === from.list ? from.row : 0
    for (const [offset, item] of lists[name]().slice(begin).entries()) {
      size += sizeOf(item)
      if (size > largestPart && !isFirst)
        return { lists: taken, next: toCursor(JSON.stringify({ ...from, list, row: begin + offset })) }
      taken[name].push(item)
      isFirst = false
    }
  }
  return { lists: taken }
}

/** Data that the export declares as not kept. */
const notKept = [
  'The text of the emails: it is rendered when an email is sent, from the email of that id, language and playbook version and from the attributes of that time, and is not stored.',
  'The address of the computer from which a link or picture was asked for.',
] as const

/** An event of an email: a click with its link, a bounce with its kind. */
const eventOf = ({ type, occurredAt, properties }: Fact): JsonObject => {
  const { email: _email, sendId: _sendId, ...what } = properties
  return { type: type.replace('email.', ''), at: occurredAt, ...what }
}

/** The emails to a person, oldest first, with the stored events of each. */
export const exportEmails = (sends: readonly Send[], facts: readonly Fact[]) =>
  sends
    .map(({ request, cause: _cause, leaseUntil: _lease, lapses: _lapses, marketing, ...send }) => ({
      ...send,
      kind: marketing ? 'marketing' : 'transactional',
      recipient: request.recipient,
      sequence: request.run?.sequence ?? null,
      step: request.run?.step ?? null,
      playbookVersion: request.playbookVersion ?? null,
      events: facts
        .filter(({ type, properties }) => type.startsWith('email.') && properties.sendId === send.sendId)
        .map(eventOf),
    }))
    .toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : a.requestedAt > b.requestedAt ? 1 : 0))

export interface ExportLeadPorts extends ShowLeadPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly browsers: Browsers
  readonly deliveries: Pick<Deliveries, 'list'>
}

/** Without the fields for optimistic locking and publishing, which mean nothing outside. */
const plain = <Stored extends { readonly version: number; readonly outbox: unknown }>({
  version: _version,
  outbox: _outbox,
  ...rest
}: Stored) => rest

/** Gathers a lead's data at the moment of the export. Later records are left out, so that all parts count the same rows. */
const gather = async (ports: ExportLeadPorts, lead: KnownLead, { exportedAt }: ExportPlace, now: string) => {
  const facts = lead.facts.filter(({ recordedAt }) => recordedAt === undefined || recordedAt <= exportedAt)
  const leadIds = [lead.leadId, ...lead.members]
  const ofAll = async <Part>(list: (leadId: typeof lead.leadId) => Promise<readonly Part[]>) =>
    (await Promise.all(leadIds.map((leadId) => list(leadId)))).flat()
  const [runs, sends, handoffs, browsers, webhooks] = await Promise.all([
    ofAll(ports.runs.list),
    ofAll(ports.sends.list),
    ofAll(ports.handoffs.list),
    ofAll(ports.browsers.list),
    ofAll(ports.deliveries.list),
  ])
  let explained: Explanation | undefined
  const explanation = (): Explanation => {
    explained ??= explain(facts, ports.rules, now, lead.email)
    return explained
  }
  const lists: ExportLists = {
    activities: () => facts,
    explained: () => explanation().rules,
    emails: () => exportEmails(sends, facts),
    consentHistory: () => consentHistory(facts),
    sequences: () => runs.map(plain),
    handoffs: () => handoffs.map(plain),
    browsers: () => browsers,
    webhooks: () => webhooks,
  }
  return { lists, explanation }
}

/** The rest of the first part. */
const headOf = (lead: KnownLead, { rules }: ExportLeadPorts) => {
  const { members, now } = lead
  const state = foldLead(lead.facts, rules, now)
  if (!state) throw new Error('a lead without facts')
  return {
    lead: { ...summariseLead({ ...lead, state }, rules, now), merged: members },
    attributes: state.attributes,
    ...(state.unconfirmed && { unconfirmed: state.unconfirmed }),
    ...(state.claims && { claims: state.claims }),
    ...(state.confirmed && { confirmed: state.confirmed }),
    consent: state.consent,
    suppression: state.suppression ?? null,
    state,
    notKept,
  }
}

/**
 * Everything held on a person (GDPR art. 15 and 20), including merged leads, as one JSON document. If it exceeds one response,
 * the lists continue in further parts (`next`), each row once.
 */
export const makeExportLead = (ports: ExportLeadPorts) =>
  withLead(ports, async (lead, { query }: ApiRequest<z.infer<typeof leadPageQuery>>): Promise<ApiResult> => {
    const { cursor } = query
    const begin: ExportPlace = { exportedAt: ports.clock(), list: 0, row: 0 }
    const from = cursor === undefined ? begin : readExportCursor(cursor)
    if (!from) return otherCursor
    const now = lead.isAsked ? lead.now : from.exportedAt
    const { lists: all, explanation } = await gather(ports, lead, from, now)
    const isFirst = cursor === undefined
    const { rules: _rules, ...current } = isFirst ? explanation() : {}
    const head = isFirst ? { ...headOf(lead, ports), explanation: current } : {}
    const { lists, next } = exportPart(all, from, head)
    const { explained: rules, ...others } = lists
    const body = {
      exportedAt: now,
      ...head,
      ...others,
      explanation: { ...current, rules },
      ...(next !== undefined && { next }),
    }
    return { type: 'ok', body }
  })

export interface EraseLeadRoutePorts {
  readonly leads: Pick<Leads, 'load'>
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
}

/** Requests erasure: 202, and a queue does the work. Repeats change nothing. */
export const makeEraseLeadRoute =
  ({ leads, bus, clock }: EraseLeadRoutePorts) =>
  async ({ params }: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(params.leadId)
    const lead = leadId && (await leads.load(leadId))
    if (!lead) return { type: 'not-found', detail: 'There is no lead with this id.' }
    const id = `${lead.leadId}:erase:request`
    await bus.publish([
      {
        id,
        type: 'ErasureRequested',
        occurredAt: clock(),
        causationId: id,
        correlationId: id,
        leadId: lead.leadId,
        data: { because: 'request' },
      },
    ])
    return { type: 'accepted', body: { status: 'accepted' } }
  }
