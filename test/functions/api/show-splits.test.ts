import { expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import type { Run, RunStatus } from '../../../domain/sequence/run.ts'
import { makeShowSplits } from '../../../functions/api/sequence-routes.ts'
import type { Lead, RunList } from '../../../functions/ports.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'

const now = '2026-03-20T09:00:00.000Z'
const enteredAt = '2026-03-01T09:00:00.000Z'
const rules = compileRules(
  makePlaybook({
    sequences: {
      offer: {
        id: 'offer',
        version: 's1',
        enter: { stage: 'interest' },
        reenter: 'never',
        goal: 'did("demo.requested")',
        program: [
          {
            type: 'split',
            name: 'subject',
            ways: [
              { id: 'a', goto: 1 },
              { id: 'b', goto: 2 },
            ],
          },
          { type: 'email', email: 'offer-a' },
          { type: 'email', email: 'offer-b' },
        ],
      },
    },
  }),
)

const completed: RunStatus = { type: 'completed', at: enteredAt }
const goal: RunStatus = { type: 'goal', at: enteredAt }

const runOf = (leadId: LeadId, way: string | undefined, status: RunStatus, entered = enteredAt): Run => ({
  runId: `${leadId}:offer:1`,
  leadId,
  sequence: 'offer',
  playbookVersion: 'v1',
  entryId: 'e',
  enteredAt: entered,
  step: 3,
  status,
  ...(way !== undefined && { ways: { subject: way } }),
  version: 1,
  outbox: [],
})

/** Those who requested a demo, and a list that gives pages of a few. */
const world = (runs: readonly Run[], demos: readonly LeadId[] = []) => {
  const runList: Pick<RunList, 'page'> = {
    page: async ({ status, limit, cursor = '0' }) => {
      const all = runs.filter((run) => run.status.type === status)
      const from = Number(cursor)
      const next = from + limit
      return { items: all.slice(from, next), ...(next < all.length && { next: String(next) }) }
    },
  }
  const load = async (leadId: LeadId): Promise<Lead | undefined> => {
    const type = demos.includes(leadId) ? 'demo.requested' : 'page.viewed'
    const state = foldLead([fact('f', type, '03-02T08:00')], rules)
    return state && { leadId, version: 1, state, outbox: [] }
  }
  const show = makeShowSplits({ runList, leads: { load }, rules, clock: () => now })
  return (id = 'offer') =>
    show({ caller: { name: 'Sam', roles: ['admin'] }, params: { id }, query: {}, body: undefined })
}

const lead = (number: number): LeadId => leadIdOf(`lead-${String(number).padStart(4, '0')}`)

test('a lead counts where its run ended at the goal, and where the goal came after the run', async () => {
  const ask = world(
    [
      runOf(lead(1), 'a', completed),
      runOf(lead(2), 'a', completed),
      runOf(lead(3), 'b', goal),
      runOf(lead(4), undefined, { type: 'waiting', until: now }),
    ],
    [lead(2)],
  )
  expect(await ask()).toMatchObject({
    type: 'ok',
    body: {
      sequence: 'offer',
      goal: 'did("demo.requested")',
      countedUpTo: null,
      splits: [
        {
          split: 'subject',
          ways: [
            { way: 'a', entered: 2, reached: 1 },
            { way: 'b', entered: 1, reached: 1 },
          ],
          winner: null,
        },
      ],
    },
  })
})

test('of more runs than one request reads, those count who entered before the earliest that was left out', async () => {
  const later = '2026-03-05T09:00:00.000Z'
  const many = Array.from({ length: 2_200 }, (_, index) =>
    runOf(lead(index), 'a', completed, index < 1_500 ? enteredAt : later),
  )
  const goals = [runOf(lead(9_001), 'b', goal), runOf(lead(9_002), 'b', goal, '2026-03-06T09:00:00.000Z')]
  const body = await world([...many, ...goals])()
  expect(body).toMatchObject({
    body: { countedUpTo: later, splits: [{ ways: [{ entered: 2_000 }, { entered: 1 }] }] },
  })
})

test('a sequence that is not there has no splits', async () => {
  expect(await world([])('constructor')).toMatchObject({ type: 'not-found' })
})
