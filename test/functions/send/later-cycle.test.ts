import { expect, test } from 'vitest'
import type { Run } from '../../../domain/sequence/run.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { interest } from '../nurture/nurture-world.ts'
import { address, cause, playbook, sendWorld, welcomeRequest } from './send-world.ts'

const sentBack = [
  { ...fact('p', 'profile.updated', '01-05T07:00', { fields: { language: 'de' } }), email: address },
  fact('yes', 'consent.granted', '01-05T07:30', { purpose: 'newsletter' }),
  fact('d', 'demo.requested', '01-05T08:30'),
  fact('q', 'quote.requested', '01-05T08:40'),
  fact('r', 'handoff.rejected', '01-05T08:50', { reason: 'not-now' }),
]
const { run: step, sendId } = welcomeRequest
const afterWait = { ...welcomeRequest, ...(step && { run: { ...step, afterWait: true } }) }
const live = { ...playbook, sequences: { interest: { ...interest, exit: 'did("demo.requested")' } } }

const begunBy = (entryId: string): Run => ({
  runId: step?.runId ?? '',
  leadId,
  sequence: 'interest',
  playbookVersion: 'v1',
  entryId: `${leadId}:${entryId}`,
  enteredAt: '2026-01-05T08:50:01.000Z',
  step: 0,
  status: { type: 'completed', at: '2026-01-05T08:50:01.000Z' },
  version: 1,
  outbox: [],
})

test.each([
  ['sent where it was done before the run’s cycle', 'recycled:2:enter', [], 'sent'],
  [
    'left out where it was done again since',
    'recycled:2:enter',
    [fact('d2', 'demo.requested', '01-05T08:55')],
    'exited',
  ],
  ['left out for a run of the first cycle', 'stage:interest:1', [], 'exited'],
])('an email of a sequence that a deed ends is %s', async (_, entryId, since, status) => {
  const world = sendWorld([...sentBack, ...since])
  world.runs.set('interest', begunBy(entryId))
  await makeSendEmail({ ...world.ports, playbooks: memoryPlaybooks(live) })(afterWait, cause)
  expect(world.sends.items.get(sendId)?.status).toBe(status)
})
