import { isDeepStrictEqual } from 'node:util'
import { type Row, rowColumns } from '../../domain/kpi/row.ts'
import { compareRows, costRow, rowsOf } from '../../domain/kpi/rows-of.ts'
import { extendLead, foldLead } from '../../domain/lead/fold.ts'
import { type Item, partitionOf, sortOf } from '../../functions/adapters/dynamo-items.ts'
import { addressOf } from './plan.ts'
import type { Kept } from './player.ts'
import type { SentMail, Told, World } from './world.ts'

/** What must hold of every world, and what breaks it: a line for each lead, activity or email. */
export interface Invariant {
  readonly name: string
  broken(world: World): readonly string[]
}

const minute = 60_000
/** By the virtual clock: so long a withdrawal may be on its way. */
const mailMargin = 5 * minute

const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

/** People who were merged with others at some time: what is theirs may have become another's. */
const tangledIn = ({ observed }: World): ReadonlySet<number> =>
  new Set(observed.merges.flatMap(({ person, other }) => [person, other]))

/** What was told of a person, when it cannot have gone with an erasure. */
const outlives = (
  world: World,
  { person, at, occurredAt = at }: Kept,
  tangled: ReadonlySet<number>,
): boolean => {
  if (person === undefined) return true
  const erased = tangled.has(person)
    ? world.observed.erasures.some((one) => tangled.has(one.person))
    : world.observed.erasures.some((one) => one.person === person && occurredAt <= later(one.at, minute))
  return !erased
}

const nothingMissing: Invariant = {
  name: 'nothing that was acknowledged is missing',
  broken: (world) => {
    const tangled = tangledIn(world)
    const stored = new Set(world.facts.map(({ id }) => id))
    const costs = new Set(
      world.items
        .filter((item) => partitionOf(item) === 'COSTS')
        .map((item) => sortOf(item).slice('COST#'.length)),
    )
    return world.observed.kept
      .filter(
        (one) => outlives(world, one, tangled) && !(one.person === undefined ? costs : stored).has(one.id),
      )
      .map(
        ({ id, type, person, at, byBrowser }) =>
          `${type} ${id} of ${byBrowser ? 'the browser of ' : ''}person ${person}, told at ${at}, is in no log`,
      )
  },
}

/** Paths at which two values differ, at most a few. */
const differences = (one: unknown, other: unknown, path = ''): readonly string[] => {
  if (isDeepStrictEqual(one, other)) return []
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return [
      `${path}: ${JSON.stringify(one)?.slice(0, 200)} instead of ${JSON.stringify(other)?.slice(0, 200)}`,
    ]
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  return names
    .flatMap((name) => differences(Reflect.get(one, name), Reflect.get(other, name), `${path}.${name}`))
    .slice(0, 5)
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

const sameAsRefold: Invariant = {
  name: 'every state equals a clean fold of its log',
  broken: ({ histories, leads, rules, now }) =>
    [...histories].flatMap(([leadId, { log }]) => {
      const state = leads.get(leadId)?.state
      if (!state) return [`lead ${leadId} has a log and no state`]
      if (state.rules !== rules.playbook.rulesVersion)
        return [`lead ${leadId} was not folded under the live rules`]
      const stored = extendLead(state, [], rules, now)
      if (!stored) return [`the state of lead ${leadId} has to be folded anew: something due was not done`]
      return differences(plain(stored), plain(foldLead(log, rules, now))).map(
        (line) => `lead ${leadId} ${line}`,
      )
    }),
}

const asText = (row: Row): string =>
  JSON.stringify(
    Object.fromEntries(
      rowColumns.map(({ name }) => [name, typeof row[name] === 'bigint' ? String(row[name]) : row[name]]),
    ),
  )

const sameRows: Invariant = {
  name: 'the rows of the figures equal a recount',
  broken: ({ histories, rules, rows, now, items }) => {
    const costs = items
      .filter((item) => partitionOf(item) === 'COSTS')
      .map(({ cost }) => costRow(JSON.parse(String(cost))))
    const counted = [...[...histories.values()].flatMap((history) => rowsOf(history, rules, now)), ...costs]
    const texts = (all: typeof counted) => all.toSorted(compareRows).map(asText)
    const [stored, due] = [texts([...rows]), texts(counted)]
    const missing = Map.groupBy(due, (text) => text)
    for (const text of stored) {
      const left = missing.get(text)
      if (left && left.length > 1) left.pop()
      else if (left) missing.delete(text)
      else missing.set(`too many: ${text}`, [])
    }
    return [...missing.keys()].map((text) => (text.startsWith('too many') ? text : `missing: ${text}`))
  },
}

/** To whom mail was sent, and by which step: once is enough. */
const onceOf = ({ to, sendId }: SentMail): string => `${to} ${sendId}`

const ofLeads = ({ mails }: World): readonly SentMail[] => mails.filter(({ sendId }) => sendId !== '')

/** Two of one email are forgiven where SES's events were lost and a sender died: nobody can know. */
const mayComeTwice = (world: World, sendId: string): boolean =>
  world.observed.lostEvents && world.sends.some((send) => send.sendId === sendId && (send.lapses ?? 0) > 0)

export const repeatsForgiven = (world: World): number =>
  [...Map.groupBy(ofLeads(world), onceOf).values()].filter(
    (mails) => mails.length > 1 && mayComeTwice(world, mails[0]?.sendId ?? ''),
  ).length

const noEmailTwice: Invariant = {
  name: 'no email goes out twice',
  broken: (world) => {
    const twice = [...Map.groupBy(ofLeads(world), onceOf)].filter(
      ([, mails]) => mails.length > 1 && !mayComeTwice(world, mails[0]?.sendId ?? ''),
    )
    // A sequence says the same to one mailbox once in each run, whichever of its leads the person was.
    const ofRuns = world.mails.filter(
      ({ recipient, sendId, to }) =>
        recipient === 'lead' && sendId.split(':').length === 4 && !isErased(world, to),
    )
    const again = [
      ...Map.groupBy(ofRuns, ({ to, sendId }) => `${to} ${sendId.split(':').slice(1).join(':')}`),
    ].filter(([, mails]) => new Set(mails.map(({ sendId }) => sendId)).size > 1)
    return [...twice, ...again].map(
      ([what, mails]) =>
        `${what}: ${mails.map(({ at, subject, sendId }) => `${at} «${subject}» ${sendId}`).join(', ')}`,
    )
  },
}

/** Whoever was erased is somebody new afterwards. */
const isErased = ({ observed }: World, address: string): boolean =>
  observed.erasures.some(({ person }) => addressOf(person) === address)

const onlyWithConsent: Invariant = {
  name: 'no marketing email without consent at the moment, none after a withdrawal',
  broken: (world) => {
    const tangled = tangledIn(world)
    const people = new Map(
      Array.from({ length: world.plan.leads }, (_, person) => [addressOf(person), person]),
    )
    return world.mails
      .filter(({ recipient, isMarketing }) => recipient === 'lead' && isMarketing)
      .flatMap(({ to, at, subject, sendId }) => {
        const person = people.get(to)
        if (person === undefined) return [`«${subject}» went to ${to}, who is nobody`]
        if (tangled.has(person)) return []
        const granted = world.observed.grants.findLast((one) => one.person === person && one.at <= at)?.at
        const line = `«${subject}» (${sendId}) went to person ${person} at ${at}`
        if (granted === undefined) return [`${line}, who never agreed`]
        // One that happened before they agreed is over, however late it is told.
        const withdrawn = world.observed.withdrawals.find(
          (one) =>
            one.person === person && one.at <= later(at, -mailMargin) && (one.occurredAt ?? one.at) > granted,
        )
        return withdrawn ? [`${line}, who agreed at ${granted} and withdrew at ${withdrawn.at}`] : []
      })
  },
}

const sendsName: Invariant = {
  name: 'every email that went out is known, and names its consent',
  broken: (world) => {
    const known = new Map(world.sends.map((send) => [send.sendId, send]))
    return world.mails
      .filter(({ recipient, to }) => recipient === 'lead' && !isErased(world, to))
      .flatMap(({ to, at, subject, sendId, leadId, isMarketing }) => {
        const send = known.get(sendId)
        const line = `«${subject}» (${sendId}) to ${to} at ${at}`
        if (!send) return world.leads.get(leadId)?.erased ? [] : [`${line} is known to nobody`]
        if (send.status !== 'sent') return [`${line} is ${send.status} (${send.reason})`]
        if (!isMarketing) return []
        if (send.consent === undefined) return [`${line} names no consent`]
        return world.facts.some(({ id }) => id === send.consent?.factId)
          ? []
          : [`${line} names ${send.consent.factId}, which is in no log`]
      })
  },
}

const sumOf = (numbers: Readonly<Record<string, number>>): number =>
  Object.values(numbers).reduce((sum, one) => sum + one, 0)

const audiencesAddUp: Invariant = {
  name: 'every audience adds up',
  broken: (world) =>
    world.broadcasts.flatMap(({ broadcastId, state, audience }) => {
      const { shown, sent, held, suppressed, failed, exited } = audience
      const told = `broadcast ${broadcastId}: ${JSON.stringify(audience)}`
      const out = new Map(
        world.mails.flatMap(({ sendId, to }) => (sendId.includes(broadcastId) ? [[sendId, to]] : [])),
      )
      // Of whoever was erased since, the report knows nothing any more.
      const forgotten = [...out.values()].filter((to) => isErased(world, to)).length
      return [
        ...(shown === sent + held + sumOf(suppressed) + failed + exited ? [] : [told]),
        ...(sent <= out.size && sent >= out.size - forgotten ? [] : [`${out.size} went out of ${told}`]),
        ...(state === 'sent' && held === 0 ? [] : [`${state}: ${told}`]),
      ]
    }),
}

const importsAddUp: Invariant = {
  name: 'every import adds up',
  broken: ({ imports, observed }) =>
    imports.flatMap((one, index) => {
      const { importId, state, rows, created, updated, unchanged, rejectedRows } = one
      const told = observed.imports[index]?.rows
      const adds = rows === created + updated + unchanged + rejectedRows && rows === told
      return state === 'done' && adds ? [] : [`import ${importId} of ${told} rows: ${JSON.stringify(one)}`]
    }),
}

/** The lead that stands for the person now. */
const rootOf = (leads: World['leads'], leadId: string): string => {
  const into = leads.get(leadId)?.mergedInto
  return into === undefined ? leadId : rootOf(leads, into)
}

const oneHandoff: Invariant = {
  name: 'one handoff a cycle, told once to each of its owners',
  broken: ({ handoffs, leads, mails }) => {
    const open = Map.groupBy(
      handoffs.filter(({ answer }) => answer.state === 'requested'),
      ({ leadId }) => rootOf(leads, leadId),
    )
    const told = Map.groupBy(
      mails.filter(({ recipient }) => recipient === 'owner'),
      ({ sendId }) => sendId,
    )
    return [
      ...[...open].flatMap(([leadId, all]) =>
        all.length > 1
          ? [
              `lead ${leadId} waits for sales ${all.length} times: ${all.map(({ handoffId }) => handoffId).join()}`,
            ]
          : [],
      ),
      ...handoffs.flatMap(({ handoffId, leadId, assignments, answer, requestedAt }) => {
        const notices = [...told.keys()].filter(
          (sendId) => sendId === `${handoffId}:notify` || sendId.startsWith(`${handoffId}:notify:`),
        )
        const due = assignments.filter(({ accepted }) => accepted === undefined).length
        if (leads.get(leadId)?.erased || answer.state !== 'requested')
          return notices.length > due
            ? [`handoff ${handoffId} was told ${notices.length} times to ${due} owners`]
            : []
        return notices.length === due
          ? []
          : [`handoff ${handoffId} of ${requestedAt} was told ${notices.length} times to ${due} owners`]
      }),
    ]
  },
}

const answersStand: Invariant = {
  name: 'an answer of sales stands',
  broken: ({ handoffs, observed }) => {
    const known = new Map(handoffs.map((handoff) => [handoff.handoffId, handoff.answer.state]))
    const good = { accepted: ['accepted', 'won', 'lost'], rejected: ['rejected'] }
    return observed.answers.flatMap(({ handoffId, isAccepted }) => {
      // An erased lead took it along.
      const state = known.get(handoffId)
      return state === undefined || good[isAccepted ? 'accepted' : 'rejected'].includes(state)
        ? []
        : [`handoff ${handoffId} was ${isAccepted ? 'accepted' : 'rejected'} and is ${state}`]
    })
  },
}

/** What follows from a wait or a deadline. Stages, scores and consents are decided again where late facts change them. */
const ofMoments = new Set([
  ...['SequenceStepReached', 'EmailRequested', 'HandoffReminded', 'HandoffEscalated', 'HandoffAssigned'],
])

/** A step of a broadcast that is taken again asks again, at its own time, for the same emails: those go out once. */
const isOfMoment = ({ id, type }: Told): boolean => ofMoments.has(type) && !id.includes(':broadcast.')

/** Whoever acts twice on one moment tells of it twice, at two times: repeats of one decision are the same to the letter. */
const oneDecision: Invariant = {
  name: 'each moment is acted on once, and told the same each time',
  broken: ({ told }) =>
    [...Map.groupBy(told.filter(isOfMoment), ({ id }) => id)].flatMap(([id, all]) => {
      const texts = [...new Set(all.map(({ type, text }) => `${type} ${text}`))]
      return texts.length > 1 ? [`${id}: ${texts.join(' and ')}`] : []
    }),
}

const noPersonalData: Invariant = {
  name: 'no decision on the bus names a person',
  broken: ({ told }) =>
    told
      .filter(({ text }) => /person-\d|browser-\d|Firma \d|Werk \d/.test(text))
      .map(({ type, text }) => `${type} ${text}`),
}

/**
 * What is asked once more when wakes are rebuilt though nothing may be owed: jobs that are over, and qualifications
 * that rightly came to no handoff, such as those that a publication brought.
 */
const isAskedAnyway = (message: string): boolean => /"type":"(begin|part|waiting)"|broadcast/.test(message)

const nothingOverdue: Invariant = {
  name: 'every deadline and wait was acted on, and those to come are set',
  broken: ({ wakes, schedules, now, messages }) =>
    wakes
      .filter(({ message }) => !isAskedAnyway(message))
      .flatMap(({ schedule, at, message }) => {
        if (at <= later(now, 10_000)) return [`due and not done: ${message}`]
        const waits = schedules.has(schedule) || messages.some(({ body }) => body === message)
        return waits ? [] : [`nothing is set for ${at}: ${message}`]
      }),
}

const textOf = (item: Item): string => JSON.stringify(item)

const erasedIsGone: Invariant = {
  name: 'an erased person is in no store, queue, object or dead letter',
  broken: (world) => {
    const { observed, facts, items, messages, deadLetters, leadsInObjects, leads } = world
    const returned = (person: number, since: string): boolean =>
      observed.named.some((one) => one.person === person && one.at >= since)
    const texts = [
      ...items
        .filter((item) => !partitionOf(item).startsWith('AUDIT#'))
        .map((item) => [`item ${partitionOf(item)} ${sortOf(item)}`, textOf(item)] as const),
      ...messages.map(({ queue, body }) => [`queue ${queue}`, body] as const),
      ...deadLetters.map(({ queue, body }) => [`dead letter of ${queue}`, body] as const),
    ]
    const inLogs = new Map(facts.map((fact) => [fact.id, fact]))
    return observed.erasures.flatMap(({ person, leadId, at }) => {
      const told = observed.kept.filter(
        (one) => one.person === person && !one.byBrowser && one.at < at && (one.occurredAt ?? one.at) < at,
      )
      const left = told.flatMap(({ id }) => {
        const fact = inLogs.get(id)
        // What is told again under the same id, as of a time after the erasure, is of the person who began anew.
        return fact && fact.occurredAt < at
          ? [`${id} of person ${person}, erased at ${at}, is in the log of ${fact.leadId}`]
          : []
      })
      const inRows = leadsInObjects.has(leadId)
        ? [`lead ${leadId} of person ${person}, erased at ${at}, is in an object`]
        : []
      const unburied = leads.get(leadId)?.erased
        ? []
        : [`lead ${leadId} of person ${person} was not erased at ${at}`]
      const named = returned(person, at)
        ? []
        : texts
            .filter(([, text]) => text.includes(addressOf(person)))
            .map(([where]) => `${where} names person ${person}, erased at ${at}`)
      return [...left, ...inRows, ...unburied, ...named]
    })
  },
}

const atRest: Invariant = {
  name: 'outboxes, claims and queues are empty',
  broken: ({ leads, runs, handoffs, sends, messages, now, items }) => [
    ...[...leads.values()].flatMap(({ leadId, outbox, owedWakes = [], merge }) => [
      ...(outbox.length > 0 ? [`lead ${leadId} has not told ${outbox.map(({ id }) => id).join()}`] : []),
      ...(owedWakes.length > 0 ? [`lead ${leadId} owes the wakes ${owedWakes.join()}`] : []),
      ...(merge ? [`the merge of lead ${leadId} is not done`] : []),
    ]),
    ...runs.flatMap(({ runId, outbox }) =>
      outbox.length > 0 ? [`run ${runId} has not told ${outbox.map(({ id }) => id).join()}`] : [],
    ),
    ...handoffs.flatMap(({ handoffId, outbox }) =>
      outbox.length > 0 ? [`handoff ${handoffId} has not told ${outbox.map(({ id }) => id).join()}`] : [],
    ),
    ...sends.flatMap(({ sendId, status, leaseUntil }) =>
      status === 'claimed' && leaseUntil < now ? [`send ${sendId} is claimed since ${leaseUntil}`] : [],
    ),
    ...items.flatMap((item) =>
      sortOf(item).startsWith('WAITING#') ? [`rows wait at ${partitionOf(item)} ${sortOf(item)}`] : [],
    ),
    ...messages.map(({ queue, body }) => `queue ${queue} holds ${body.slice(0, 200)}`),
  ],
}

const onlyPlantedLetters: Invariant = {
  name: 'dead letters hold only what was planted',
  broken: ({ deadLetters, observed }) => {
    const planted = ({ body }: { body: string }): string | undefined =>
      observed.poisons.find((mark) => body.includes(`\\"${mark}\\"`) || body.includes(`"${mark}"`))
    const found = new Set(deadLetters.map(planted))
    return [
      ...deadLetters
        .filter((letter) => planted(letter) === undefined)
        .map(({ queue, error, body }) => `${queue}: ${error}: ${body.slice(0, 300)}`),
      ...observed.poisons.filter((mark) => !found.has(mark)).map((mark) => `${mark} is no dead letter`),
    ]
  },
}

const noWrongAnswer: Invariant = {
  name: 'whoever asks gets an answer',
  broken: ({ observed }) => observed.wrong,
}

const oneList: Invariant = {
  name: 'every lead with an address is listed once',
  broken: ({ leads, listed }) => {
    const due = [...leads.values()].flatMap(({ leadId, email, mergedInto, erased }) =>
      email !== undefined && mergedInto === undefined && !erased ? [leadId as string] : [],
    )
    const [shown, people] = [new Set(listed), new Set(due)]
    return [
      ...due.filter((leadId) => !shown.has(leadId)).map((leadId) => `lead ${leadId} is in no list`),
      ...listed
        .filter((leadId, index) => listed.indexOf(leadId) !== index)
        .map((leadId) => `lead ${leadId} is listed twice`),
      ...[...shown]
        .filter((leadId) => !people.has(leadId))
        .map((leadId) => `lead ${leadId} is listed and should not be`),
    ]
  },
}

/** Calls of AWS that a fact or an email takes in the long run, with its share of what is done again under faults. */
const mostCalls = 60
/** What the stack does by itself each day. */
const callsPerDay = 200

const boundedCalls: Invariant = {
  name: 'calls for each activity and email stay bounded',
  broken: ({ calls, facts, mails, plan }) => {
    const most = mostCalls * (facts.length + mails.length) + callsPerDay * (plan.days + 20)
    return calls <= most
      ? []
      : [`${calls} calls for ${facts.length} facts and ${mails.length} emails: more than ${most}`]
  },
}

export const invariants: readonly Invariant[] = [
  nothingMissing,
  sameAsRefold,
  sameRows,
  noEmailTwice,
  onlyWithConsent,
  sendsName,
  audiencesAddUp,
  importsAddUp,
  oneHandoff,
  answersStand,
  nothingOverdue,
  oneDecision,
  noPersonalData,
  erasedIsGone,
  atRest,
  onlyPlantedLetters,
  noWrongAnswer,
  oneList,
  boundedCalls,
]
