import { expect, test } from 'vitest'
import type { Deed, PlannedDeed } from '../../../domain/rehearsal/rehearsal.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { rehearse } from '../../../functions/rehearse/rehearse.ts'
import { days, handoff } from '../../domain/support/make-playbook.ts'
import { samplePlaybook } from './sample-playbook.ts'

const start = '2026-03-02T08:00:00.000Z'
const email = 'grete@werk.example.net'

const deeds: readonly PlannedDeed[] = (
  [
    { type: 'activity', activity: 'consent.granted', properties: { purpose: 'newsletter' } },
    { type: 'activity', activity: 'newsletter.subscribed', properties: {} },
    { type: 'activity', activity: 'quote.requested', properties: {} },
  ] satisfies Deed[]
).map((deed, index) => ({ at: addMilliseconds(start, index * 60_000), deed }))

const play = async (explore?: number) => {
  const playbook = samplePlaybook({ handoff: { ...handoff, ...(explore !== undefined && { explore }) } })
  const until = addMilliseconds(start, days(3))
  const { entries } = await rehearse(
    { subject: { email }, start, until, deeds, mailReportsFrom: start },
    playbook,
  )
  return {
    mails: entries.flatMap((entry) => (entry.type === 'mail' ? entry.email : [])),
    qualified: entries.flatMap((entry) =>
      entry.type === 'decision' && entry.decision === 'LeadQualified' ? [entry.data.explored] : [],
    ),
  }
}

test('a rehearsal shows that a lead just below the threshold goes to sales by way of trial', async () => {
  const { mails, qualified } = await play(1)
  expect(mails).toContain('handoff')
  expect(qualified).toEqual([1])
  expect((await play()).mails).not.toContain('handoff')
})
