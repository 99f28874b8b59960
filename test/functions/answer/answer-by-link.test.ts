import { describe, expect, it } from 'vitest'
import { secretTokens } from '../../../functions/adapters/secret-tokens.ts'
import { makeAnswerByLink } from '../../../functions/answer/answer-by-link.ts'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { handoffWorld, now } from '../handoff/handoff-world.ts'

const tokens = secretTokens('a secret of some length')

const linkWorld = async () => {
  const world = await handoffWorld(2)
  for (const leadId of world.leadIds) await makeHandOffLead(world.ports)(world.qualified(leadId))
  const [leadId, other] = world.leadIds
  if (!leadId || !other) throw new Error('no leads')
  const { playbook } = world.rules
  const answer = makeAnswerHandoff({ ...world.ports, rules: playbook.handoff })
  const answerByLink = makeAnswerByLink({ ...world.ports, answer, tokens, playbook })
  const open = (token: string, method = 'GET', form: Record<string, string> = {}) =>
    answerByLink({
      method,
      path: '/h/x',
      params: { token },
      query: {},
      headers: {},
      cookies: {},
      body: new Uint8Array(new TextEncoder().encode(new URLSearchParams(form).toString())),
      claims: {},
    })
  const sign = (lead: typeof leadId, handoffId: string, until = '2026-04-01T00:00:00.000Z') =>
    tokens.sign('handoff', { leadId: lead, data: { handoffId } }, until)
  const state = () => world.handoffs.items.get(`${leadId}.1`)?.answer
  return { open, sign, state, leadId, other, token: sign(leadId, `${leadId}.1`) }
}

describe('the link in the handoff email', () => {
  it('shows a page with the choices and changes nothing when opened', async () => {
    const { open, token, state } = await linkWorld()
    for (let time = 0; time < 2; time += 1) {
      const answer = await open(token)
      expect(answer).toMatchObject({ type: 'page', status: 200 })
      expect(answer.type === 'page' && answer.html).toMatch(/value="not-now"[\s\S]*<\/form>/)
    }
    expect(state()).toEqual({ state: 'requested' })
  })

  it('answers as the owner', async () => {
    const { open, token, state } = await linkWorld()
    expect(await open(token, 'POST', { answer: 'reject', reason: 'not-now' })).toMatchObject({
      type: 'page',
      status: 200,
    })
    expect(state()).toEqual({ state: 'rejected', at: now, by: 'anna@sales.example.com', reason: 'not-now' })
    expect(await open(token, 'POST', { answer: 'accept' })).toMatchObject({ type: 'page', status: 409 })
    expect((await open(token)).type).toBe('page')
  })

  it('refuses answers that are none', async () => {
    const { open, token, state } = await linkWorld()
    const answers: Record<string, string>[] = [{}, { answer: 'maybe' }, { answer: 'reject' }]
    for (const form of [...answers, { answer: 'reject', reason: 'bored' }])
      expect(await open(token, 'POST', form)).toMatchObject({ type: 'bad-input' })
    expect(state()).toEqual({ state: 'requested' })
  })

  it('opens its own handoff and no other', async () => {
    const { open, sign, leadId, other } = await linkWorld()
    const wrong = [
      sign(leadId, `${other}.1`),
      sign(leadId, `${leadId}.7`),
      sign(leadId, `${leadId}.1`, '2026-03-01T00:00:00.000Z'),
      tokens.sign('unsubscribe', { leadId, data: { handoffId: `${leadId}.1` } }, '2026-04-01T00:00:00.000Z'),
      'nonsense',
    ]
    for (const token of wrong)
      for (const method of ['GET', 'POST'])
        expect(await open(token, method, { answer: 'accept' })).toEqual({ type: 'not-found' })
  })
})
