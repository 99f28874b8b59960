import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Decision } from '../../../domain/model/decision.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { newDelivery, newEndpoint } from '../../../domain/webhook/delivery.ts'
import { dynamoAudit } from '../../../functions/adapters/dynamo-audit.ts'
import { dynamoDeliveries, dynamoEndpointStates } from '../../../functions/adapters/dynamo-deliveries.ts'
import { dynamoSendReports } from '../../../functions/adapters/dynamo-email-figures.ts'
import { dynamoAccounts, dynamoHandoffs, dynamoRounds } from '../../../functions/adapters/dynamo-handoffs.ts'
import {
  dynamoFormFigures,
  dynamoHookDeals,
  dynamoHookFigures,
} from '../../../functions/adapters/dynamo-hooks.ts'
import { dynamoCheckpoints, dynamoLeads } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../../../functions/adapters/dynamo-merge-claims.ts'
import { dynamoPlaybookStore, dynamoPlaybooks } from '../../../functions/adapters/dynamo-playbooks.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { dynamoRescoreJobs, dynamoReviews } from '../../../functions/adapters/dynamo-reviews.ts'
import { dynamoRuns, dynamoSequenceStates } from '../../../functions/adapters/dynamo-runs.ts'
import {
  dynamoCapPlaces,
  dynamoConfirmationPlaces,
  dynamoSendingFigures,
  dynamoSendingStates,
  dynamoSuppressions,
} from '../../../functions/adapters/dynamo-sending.ts'
import { dynamoSendMarks, dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import type { Lead } from '../../../functions/ports.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { handoff, requested } from '../../domain/webhook/sample-webhook.ts'
import { rules } from '../record/record-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const at = '2026-03-02T09:00:00.000Z'
const later = '2026-03-02T10:30:00.000Z'
const leadId = leadIdOf('lead-0001')
const other = leadIdOf('lead-0002')
const hash = (text: string): string => `hash-of-${text}`

/** With less than is said today: outboxes hold what an earlier release has decided. */
const decision: Decision = JSON.parse(
  JSON.stringify({
    id: 'd1',
    type: 'SequenceEntered',
    occurredAt: at,
    causationId: 'a',
    correlationId: 'b',
    leadId,
    data: { sequence: 'interest' },
  }),
)

const viewed = fact('v1', 'page.viewed', '03-02T09:00', { path: '/pricing', deep: [null, 0.3] })
const state = foldLead([viewed], rules)
if (!state) throw new Error('no state')

/** Every field set, so that none can be forgotten. */
const whole: Required<Omit<Lead, 'state' | 'erased' | 'unlisted' | 'mergedInto' | 'merge' | 'joinedBy'>> = {
  leadId,
  email: 'anna@example.com',
  version: 0,
  outbox: [decision],
  members: [other],
  checkpoints: [{ slot: 0, digest: 'x', last: { occurredAt: at, id: 'v1' } }],
  sinceCheckpoint: 3,
  suppressed: { reason: 'bounced', at },
  underReview: true,
  noted: true,
  followed: true,
  lacked: false,
  wakeAt: later,
  owedWakes: [later],
  rescored: { rules: 'r2', changed: true, page: 'p' },
}

const writeLeads = async (): Promise<void> => {
  const { client, tableName } = table
  const ids = [leadId, other]
  const newLeadId = () => ids.shift() ?? leadIdOf('lead-0009')
  const leads = dynamoLeads({ client, tableName, hashAddress: hash, newLeadId })
  await dynamoSuppressions(client, tableName).add(hash('anna@example.com'), 'bounced', at)
  await dynamoSuppressions(client, tableName).addErasure(hash('eve@example.com'), at)
  await leads.identify({ email: 'anna@example.com' })
  await leads.identify({ visitorId: 'browser-1' })
  await leads.append(leadId, [{ ...viewed, email: 'anna@example.com', recordedAt: later }])
  await leads.append(leadId, [
    { ...viewed, occurredAt: '2026-03-02T08:00:00.000Z' },
    { ...fact('v2', 'page.viewed', '03-02T09:30'), timeAssumed: true },
  ])
  await leads.commit({ ...whole, state }, 61.5)
  await leads.commit({ leadId: other, version: 0, state, outbox: [], owedWakes: [later] }, 0)
  await leads.clearOutbox(other, 1)
  await dynamoCheckpoints(client, tableName).keep(leadId, 1, state)

  const claims = dynamoMergeClaims(client, tableName)
  const [third, fourth, fifth] = ['lead-0003', 'lead-0004', 'lead-0005'].map(leadIdOf)
  if (!third || !fourth || !fifth) throw new Error('no lead ids')
  const join = fact('j', 'lead.joined', '03-02T09:00', { leadId: third })
  await claims.begin({ leadId: third, version: 0 }, leadId, join, [{ leadId: other, join }])
  await claims.confirm(third, 'j')
  await leads.commit(
    {
      leadId: fourth,
      version: 0,
      state,
      outbox: [],
      mergedInto: leadId,
      joinedBy: join,
      merge: { fact: join, confirmed: true },
    },
    5,
  )
  await claims.settle(fourth, 'j')
  await claims.release({ leadId: fifth, version: 0 })
  await dynamoRemains(client, tableName).bury({ leadId: leadIdOf('lead-0006'), version: 0 }, at, [leadId])
}

const run: Run = {
  runId: `${leadId}:interest:1`,
  leadId,
  sequence: 'interest',
  playbookVersion: 'v1',
  entryId: 'e1',
  enteredAt: at,
  step: 2,
  status: { type: 'waiting', until: later },
  version: 0,
  outbox: [decision],
}

const writeRuns = async (): Promise<void> => {
  const { client, tableName } = table
  const runs = dynamoRuns(client, tableName)
  await runs.commit(run)
  await runs.commit({ ...run, sequence: 'nurture', runId: `${leadId}:nurture:1` })
  await runs.clearOutbox({ ...run, sequence: 'nurture', version: 1 })
  await runs.commit({
    ...run,
    sequence: 'nurture',
    version: 1,
    status: { type: 'completed', at: later },
    outbox: [],
  })
  await dynamoSequenceStates(client, tableName).commit('interest', { version: 0, paused: { since: at } })
}

const writeHandoffs = async (): Promise<void> => {
  const { client, tableName } = table
  const handoffs = dynamoHandoffs(client, tableName)
  const fresh = { ...handoff, version: 0, outbox: [decision] }
  const [assignment] = [{ team: 'dach', owner: handoff.owner, at, because: 'routed' as const }]
  await handoffs.commit({ ...fresh, assignments: [assignment] })
  await handoffs.count({ ...fresh, assignments: [assignment], version: 1 })
  const closed = { ...fresh, handoffId: `${other}.1`, leadId: other, assignments: [assignment], outbox: [] }
  await handoffs.commit(closed)
  const accepted = {
    ...closed,
    version: 1,
    answer: { state: 'accepted' as const, at: later, by: 'anna@x.example' },
  }
  await handoffs.commit(accepted)
  await handoffs.count({
    ...closed,
    version: 3,
    answer: { state: 'rejected', at: later, by: 'anna@x.example', reason: 'no' },
  })
  await dynamoRounds(client, tableName).commit({
    team: 'dach',
    version: 0,
    owed: { 'anna@x.example': 1 },
    claims: [],
  })
  await dynamoAccounts({ client, tableName, hash }).remember('werk.example', {
    handoffId: handoff.handoffId,
    leadId,
    owner: 'anna@x.example',
    at,
  })
}

const send: Send = {
  sendId: 's1',
  leadId,
  email: 'welcome',
  request: {
    leadId,
    sendId: 's1',
    email: 'welcome',
    recipient: 'lead',
    run: { runId: run.runId, sequence: 'interest', step: 2, afterWait: false },
  },
  cause: { decisionId: 'decision-1', correlationId: 'fact-1' },
  requestedAt: at,
  marketing: true,
  status: 'claimed',
  claimedAt: at,
  leaseUntil: later,
}

const writeSends = async (): Promise<void> => {
  const { client, tableName } = table
  const sends = dynamoSends(client, tableName)
  const ofId = (sendId: string): Send => ({ ...send, sendId })
  for (const sendId of ['s1', 's2', 's3']) await sends.claim(ofId(sendId), at)
  await sends.settle(leadId, 's1', { status: 'sent', at: later, messageId: 'm1', language: 'de' })
  await sends.release(leadId, 's2')
  await sends.claim({ ...ofId('s4'), status: 'held', until: later }, at)
  await sends.claim({ ...ofId('s5'), status: 'held', until: later }, at)
  await sends.cancel(leadId, 's5', later)
  await dynamoSendMarks(client, tableName).change({ leadId, sendId: 's1', mark: 'opened', at: later })
  const reports = dynamoSendReports(client, tableName)
  await reports.report({ leadId, sendId: 's3', status: 'sent', at: later, messageId: 'm3' }, [])
  await reports.fail({ leadId, sendId: 's2', status: 'failed', at: later, messageId: 'm2', reason: 'virus' })
  await dynamoCapPlaces(client, tableName).commit(leadId, 0, { places: [{ sendId: 's1', at }], since: at })
  const places = dynamoConfirmationPlaces({ client, tableName, hash })
  await places.commit('anna@example.com', 0, [{ place: 'p', at }])
  await places.count({ key: 'hour', most: 3, until: later })
  await dynamoSendingStates(client, tableName).commit({
    version: 0,
    paused: { since: at, because: 'by-hand' },
  })
  await dynamoSendingStates(client, tableName).commit({ stream: 'confirmations', version: 0, resumedAt: at })
  await dynamoSendingFigures(client, tableName).add(
    [{ at, stream: 'marketing' }],
    [{ stream: 'marketing', type: 'bounced', messageId: 'm1', mailedAt: at }],
  )
}

const writeTheRest = async (): Promise<void> => {
  const { client, tableName } = table
  const deliveries = dynamoDeliveries(client, tableName)
  const standing = await deliveries.add(newDelivery('crm', requested, at))
  await deliveries.commit({ ...standing, state: 'failed', attempts: 1, last: { at: later, status: 500 } })
  await deliveries.add({ ...newDelivery('erp', requested, at), webhookId: `${leadId}:erased` })
  await dynamoEndpointStates(client, tableName).commit('crm', newEndpoint)

  await dynamoReviews(client, tableName).begin(leadId, '2026-03-01')
  await dynamoReviews(client, tableName).begin(other, '2026-03-01')
  await dynamoReviews(client, tableName).move(other, '2027-03-01')
  const job = {
    jobId: 'j',
    rules: 'r2',
    startedAt: at,
    leads: 1,
    done: 0,
    changed: 0,
    page: 1,
    leadIds: [leadId],
  }
  await dynamoRescoreJobs(client, tableName).commit({ ...job, round: 1, foundInRound: 0, version: 0 })
  await dynamoRescoreJobs(client, tableName).commit({
    ...job,
    lane: 3,
    round: 1,
    foundInRound: 0,
    version: 0,
  })

  const entry = {
    id: 'a1',
    at,
    actor: 'mara@x.example',
    role: 'admin',
    action: 'lead.erased',
    target: 'leads/x',
  } as const
  await dynamoAudit(client, tableName).add(entry)

  const deals = dynamoHookDeals(client, tableName)
  await deals.setOwner('crm', 'deal-1', { leadId, taughtAt: at })
  const won = {
    ...fact('w', 'deal.won', '03-02T09:00'),
    source: 'crm',
    subject: { dealId: 'deal-2' },
    timeAssumed: false,
  }
  await deals.keep('crm', 'deal-2', won, at)
  await dynamoHookFigures(client, tableName).add('crm', at, { taken: 2, refused: 0 })
  await dynamoFormFigures(client, tableName).add('demo', at, {})

  const bundled = {
    playbook: makePlaybook({ version: 'first' }),
    files: new Map([['scoring.yaml', 'first']]),
  }
  await dynamoPlaybooks(client, tableName, bundled.playbook).keep(bundled.playbook)
  const store = dynamoPlaybookStore({ client, tableName, bundled })
  const [playbook, files] = [makePlaybook({ version: 'second' }), new Map([['scoring.yaml', 'second']])]
  const outbox = {
    id: 'p',
    occurredAt: at,
    version: 'second',
    rulesVersion: 'r2',
    previousRulesVersion: 'r1',
  }
  await store.saveDraft({ files, savedAt: at, by: 'mara@x.example' })
  await store.publish({ playbook, files, at, by: 'mara@x.example', outbox }, 0)
}

/** What the domain puts together is not the table's: of it, the form alone is told. */
const shownOf = (name: string, value: unknown): unknown => {
  if (value instanceof Uint8Array) return 'compressed'
  if (name !== 'state' || typeof value !== 'string') return value
  return value.includes('stage') ? 'the state as JSON' : value
}

/** Counters are spread over slots, of which an environment has one by chance. */
const unspread = (item: Record<string, unknown>): Record<string, unknown> => {
  const partition = String(item.pk)
  if (partition.startsWith('FIGURES#')) return { ...item, pk: partition.replace(/\d+$/, 'slot') }
  return partition.startsWith('COUNTS#') ? { ...item, sk: 'slot' } : item
}

const shown = (item: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(unspread(item))
      .toSorted(([one], [next]) => (one < next ? -1 : 1))
      .map(([name, value]) => [name, shownOf(name, value)]),
  )

const placeOf = ({ pk, sk }: Record<string, unknown>): string => `${pk} ${sk}`

test('items stand in the table as releases before have written them', async () => {
  await writeLeads()
  await writeRuns()
  await writeHandoffs()
  await writeSends()
  await writeTheRest()
  const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.tableName }))
  const items = Items.toSorted((one, next) => (placeOf(one) < placeOf(next) ? -1 : 1)).map(shown)
  await expect(`${JSON.stringify(items, null, 2)}\n`).toMatchFileSnapshot('stored-items.json')
})
