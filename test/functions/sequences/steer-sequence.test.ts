import { expect, test } from 'vitest'
import type { Announcement } from '../../../domain/model/decision.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { SequenceState } from '../../../domain/sequence/run.ts'
import { makeResume } from '../../../functions/sequences/steer-sequence.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'

const at = '2026-03-02T09:00:00.000Z'
const interest = { id: 'interest', version: 's1', enter: { stage: 'interest' }, reenter: 'never' } as const
const playbook = makePlaybook({ sequences: { interest: { ...interest, program: [] } } })

test('whoever dies over a resumption resumes it by asking again, and it is told once and for all', async () => {
  let state: SequenceState = { version: 3, paused: { since: '2026-03-01T09:00:00.000Z' } }
  let deaths = 1
  const swept: JsonObject[] = []
  const told: Announcement[] = []
  const resume = makeResume({
    playbooks: { current: async () => playbook },
    sequences: {
      load: async () => state,
      commit: async (_sequence, next) => {
        state = { ...next, version: next.version + 1 }
        return state
      },
    },
    enqueueNurture: async (message) => {
      if (deaths-- > 0) throw new Error('died')
      swept.push(message)
    },
    announce: async (event) => void told.push(event),
    clock: () => at,
  })
  await expect(resume('interest', 'send')).rejects.toThrow('died')
  expect(await resume('interest', 'skip')).toMatchObject({ type: 'accepted', body: { at, due: 'send' } })
  expect(swept).toMatchObject([{ type: 'sweep', sequence: 'interest', work: { type: 'release' } }])
  expect(told).toMatchObject([{ type: 'SequenceResumed', due: 'send' }])
  expect(await resume('interest', 'send')).toMatchObject({ type: 'conflict' })
})
