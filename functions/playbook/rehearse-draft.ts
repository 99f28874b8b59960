import * as z from 'zod/mini'
import { trackingPurpose } from '../../domain/lead/consent.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { isError } from '../../domain/playbook/fault.ts'
import type { Rehearsed } from '../../domain/rehearsal/journal.ts'
import { rehearsalOfKnown } from '../../domain/rehearsal/known-lead.ts'
import { type PlannedDeed, type Rehearsal, usualLength } from '../../domain/rehearsal/rehearsal.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { type ApiRequest, type ApiResult, oneOf, shortText, type Texts } from '../api/api-request.ts'
import { leadNamed } from '../emails/find-preview.ts'
import type { PlaybookStore } from '../playbook-ports.ts'
import type { Clock, LeadList, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { type CheckDraftPorts, faultErrors, makeCheckDraft } from './check-draft.ts'
import { parseFiles, readStanding, withChanges } from './draft-files.ts'

export interface RehearseDraftPorts extends CheckDraftPorts {
  readonly store: Pick<PlaybookStore, 'draft' | 'live'>
  readonly leads: Pick<Leads, 'load' | 'factsWithin'>
  readonly list?: Pick<LeadList, 'byAddress'>
  readonly clock: Clock
  readonly rehearse: (rehearsal: Rehearsal, playbook: Playbook) => Promise<Rehearsed>
}

const longest = 365
const days = `must be a whole number from 1 to ${longest}`
const day = 86_400_000

export const rehearseBody = z.object({
  /** Files that differ from the draft, or from what is live where there is none. */
  changes: z.optional(z.unknown()),
  /** Begins at once, whatever it usually begins with. */
  sequence: shortText(64),
  /** Id or address of somebody who is known. */
  lead: shortText(320),
  /** Attributes of somebody who is made up. */
  person: z.optional(
    z.record(z.string(), z.union([z.string().check(z.maxLength(500)), z.number(), z.boolean()])),
  ),
  /** What they do with every email an hour after it came. */
  reads: oneOf(['opens', 'clicks']),
  days: z.optional(z.number(days).check(z.int(days), z.minimum(1, days), z.maximum(longest, days))),
})

type Asked = z.infer<typeof rehearseBody>

/** More than this takes longer than anybody waits. */
const mostFacts = 2_000

/** Nobody has this address. */
const madeUp = 'rehearsal@example.invalid'

const did = (at: string, activity: string, properties: JsonObject): PlannedDeed => ({
  at,
  deed: { type: 'activity', activity, properties },
})

/** Everything that somebody may agree to. */
const purposesIn = ({ settings, forms, emails }: Playbook): readonly string[] => [
  ...new Set([
    trackingPurpose,
    ...Object.keys(settings.purposes ?? {}),
    ...Object.values(forms).flatMap(({ purpose }) => purpose ?? []),
    ...Object.values(emails).flatMap((versions) =>
      Object.values(versions).flatMap(({ purpose }) => purpose ?? []),
    ),
  ]),
]

/** Somebody who has agreed to everything, and is known from now on. */
const madeUpPerson = (person: JsonObject, playbook: Playbook, now: string, until: string): Rehearsal => ({
  ...{ subject: { email: madeUp }, start: now, until, mailReportsFrom: now },
  deeds: [
    did(now, 'profile.updated', { fields: person }),
    ...purposesIn(playbook).map((purpose) => did(now, 'consent.granted', { purpose })),
  ],
})

const unknownLead: ApiResult = {
  type: 'bad-input',
  errors: [{ path: 'lead', message: 'is not a known lead' }],
}

type Found = { readonly type: 'rehearsal'; readonly rehearsal: Rehearsal } | ApiResult

/** Who is rehearsed: somebody who is known, with all they did, or somebody who is made up. */
const makeFindRehearsal =
  ({ leads, list, clock }: RehearseDraftPorts) =>
  async ({ lead: named, person = {}, days: length }: Asked, playbook: Playbook): Promise<Found> => {
    const now = clock()
    const until = addMilliseconds(now, length === undefined ? usualLength : length * day)
    if (named === undefined)
      return { type: 'rehearsal', rehearsal: madeUpPerson(person, playbook, now, until) }
    const leadId = await leadNamed(list, playbook, named)
    const lead = leadId && (await rootLead(leads, leadId))
    if (!lead) return unknownLead
    const facts = await leads.factsWithin(lead.leadId, mostFacts)
    if (!facts)
      return {
        type: 'too-much',
        detail: `This lead has more than ${mostFacts} activities: nobody would wait for that.`,
      }
    const { email } = lead
    return {
      type: 'rehearsal',
      rehearsal: rehearsalOfKnown({ leadId: lead.leadId, email, facts, now, until }),
    }
  }

/** `POST /api/playbook/rehearse`: what would happen, from now on. */
export interface RehearsedDraft extends Rehearsed {
  /** From when on it is rehearsed; what is earlier happened. */
  readonly from: string
  readonly until: string
}

/** Plays somebody through the draft, or through what is live where there is none. Nothing is sent, and nothing is kept. */
export const makeRehearseDraft = (ports: RehearseDraftPorts) => {
  const checkDraft = makeCheckDraft(ports)
  const findRehearsal = makeFindRehearsal(ports)
  return async ({ body }: ApiRequest<Texts, Asked>): Promise<ApiResult> => {
    const changed = parseFiles({ changes: body.changes ?? {} })
    if (changed.type === 'refused') return { type: 'bad-input', errors: changed.errors }
    const { files, live } = await readStanding(ports)
    const asked = changed.type === 'changes' ? withChanges(files, changed.changes) : files
    const { playbook, faults } = await checkDraft(asked, live)
    if (!playbook) return { type: 'bad-input', errors: faultErrors(faults.filter(isError)) }
    const { sequence, reads } = body
    if (sequence !== undefined && !Object.hasOwn(playbook.sequences, sequence))
      return {
        type: 'bad-input',
        errors: [{ path: 'sequence', message: 'is not a sequence of the playbook' }],
      }
    const found = await findRehearsal(body, playbook)
    if (found.type !== 'rehearsal') return found
    const { rehearsal } = found
    const { mailReportsFrom: from, until } = rehearsal
    const begins: readonly PlannedDeed[] =
      sequence === undefined ? [] : [{ at: from, deed: { type: 'enter', sequence } }]
    const deeds = [...rehearsal.deeds, ...begins]
    const rehearsed = await ports.rehearse({ ...rehearsal, deeds, ...(reads && { reads }) }, playbook)
    const entries = rehearsed.entries.filter(({ at }) => at >= from)
    const answer: RehearsedDraft = { ...rehearsed, entries, from, until }
    return { type: 'ok', body: answer }
  }
}
