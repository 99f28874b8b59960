import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { RunStep } from '../../domain/model/email-request.ts'
import {
  claimedSince,
  isLimited,
  type Ledger,
  openPlaces,
  type TakenPlace,
} from '../../domain/sending/earlier-emails.ts'
import { emailsOfRun, sendIdOf } from '../../domain/sequence/run.ts'
import type { CapPlaces, Send, Sends } from '../send-ports.ts'

interface RecentEmailsPorts {
  readonly sends: Pick<Sends, 'load' | 'formerSince'>
  readonly places: Pick<CapPlaces, 'load'>
}

/** What limits have to know of one person. */
interface RecentEmails {
  /** Of the root lead, to be committed against. Complete for the time asked about. */
  readonly ledger: Ledger
  readonly places: readonly TakenPlace[]
  /** Those that may have gone out in the time asked about, and what became of those that a place is taken for. */
  readonly emails: readonly Send[]
}

interface Asked {
  /** All of the person, the root lead first. */
  readonly leadIds: readonly [LeadId, ...LeadId[]]
  /** In ms. */
  readonly window: number
  readonly now: string
}

/** Every email's id begins with that of its lead. */
export const leadOf = (sendId: string, otherwise: LeadId): LeadId =>
  parseLeadId(sendId.split(':', 1)[0]) ?? otherwise

/** The ledger with what earlier releases claimed since `from` in it. */
const complete = (ledger: Ledger, former: readonly Send[], from: string): Ledger => {
  const known = new Set(ledger.places.map(({ sendId }) => sendId))
  const missing = former
    .filter(({ sendId, claimedAt }) => !known.has(sendId) && claimedAt >= from)
    .map(({ sendId, claimedAt, request }): TakenPlace => {
      const kind = request.confirmation ? ({ kind: 'confirmation' } as const) : {}
      return { sendId, at: claimedAt, ...kind }
    })
  return { ...ledger, places: [...missing, ...ledger.places], since: from }
}

/** Reads the sends that a lead's ledger names, all in one request. */
export const recentEmails = async (
  { sends, places }: RecentEmailsPorts,
  { leadIds, window, now }: Asked,
): Promise<RecentEmails> => {
  const from = claimedSince(now, window)
  const ledgerOf = async (leadId: LeadId): Promise<Ledger> => {
    const ledger = await places.load(leadId)
    if (ledger.since !== undefined && ledger.since <= from) return ledger
    return complete(ledger, (await sends.formerSince(leadId, from)).filter(isLimited), from)
  }
  const [root] = leadIds
  const [ledger, ...others] = await Promise.all([ledgerOf(root), ...leadIds.slice(1).map(ledgerOf)])
  const taken = openPlaces(ledger.places, now)
  const noted = [ledger, ...others].flatMap((one) => one.places).filter(({ at }) => at >= from)
  const ids = [...new Set([...noted, ...taken].map(({ sendId }) => sendId))]
  const read = await Promise.all(ids.map((sendId) => sends.load(leadOf(sendId, root), sendId)))
  return { ledger, places: taken, emails: read.flatMap((one) => one ?? []) }
}

/** Steps that are looked at one by one; of more, all emails of the run are asked for. */
const mostSteps = 25

/** Ids of the emails that the steps of a run before this one may have asked for. */
export const earlierIds = ({ runId, step }: RunStep): readonly string[] =>
  step > mostSteps ? [] : Array.from({ length: step }, (_, index) => sendIdOf(runId, index))

/** The emails of a run that came before those of this step. */
export const earlierOfRun = async (
  sends: Pick<Sends, 'load' | 'list'>,
  leadId: LeadId,
  run: RunStep,
): Promise<readonly Send[]> => {
  if (run.step > mostSteps) return sends.list(leadId, emailsOfRun(run.runId))
  const read = await Promise.all(earlierIds(run).map((sendId) => sends.load(leadId, sendId)))
  return read.flatMap((one) => one ?? [])
}
