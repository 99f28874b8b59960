import type { LeadId } from '../../domain/model/activity.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { digest } from '../adapters/digest.ts'
import { memoryEventBus, memoryTimers } from '../adapters/memory-event-bus.ts'
import { memoryHandoffs } from '../adapters/memory-handoffs.ts'
import { memoryAccounts, memoryLeads } from '../adapters/memory-leads.ts'
import { memoryFormStamps, memoryPlaybooks, memoryTokens } from '../adapters/memory-playbooks.ts'
import { memoryRunList, memoryRuns, memorySequenceStates } from '../adapters/memory-runs.ts'
import {
  type MailedEmail,
  memoryCapPlaces,
  memoryConfirmationPlaces,
  memoryMailer,
  memorySendingStates,
  memorySends,
} from '../adapters/memory-sends.ts'
import { rulesOf } from '../compiled-rules.ts'
import { type HitKind, makeReadHit, makeRecordHit } from '../intake/record-hit.ts'
import {
  consentsOf,
  makeConfirmConsent,
  makeReadConfirmation,
  visitorOf,
} from '../preferences/confirm-consent.ts'

export const mailSource = 'aws.ses'

type Notice = 'Send' | 'Delivery'

/** What SES tells of a message (Amazon SES developer guide, "Event record"): as much of it as is read. */
const mailNotice = ({ messageId, tags }: MailedEmail, type: Notice, at: string) => ({
  eventType: type,
  mail: {
    timestamp: at,
    messageId,
    tags: Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]])),
  },
  ...(type === 'Delivery' && { delivery: { timestamp: at } }),
})

const addressesIn = (html: string, attribute: RegExp): readonly string[] =>
  [...html.matchAll(attribute)].map(([, address = '']) => address.replaceAll('&amp;', '&'))

/** Addresses of the links in an email. */
const linksOf = ({ html }: MailedEmail): readonly string[] => addressesIn(html, /href="(https?:[^"]+)"/g)

/** Addresses of the pictures in an email. */
const picturesOf = ({ html }: MailedEmail): readonly string[] => addressesIn(html, /src="(https?:[^"]+)"/g)

interface SystemOptions {
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
      bus.put(mailSource, 'Email Event', mailNotice(email, type, time.now))
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
    enqueueNurture: async () => {},
    // No process dies between an answer and telling it.
    enqueueHandoff: async () => {},
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
    timersOf: {
      record: memoryTimers(),
      nurture: memoryTimers(),
      handoff: memoryTimers(),
      send: memoryTimers(),
    },
    playbooks: memoryPlaybooks(playbook),
    tokens: memoryTokens(),
    // A rehearsed email is looked at nowhere.
    keepAssets: async () => {},
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

/** The timer that fires next, and whose queue its message comes to. */
export const nextTimer = ({ timersOf }: System) =>
  (['record', 'nurture', 'handoff', 'send'] as const)
    .flatMap((worker) => {
      const timers = timersOf[worker]
      const at = timers.nextAt()
      return at === undefined ? [] : [{ worker, timers, at }]
    })
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))[0]

/** Why something could not be done; undefined: it was. */
export type Refused = string | undefined

/** The lead's own inbox, and what it does with what is in it. */
export const makeMailbox = (system: System) => {
  const { mailer, publicUrl } = system
  const readHit = makeReadHit(system)
  const recordHit = makeRecordHit(system)
  const readConfirmation = makeReadConfirmation(system)
  const confirmConsent = makeConfirmConsent(system)

  const received = (email: string): MailedEmail | undefined =>
    mailer.outbox.findLast(({ tags }) => tags.email === email && tags.recipient === 'lead')

  const follow = async (
    kind: HitKind,
    email: string,
    addressesIn: (mail: MailedEmail) => readonly string[],
  ): Promise<Refused> => {
    const mail = received(email)
    if (!mail) return `the email "${email}" was not sent`
    const path = `${publicUrl}/${kind === 'click' ? 'c' : 'o'}/`
    const token = addressesIn(mail)
      .find((address) => address.startsWith(path))
      ?.slice(path.length)
    const hit = token === undefined ? undefined : readHit(kind, token)
    if (token === undefined || !hit)
      return kind === 'click' && linksOf(mail).every((address) => address.startsWith(publicUrl))
        ? `the email "${email}" has no link to click`
        : `nobody learns of it: the lead's consent does not cover tracking in "${email}"`
    await recordHit(token, hit, { method: 'GET' })
    return undefined
  }

  return {
    /** Mail programs load the picture that tells of opening. */
    open: (email: string): Promise<Refused> => follow('open', email, picturesOf),
    /** Clicks the first link that leads to the company. */
    click: (email: string): Promise<Refused> => follow('click', email, linksOf),
    /** Opens the link of the form's latest confirmation email, and pushes the button there. */
    confirm: async (form: string): Promise<Refused> => {
      const asked = mailer.outbox
        .flatMap(linksOf)
        .filter((link) => link.startsWith(`${publicUrl}/confirm/`))
        .map((link) => link.slice(`${publicUrl}/confirm/`.length))
      if (asked.length === 0) return 'no confirmation email was sent'
      const confirmation = asked
        .map((token) => readConfirmation(token, system.clock()))
        .findLast((read) => read?.formId === form)
      if (!confirmation) return `no confirmation link of the form "${form}" is valid`
      const facts = await system.leads.facts(confirmation.leadId)
      await confirmConsent(confirmation, consentsOf(confirmation, facts), visitorOf(confirmation, facts))
      return undefined
    },
  }
}
