import { describe, expect, test } from 'vitest'
import type { Step } from '../../../domain/model/sequence.ts'
import type { RunStatus } from '../../../domain/sequence/run.ts'
import { apiWorld } from './api-world.ts'

const path = '/api/sequences/interest'

describe('the sequences of the console', () => {
  test.each([
    ['GET', '/api/sequences', '[sales]', 200],
    ['POST', `${path}/pause`, '[sales]', 403],
    ['POST', `${path}/resume`, '[sales]', 403],
    ['POST', `${path}/migrate`, '[sales]', 403],
    ['POST', `${path}/migrate/undo`, '[sales]', 403],
    ['POST', `${path}/pause`, '[marketing]', 404],
    ['POST', '/api/sequences/constructor/pause', '[marketing]', 404],
    ['POST', `${path}/migrate`, '[marketing]', 404],
  ] as const)('%s %s as %s: %i', async (method, address, groups, status) => {
    const answer = await apiWorld().call(address, { method, groups })
    expect({ ok: 200, forbidden: 403, 'not-found': 404 }[String(answer.type)]).toBe(status)
  })

  test.each([
    [`${path}/resume`, '{}', 'due'],
    [`${path}/resume`, '{"due":"later"}', 'due'],
    [`${path}/migrate`, '{"preview":"yes"}', 'preview'],
    [`${path}/migrate/undo`, '{}', 'migration'],
  ])('POST %s with %s says what is wrong', async (address, body, at) => {
    const answer = await apiWorld().call(address, { method: 'POST', body })
    expect(answer).toMatchObject({ type: 'bad-input', errors: [{ path: at }] })
  })
})

describe('who is where in a sequence', () => {
  const program: readonly Step[] = [
    { type: 'email', email: 'welcome' },
    { type: 'wait', for: 1000 },
    { type: 'wait', for: 2000 },
  ]
  const sequences = {
    interest: { id: 'interest', version: 's1', enter: { stage: 'interest' }, reenter: 'never', program },
  } as const
  const at = '2026-03-01T09:00:00.000Z'

  const sequenceWorld = async (standings: readonly (readonly [step: number, status: RunStatus])[]) => {
    const world = apiWorld({ sequences })
    for (const [index, [step, status]] of standings.entries()) {
      const leadId = await world.addLead(index + 1, { lastName: `L${index + 1}` })
      await world.runs.commit({
        ...{ runId: `${leadId}:interest:1`, leadId, sequence: 'interest', step, status },
        ...{ playbookVersion: world.rules.playbook.version, entryId: 'e', enteredAt: at },
        ...{ version: 0, outbox: [] },
      })
    }
    return world
  }
  const waiting: RunStatus = { type: 'waiting', until: at }
  const held: RunStatus = { type: 'held', due: at, next: 2 }

  test('stands at the steps of the flow', async () => {
    const { call } = await sequenceWorld([
      [1, waiting],
      [1, held],
      [2, { type: 'exited', at, because: 'exit' }],
    ])
    expect(await call(`${path}/flow`, { groups: '[sales]' })).toMatchObject({
      type: 'ok',
      body: {
        nodes: [
          { id: 0, done: 3, figures: { sent: 0 } },
          { id: 1, waiting: 1, done: 2 },
          { id: 2, waiting: 1, left: 1, done: 0 },
        ],
        end: { id: 3, done: 0 },
        elsewhere: 0,
        countedUpTo: null,
      },
    })
    expect(await call('/api/sequences/constructor/flow')).toMatchObject({ type: 'not-found' })
  })

  test('is listed page by page, those who wait before those who are held', async () => {
    const { call } = await sequenceWorld([
      [1, held],
      [1, waiting],
      [2, waiting],
    ])
    const namesOf = async (query: Readonly<Record<string, string>>) => {
      const names: unknown[] = []
      let cursor: string | undefined
      do {
        const answer = await call('/api/leads', {
          query: { sequence: 'interest', ...query, ...(cursor !== undefined && { cursor }) },
        })
        const { items, next } = (answer as unknown as { body: { items: { name: string }[]; next?: string } })
          .body
        names.push(...items.map(({ name }) => name))
        cursor = next
      } while (cursor !== undefined)
      return names
    }
    expect(await namesOf({ limit: '1' })).toEqual(['L2', 'L3', 'L1'])
    expect(await namesOf({ step: '2' })).toEqual(['L3', 'L1'])
    expect(await call('/api/leads', { query: { sequence: 'nothing' } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'sequence' }],
    })
  })
})
