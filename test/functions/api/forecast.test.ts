import { expect, test } from 'vitest'
import { sequence, waitingRun } from '../../domain/sequence/sample-run.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

/** People who wait in the sequence `interest`, for three more hours. */
const worldWith = async (count: number) => {
  const world = apiWorld({ sequences: { interest: sequence } })
  const { version } = world.rules.playbook
  for (let number = 0; number < count; number += 1) {
    const leadId = leadIdOf(`lead-number-${number}`)
    const run = waitingRun({ type: 'waiting', until: '2026-03-02T12:00:00.000Z' })
    await world.runs.commit({
      ...run,
      leadId,
      runId: `${leadId}:interest:1`,
      playbookVersion: version,
      version: 0,
    })
  }
  return world
}

test('the next fourteen days are forecast from the runs that wait', async () => {
  const world = await worldWith(3)
  const answer = await world.call('/api/forecast', { groups: '[sales]' })
  expect(answer).toMatchObject({
    type: 'ok',
    body: {
      from: '2026-03-02T09:00:00.000Z',
      to: '2026-03-16T09:00:00.000Z',
      exact: true,
      days: expect.objectContaining({ length: 14 }),
    },
  })
  const { days } = (answer as { body: { days: { sure: number; possible: number; emails: object[] }[] } }).body
  // Both ways of a condition lie ahead, and behind them one more email a day later.
  expect(days[0]).toMatchObject({
    sure: 0,
    possible: 6,
    emails: [
      { email: 'case-study', sure: 0, possible: 3 },
      { email: 'reminder', sure: 0, possible: 3 },
    ],
  })
  expect(days[1]).toMatchObject({ emails: [{ email: 'last', sure: 0, possible: 3 }] })
  expect(days.slice(2).every(({ emails }) => emails.length === 0)).toBe(true)
})

test('of very many runs some stand for all, and it says so', async () => {
  const world = await worldWith(600)
  const answer = await world.call('/api/forecast')
  expect(answer).toMatchObject({ body: { exact: false } })
  const { days } = (answer as { body: { days: { possible: number }[] } }).body
  expect(days[0]?.possible).toBe(1_200)
})
