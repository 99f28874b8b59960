import { expect, test } from 'vitest'
import type { Decision } from '../../../domain/model/decision.ts'
import { decisionDetail } from '../../../functions/adapters/decision-detail.ts'
import { makeFollowQualification } from '../../../functions/handoff/hand-off-lead.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { handoffWorld, now } from './handoff-world.ts'

const bodyOf = (decision: Decision) => busMessage(decision.type, decisionDetail(decision)).body

test('a lead that was drawn is handed over by what its log says, once', async () => {
  const { ports, leadIds, bus } = await handoffWorld()
  const [leadId] = leadIds
  if (!leadId) throw new Error('no lead')
  const drawn: Decision<'LeadExplored'> = {
    ...{ id: `${leadId}:explored:1`, type: 'LeadExplored', occurredAt: now, leadId },
    ...{ causationId: 'q', correlationId: 'q', data: { leadId, cycle: 1, share: 0.03 } },
  }
  const follow = makeFollowQualification(ports)
  await follow(bodyOf(drawn))
  const activity = {
    id: `${leadId}:explored:1`,
    type: 'lead.explored',
    subject: { leadId },
    occurredAt: '2026-03-02T09:00:00.001Z',
    timeAssumed: false,
    properties: { cycle: 1, share: 0.03 },
  }
  expect(bus.submitted).toEqual([activity])
  // Under other rules many come near at once: that is no news.
  await follow(bodyOf({ ...drawn, data: { ...drawn.data, rescored: 'r2' } }))
  expect(bus.submitted).toHaveLength(1)
})

test('its handoff bears the mark, and so does what the bus is told', async () => {
  const { ports, leadIds, qualified, handoffs, bus } = await handoffWorld()
  const [leadId] = leadIds
  if (!leadId) throw new Error('no lead')
  const { score, stage, cycle, decisionId: id, correlationId } = qualified(leadId)
  await makeFollowQualification(ports)(
    bodyOf({
      ...{ id, type: 'LeadQualified', occurredAt: now, leadId, causationId: 'q', correlationId },
      data: { leadId, score, stage, cycle, explored: 0.03 },
    }),
  )
  expect(await handoffs.list(leadId)).toMatchObject([{ score, explored: 0.03 }])
  const requested = bus.published.find(({ type }) => type === 'HandoffRequested')
  expect(requested?.data).toMatchObject({ explored: 0.03 })
})
