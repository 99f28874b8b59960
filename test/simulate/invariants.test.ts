import { describe, expect, it } from 'vitest'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { rowsOf } from '../../domain/kpi/rows-of.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import type { Lead } from '../../functions/ports.ts'
import type { Send } from '../../functions/send-ports.ts'
import { fact, leadIdOf, stored } from '../domain/support/facts.ts'
import { makePlaybook } from '../domain/support/make-playbook.ts'
import { invariants } from './invariants.ts'
import { addressOf } from './plan.ts'
import type { Observed } from './player.ts'
import type { SentMail, World } from './world.ts'

const now = '2026-04-01T00:00:00.000Z'
const rules = compileRules(makePlaybook())
const [leadId, goneId] = [leadIdOf('lead-0001'), leadIdOf('lead-0002')]
const [email, goneEmail] = [addressOf(0), addressOf(1)]
const log = [
  fact('yes', 'consent.granted', '03-01T10:00', { purpose: 'newsletter' }),
  fact('visit', 'page.viewed', '03-01T11:00', { path: '/' }),
].map((one) => ({ ...one, email }))
const history = { leadId, log, handoffs: [], runs: [], sends: [] }
const consent = { purpose: 'newsletter', factId: 'yes' }
const sendId = `${leadId}:interest:1:0`
const handoffId = `${leadId}.1`
const future = '2026-04-02T00:00:00.000Z'
const told = { byBrowser: false, at: '2026-03-01T11:00:01.000Z', person: 0 }
const message = JSON.stringify({ type: 'wake', leadId })

const observed: Observed = {
  kept: [
    { ...told, id: 'yes', type: 'consent.granted' },
    { ...told, id: 'visit', type: 'page.viewed' },
    { ...told, id: 'forgotten', type: 'page.viewed', person: 1 },
  ],
  named: [],
  grants: [{ person: 0, at: '2026-03-01T10:00:01.000Z' }],
  withdrawals: [],
  erasures: [{ person: 1, leadId: goneId, at: '2026-03-10T00:00:00.000Z' }],
  merges: [],
  answers: [],
  imports: [{ importId: 'i', rows: 2 }],
  broadcasts: ['b'],
  poisons: ['poison-1'],
  lostEvents: false,
  wrong: [],
}

const mail: SentMail = {
  ...{ at: '2026-03-02T10:00:00.000Z', subject: 'Hello', to: email, leadId },
  ...{ sendId, recipient: 'lead', isMarketing: true },
}
const notice: SentMail = {
  ...{ at: '2026-03-03T10:00:00.000Z', subject: 'A lead', to: 'anna@sales.example.com', leadId },
  ...{ sendId: `${handoffId}:notify`, recipient: 'owner', isMarketing: false },
}
const ofBroadcast: SentMail = { ...mail, sendId: `${leadId}:broadcast.b:1:0` }
const sendOf = ({ sendId: id }: SentMail) => ({ sendId: id, leadId, status: 'sent', consent }) as Send
const handoff = {
  ...{
    handoffId,
    leadId,
    requestedAt: '2026-03-03T09:00:00.000Z',
    outbox: [],
    answer: { state: 'requested' },
  },
  assignments: [{ team: 'dach', at: '2026-03-03T09:00:00.000Z', because: 'routed' }],
} as unknown as Handoff
const lead = { leadId, email, version: 1, outbox: [], state: stored(foldLead(log, rules, now)) } as Lead
const gone = {
  leadId: goneId,
  version: 0,
  outbox: [],
  erased: { at: '2026-03-10T00:00:00.000Z', family: [goneId] },
} as Lead

const decided = { id: 'lead-0001:reminded', type: 'HandoffReminded', text: '{"leadId":"lead-0001"}' }

/** One in which everything holds: somebody who was mailed, somebody who was erased, and what marketers did. */
const sound: World = {
  plan: { seed: 1, leads: 2, days: 20, actions: [] },
  ...{ observed, now, rules, runs: [], messages: [] },
  items: [{ pk: `L#${leadId}`, sk: 'LEAD', email }],
  leads: new Map([lead, gone].map((one): [string, Lead] => [one.leadId, one])),
  facts: log.map((one) => ({ ...one, leadId, recordedAt: one.occurredAt, isSuperseded: false })),
  sends: [mail, ofBroadcast].map(sendOf),
  handoffs: [handoff],
  histories: new Map([[leadId as string, history]]),
  rows: rowsOf(history, rules, now),
  leadsInObjects: new Set([leadId]),
  mails: [mail, ofBroadcast, notice],
  deadLetters: [{ queue: 'RecordDeadLetters', body: '{"id":"poison-1"}', error: 'not an activity' }],
  wakes: [{ schedule: 's', at: future, message }],
  schedules: new Map([['s', 'timers']]),
  broadcasts: [
    {
      broadcastId: 'b',
      state: 'sent',
      audience: { shown: 2, sent: 1, held: 0, suppressed: { caps: 1 }, failed: 0, exited: 0 },
    },
  ],
  imports: [{ importId: 'i', state: 'done', rows: 2, created: 1, updated: 0, unchanged: 0, rejectedRows: 1 }],
  listed: [leadId],
  calls: 100,
  told: [decided, decided],
}

const seen = (change: Partial<Observed>): Partial<World> => ({ observed: { ...observed, ...change } })
const leadWith = (change: Partial<Lead>): Partial<World> => ({
  leads: new Map([...sound.leads, [leadId as string, { ...lead, ...change }]]),
})
const audience = (change: object): Partial<World> => ({
  broadcasts: sound.broadcasts.map((one) => ({ ...one, audience: { ...one.audience, ...change } })),
})

/** What is wrong with a world, by the invariant that has to see it. */
const falsified: readonly (readonly [invariant: string, what: string, Partial<World>])[] = [
  ['nothing that was acknowledged is missing', 'a lost activity', { facts: sound.facts.slice(1) }],
  [
    'nothing that was acknowledged is missing',
    'a lost cost',
    seen({ kept: [{ id: 'cost', type: 'channel.cost', byBrowser: false, at: now }] }),
  ],
  [
    'every state equals a clean fold of its log',
    'another state',
    leadWith({ state: stored(foldLead(log.slice(1), rules, now)) }),
  ],
  ['every state equals a clean fold of its log', 'no state', { leads: new Map([[goneId as string, gone]]) }],
  ['the rows of the figures equal a recount', 'a row too few', { rows: sound.rows.slice(1) }],
  [
    'the rows of the figures equal a recount',
    'a row twice',
    { rows: [...sound.rows, ...sound.rows.slice(0, 1)] },
  ],
  ['no email goes out twice', 'the same email twice', { mails: [...sound.mails, mail] }],
  [
    'no email goes out twice',
    'the same step by another lead',
    { mails: [...sound.mails, { ...mail, sendId: `${goneId}:interest:1:0` }] },
  ],
  ['no email goes out twice', 'a notice twice', { mails: [...sound.mails, notice] }],
  [
    'no marketing email without consent at the moment, none after a withdrawal',
    'nobody agreed',
    seen({ grants: [] }),
  ],
  [
    'no marketing email without consent at the moment, none after a withdrawal',
    'agreed later',
    seen({ grants: [{ person: 0, at: future }] }),
  ],
  [
    'no marketing email without consent at the moment, none after a withdrawal',
    'withdrawn',
    seen({ withdrawals: [{ person: 0, at: '2026-03-02T09:00:00.000Z' }] }),
  ],
  ['every email that went out is known, and names its consent', 'an unknown email', { sends: [] }],
  [
    'every email that went out is known, and names its consent',
    'without consent',
    { sends: sound.sends.map(({ consent: _, ...send }) => send) },
  ],
  [
    'every email that went out is known, and names its consent',
    'a consent of nobody',
    { sends: sound.sends.map((send) => ({ ...send, consent: { ...consent, factId: 'none' } })) },
  ],
  ['every audience adds up', 'one too many', audience({ shown: 3 })],
  ['every audience adds up', 'more sent than went out', audience({ sent: 2, suppressed: {} })],
  ['every audience adds up', 'not done', audience({ held: 1, suppressed: {} })],
  ['every import adds up', 'a row lost', { imports: sound.imports.map((one) => ({ ...one, created: 0 })) }],
  [
    'every import adds up',
    'not done',
    { imports: sound.imports.map((one) => ({ ...one, state: 'importing' })) },
  ],
  [
    'one handoff a cycle, told once to each of its owners',
    'twice with sales',
    { handoffs: [handoff, { ...handoff, handoffId: `${leadId}.2` }] },
  ],
  ['one handoff a cycle, told once to each of its owners', 'nobody told', { mails: [mail, ofBroadcast] }],
  ['an answer of sales stands', 'it is asked again', seen({ answers: [{ handoffId, isAccepted: true }] })],
  [
    'each moment is acted on once, and told the same each time',
    'at two times',
    { told: [decided, { ...decided, text: '{}' }] },
  ],
  ['no decision on the bus names a person', 'an address', { told: [{ ...decided, text: email }] }],
  [
    'every deadline and wait was acted on, and those to come are set',
    'an overdue wait',
    { wakes: [{ schedule: 's', at: now, message }] },
  ],
  [
    'every deadline and wait was acted on, and those to come are set',
    'nothing set',
    { schedules: new Map() },
  ],
  [
    'an erased person is in no store, queue, object or dead letter',
    'a fact',
    { facts: [...sound.facts, ...sound.facts.slice(0, 1).map((one) => ({ ...one, id: 'forgotten' }))] },
  ],
  [
    'an erased person is in no store, queue, object or dead letter',
    'an item',
    { items: [...sound.items, { pk: 'X', sk: 'Y', email: goneEmail }] },
  ],
  [
    'an erased person is in no store, queue, object or dead letter',
    'an object',
    { leadsInObjects: new Set([leadId, goneId]) },
  ],
  [
    'an erased person is in no store, queue, object or dead letter',
    'a dead letter',
    { deadLetters: sound.deadLetters.map((one) => ({ ...one, body: `poison-1 ${goneEmail}` })) },
  ],
  ['outboxes, claims and queues are empty', 'a message', { messages: [{ queue: 'Record', body: message }] }],
  ['outboxes, claims and queues are empty', 'a wake owed', leadWith({ owedWakes: [future] })],
  [
    'outboxes, claims and queues are empty',
    'a claim',
    {
      sends: sound.sends.map((send) => ({
        ...send,
        status: 'claimed',
        leaseUntil: '2026-03-02T10:15:00.000Z',
      })),
    },
  ],
  [
    'dead letters hold only what was planted',
    'another one',
    { deadLetters: [...sound.deadLetters, { queue: 'SendDeadLetters', body: '{}', error: 'died' }] },
  ],
  ['dead letters hold only what was planted', 'one that is gone', { deadLetters: [] }],
  ['whoever asks gets an answer', 'an error', seen({ wrong: ['GET /api/leads: 500'] })],
  ['every lead with an address is listed once', 'missing', { listed: [] }],
  ['every lead with an address is listed once', 'twice', { listed: [leadId, leadId] }],
  ['every lead with an address is listed once', 'somebody erased', { listed: [leadId, goneId] }],
  ['calls for each activity and email stay bounded', 'many calls', { calls: 1_000_000 }],
]

const brokenIn = (world: World): readonly string[] =>
  invariants.filter((one) => one.broken(world).length > 0).map(({ name }) => name)

describe('the invariants', () => {
  it('hold of a sound world', () => {
    expect(invariants.flatMap((one) => one.broken(sound))).toEqual([])
  })

  it.each(falsified)('%s: see %s', (invariant, _, change) => {
    expect(brokenIn({ ...sound, ...change })).toContain(invariant)
  })

  it('can each be broken', () => {
    expect(new Set(falsified.map(([name]) => name))).toEqual(new Set(invariants.map(({ name }) => name)))
  })

  it('take a withdrawal for what it was when it happened, however late it is told', () => {
    const name = 'no marketing email without consent at the moment, none after a withdrawal'
    const toldAt = '2026-03-02T09:00:00.000Z'
    const withdrawn = (occurredAt: string) =>
      brokenIn({ ...sound, ...seen({ withdrawals: [{ person: 0, at: toldAt, occurredAt }] }) })
    expect(withdrawn('2026-02-20T09:00:00.000Z')).not.toContain(name)
    expect(withdrawn('2026-03-02T08:59:00.000Z')).toContain(name)
  })

  it('forgive the second of two emails where SES’s events were lost and a sender died, and nowhere else', () => {
    const twice = { ...sound, mails: [...sound.mails, mail] }
    const lapsed = sound.sends.map((send) => ({ ...send, lapses: 1 }))
    const name = 'no email goes out twice'
    expect(brokenIn({ ...twice, sends: lapsed })).toContain(name)
    expect(brokenIn({ ...twice, ...seen({ lostEvents: true }) })).toContain(name)
    expect(brokenIn({ ...twice, sends: lapsed, ...seen({ lostEvents: true }) })).toEqual([])
  })
})
