import { describe, expect, it } from 'vitest'
import { requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { apiWorld, now } from './api-world.ts'

const email = 'anna@werk.example.net'

/** Signed up on 5 January, asked for a demo on 10 January (30 points, half of them left after 30 days). */
const atWorld = async () => {
  const world = apiWorld()
  const signUp = { ...fact('signup', 'newsletter.subscribed', '01-05T09:00'), email }
  await world.add(leadId, [signUp, fact('demo', 'demo.requested', '01-10T09:00')], { email })
  const at = (moment: string, path = '') =>
    world.call(`/api/leads/${leadId}${path}`, { query: { at: moment } })
  return { ...world, at }
}

const bodyOf = (result: ApiResult): Record<string, unknown> => {
  if (result.type !== 'ok') throw new Error(`refused: ${JSON.stringify(result)}`)
  return result.body as Record<string, unknown>
}

describe('a lead as of a moment', () => {
  it('has the score, the stage and the history of that moment', async () => {
    const { at } = await atWorld()
    expect(bodyOf(await at('2026-01-09T00:00:00Z'))).toMatchObject({
      score: 10,
      stage: 'interest',
      lastActivityAt: '2026-01-05T09:00:00.000Z',
    })
    expect(bodyOf(await at('2026-01-10T09:00:00Z'))).toMatchObject({ score: 40, stage: 'consideration' })
    expect(bodyOf(await at('2026-02-09T10:00:00+01:00')).score).toBeCloseTo(10 + 30 / 2, 9)
    expect(bodyOf(await at('2026-01-09T00:00:00Z', '/explanation'))).toMatchObject({ score: 10 })
    expect(bodyOf(await at('2026-01-09T00:00:00Z', '/timeline')).items).toMatchObject([{ id: 'signup' }])
  })

  it('to come has faded, and nothing else', async () => {
    const { at } = await atWorld()
    expect(bodyOf(await at('2026-03-11T09:00:00Z'))).toMatchObject({ stage: 'consideration' })
    expect(bodyOf(await at('2026-03-11T09:00:00Z')).score).toBeCloseTo(10 + 30 / 4, 9)
  })

  it('counts by what is known today', async () => {
    const { at, add } = await atWorld()
    await add(leadId, [fact('void', 'activity.voided', '02-01T09:00', { activityId: 'demo' })])
    expect(bodyOf(await at('2026-01-11T00:00:00Z'))).toMatchObject({ score: 10, stage: 'interest' })
  })

  it('before anything was known of it is not found', async () => {
    const { at } = await atWorld()
    for (const path of ['', '/explanation', '/timeline'])
      expect(await at('2026-01-05T08:59:59.999Z', path)).toEqual({
        type: 'not-found',
        detail: 'Nothing was known of this lead at 2026-01-05T08:59:59.999Z.',
      })
  })

  it('takes a moment with an offset, also where its + came as a space, and nothing else', async () => {
    const { at } = await atWorld()
    expect(bodyOf(await at('2026-01-10T10:00:00 01:00'))).toMatchObject({ stage: 'consideration' })
    for (const moment of ['', 'yesterday', '2026-01-10', '2026-01-10T10:00:00', '2026-02-30T10:00:00Z'])
      expect(await at(moment)).toMatchObject({ type: 'bad-input', errors: [{ path: 'at' }] })
  })

  it('has the handoffs and sequences of that moment', async () => {
    const { at, handoffs, runs, rules } = await atWorld()
    const team = rules.playbook.handoff.teams.dach
    if (!team) throw new Error('no team')
    const qualified = {
      leadId,
      cycle: 1,
      score: 70,
      stage: 'intent',
      decisionId: 'd',
      correlationId: 'c',
    } as const
    const requestedAt = '2026-01-12T09:00:00.000Z'
    const choice = { team, member: team.members[0], because: 'routed' } as const
    const handoff = requestHandoff({ qualified, choice, rules: rules.playbook.handoff, now: requestedAt })
    await handoffs.commit({
      ...handoff,
      answer: { state: 'accepted', at: '2026-01-13T09:00:00.000Z', by: 'a' },
    })
    await runs.commit({
      runId: `${leadId}:interest:1`,
      leadId,
      sequence: 'interest',
      playbookVersion: 'v1',
      entryId: `${leadId}:stage:interest:1`,
      enteredAt: '2026-01-05T09:00:01.000Z',
      step: 4,
      status: { type: 'completed', at: '2026-01-12T09:00:00.000Z' },
      version: 0,
      outbox: [],
    })
    const shown = async (moment: string) => {
      const lead = bodyOf(await at(moment))
      return [lead.handoffs, lead.sequences]
    }
    expect(await shown('2026-01-05T09:00:00Z')).toEqual([[], []])
    expect(await shown('2026-01-12T08:59:59Z')).toMatchObject([[], [{ status: 'waiting', step: null }]])
    expect(await shown('2026-01-12T09:00:00Z')).toMatchObject([
      [{ state: 'requested' }],
      [{ status: 'completed', step: 4 }],
    ])
    expect(await shown('2026-01-14T09:00:00Z')).toMatchObject([[{ state: 'accepted' }], [{}]])
  })
})

it('a lead tells how long it stood in each stage', async () => {
  const { call } = await atWorld()
  expect(bodyOf(await call(`/api/leads/${leadId}`))).toMatchObject({
    cycle: 1,
    band: 'cold',
    merged: [],
    stages: [
      { stage: 'awareness', days: 0, implied: false },
      {
        stage: 'interest',
        from: 'awareness',
        at: '2026-01-05T09:00:00.000Z',
        until: '2026-01-10T09:00:00.000Z',
        days: 5,
        because: { activityId: 'signup', condition: 'did("newsletter.subscribed") || score >= 15' },
      },
      {
        stage: 'consideration',
        until: null,
        days: (Date.parse(now) - Date.parse('2026-01-10T09:00:00.000Z')) / 86_400_000,
      },
    ],
  })
})
