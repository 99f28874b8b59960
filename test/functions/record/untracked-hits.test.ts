import { describe, expect, test } from 'vitest'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import { scoreAt } from '../../../domain/lead/lead-view.ts'
import { timelineOf } from '../../../domain/lead/timeline.ts'
import { Conflict } from '../../../functions/ports.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld, rules } from './record-world.ts'

const at = (second: number): string =>
  new Date(Date.parse('2026-03-02T09:00:00.000Z') + second * 1000).toISOString()
const anna = (id: string, type: string, second: number, properties = {}) => ({
  ...activityOfAnna(id, type, 2, properties),
  occurredAt: at(second),
})

const agreed = anna('g', 'consent.granted', 0, { purpose: 'tracking' })
const unsubscribed = anna('u', 'email.unsubscribed', 10)
const hit = (id: string, type: string, second: number) =>
  anna(id, type, second, {
    email: 'welcome',
    sendId: `s-${id}`,
    link: 'https://a.example',
    via: 'signed-link',
  })

describe.each(['email.clicked', 'email.opened'])('%s', (type) => {
  const late = hit('late', type, 11)
  const early = hit('early', type, 9)

  test.each([
    ['the hit first', [agreed, late, unsubscribed]],
    ['the withdrawal first', [agreed, unsubscribed, late]],
    ['both at once', [agreed, unsubscribed, late, late]],
  ])('after consent was taken back counts nowhere: %s', async (_order, arrivals) => {
    const world = recordWorld()
    for (const one of arrivals) await world.record([activityMessage(one)])
    const { leadId, state } = world.lead()
    expect(state).toEqual(foldLead(world.leads.log(leadId), rules, world.times.now))
    expect(state?.seen).not.toHaveProperty([type])
    expect([state?.emails.clicked, state?.emails.opened]).toEqual([{}, {}])
  })

  test('before it was taken back counts, whatever came in first', async () => {
    for (const arrivals of [
      [agreed, early, unsubscribed],
      [agreed, unsubscribed, early],
    ]) {
      const world = recordWorld()
      for (const one of arrivals) await world.record([activityMessage(one)])
      expect(world.lead().state?.seen).toHaveProperty([type])
    }
  })

  test('that was written to the log by a try which lost to the withdrawal is judged once: log and state agree', async () => {
    const world = recordWorld()
    await world.record([activityMessage(agreed)])
    const { leads } = world.ports
    let isFirst = true
    const racing = makeRecordActivities({
      ...world.ports,
      leads: {
        ...leads,
        commit: async (lead, rank) => {
          if (!isFirst) return leads.commit(lead, rank)
          isFirst = false
          await world.record([activityMessage(unsubscribed)])
          throw new Conflict('somebody was faster')
        },
      },
    })
    expect(await racing([activityMessage(late)])).toEqual(new Map())
    const lead = world.lead()
    const log = world.leads.log(lead.leadId)
    const folded = foldLead(log, rules, world.times.now)
    expect(log.map(({ id }) => id)).toContain('late')
    expect(folded?.seen).toEqual(lead.state?.seen)
    expect(folded?.engagement).toEqual(lead.state?.engagement)
    expect(folded && scoreAt({ ...lead, state: folded }, rules, world.times.now)).toEqual(
      lead.state && scoreAt({ ...lead, state: lead.state }, rules, world.times.now),
    )
    const shown = timelineOf(log, rules, world.times.now).find(({ id }) => id === 'late')
    expect(shown?.leftOut).toEqual({ type: 'untracked' })
  })
})

test('a state that is extended judges hits as the whole log does', () => {
  const facts = [agreed, hit('a', 'email.clicked', 1), unsubscribed, hit('b', 'email.clicked', 20)].map(
    ({ subject: _subject, ...fact }) => fact,
  )
  const now = at(3600)
  const state = facts.reduce<ReturnType<typeof foldLead>>(
    (before, fact) => extendLead(before, [fact], rules, now),
    undefined,
  )
  expect(state).toEqual(foldLead(facts, rules, now))
  expect(state?.seen['email.clicked']?.count).toBe(1)
})
