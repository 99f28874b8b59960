import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { digest } from '../adapters/digest.ts'
import { memoryAccounts } from '../adapters/memory-accounts.ts'
import { memoryAlarms } from '../adapters/memory-alarms.ts'
import { memoryEventBus } from '../adapters/memory-event-bus.ts'
import { memoryFormStamps } from '../adapters/memory-form-stamps.ts'
import { memoryHandoffs } from '../adapters/memory-handoffs.ts'
import { memoryLeads } from '../adapters/memory-leads.ts'
import { memoryMailer } from '../adapters/memory-mailer.ts'
import { memoryPlaybooks } from '../adapters/memory-playbooks.ts'
import { memoryRunList } from '../adapters/memory-run-list.ts'
import { memoryRuns } from '../adapters/memory-runs.ts'
import { memorySendingStates } from '../adapters/memory-sending.ts'
import { memoryCapPlaces, memoryConfirmationPlaces, memorySends } from '../adapters/memory-sends.ts'
import { memorySequenceStates } from '../adapters/memory-sequence-states.ts'
import { memoryTokens } from '../adapters/memory-tokens.ts'
import { rulesOf } from '../compiled-rules.ts'
import { mailNotice, mailSource } from './mail-notice.ts'

export interface SystemOptions {
  readonly playbook: Playbook
  readonly start: string
  /** @default leads are numbered */
  readonly leadId?: LeadId | undefined
  /** From when on the mail service tells what became of emails. */
  readonly mailReportsFrom: string
}

/** Where links in rehearsed emails lead; nobody answers there. */
const publicUrl = 'https://rehearsal.example'

/** Everything that the functions know of the world, in memory, with a clock that only its owner moves. */
export const makeSystem = ({ playbook, start, leadId, mailReportsFrom }: SystemOptions) => {
  const time = { now: start }
  const clock = () => time.now
  const bus = memoryEventBus(clock)
  const mailer = memoryMailer((email) => {
    if (time.now < mailReportsFrom) return
    for (const type of ['Send', 'Delivery'] as const)
      bus.tell(mailSource, 'Email Event', mailNotice(email, type, time.now))
  })
  const rules = rulesOf(playbook)
  const runs = memoryRuns()
  const handoffs = memoryHandoffs()
  const confirmationPlaces = memoryConfirmationPlaces()
  let facts = 0
  return {
    time,
    clock,
    bus,
    mailer,
    warn: () => undefined,
    playbook,
    publicUrl,
    leads: memoryLeads(leadId === undefined ? undefined : () => leadId),
    runs,
    runList: memoryRunList(runs.items),
    sequences: memorySequenceStates(),
    // Nobody pauses or migrates in a rehearsal.
    tellNurture: async () => {},
    // No process dies between an answer and telling it.
    tellHandoff: async () => {},
    sends: memorySends(),
    places: memoryCapPlaces(),
    confirmationPlaces,
    countUnconfirmed: confirmationPlaces.count,
    // Nobody was there before the one lead.
    suppressionOf: async () => undefined,
    // Nobody pauses sending in a rehearsal.
    sendingStates: memorySendingStates(),
    handoffs,
    rounds: handoffs.rounds,
    accounts: memoryAccounts(),
    // The journal says who it went to, and why.
    alertEmptyTeam: () => {},
    /** By the queue that their messages go to. */
    wakeUps: {
      record: memoryAlarms(),
      nurture: memoryAlarms(),
      handoff: memoryAlarms(),
      send: memoryAlarms(),
    },
    playbooks: memoryPlaybooks(playbook),
    tokens: memoryTokens(),
    markMailbox: (mailbox: string) => mailbox,
    isMarkOf: (mark: string, mailbox: string) => mark === mailbox,
    stamps: memoryFormStamps(),
    rules,
    currentRules: async () => rules,
    pauseUpTo: async () => {},
    newFactId: () => `rehearsed-${++facts}`,
    digest,
    isApiKey: () => false,
  }
}

export type System = ReturnType<typeof makeSystem>

/** The one lead of a rehearsal; undefined until something is recorded. */
export const leadOf = ({ leads }: System): LeadId | undefined =>
  [...leads.items.values()].findLast(({ mergedInto }) => mergedInto === undefined)?.leadId

/** The alarm that goes off next, and whose queue its message comes to. */
export const nextAlarm = ({ wakeUps }: System) =>
  (['record', 'nurture', 'handoff', 'send'] as const)
    .flatMap((worker) => {
      const alarms = wakeUps[worker]
      const at = alarms.nextAt()
      return at === undefined ? [] : [{ worker, alarms, at }]
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))[0]
