import { describe, expect, it } from 'vitest'
import { secretTokens } from '../../../functions/adapters/link-keys.ts'
import { answerApp } from '../../../functions/answer/answer-by-link.ts'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { makeReassignHandoff } from '../../../functions/handoff/reassign-handoff.ts'
import { oneKey } from '../fakes/link-keys.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { handoffWorld, now } from '../handoff/handoff-world.ts'
import { send } from '../http/call-app.ts'

const tokens = secretTokens(oneKey('a secret of some length'))

const lea = { name: 'Lea Kern', email: 'lea@sales.example.com' }

/** @param lead of the team. @param left who is in it no more. */
const linkWorld = async (lead?: typeof lea, left?: string) => {
  const world = await handoffWorld(2)
  for (const leadId of world.leadIds) await makeHandOffLead(world.ports)(world.qualified(leadId))
  const [leadId, other] = world.leadIds
  if (!leadId || !other) throw new Error('no leads')
  const { handoff } = world.rules.playbook
  const { dach } = handoff.teams
  if (!dach) throw new Error('no team')
  const [first, ...others] = dach.members.filter(({ email }) => email !== left)
  if (!first) throw new Error('nobody is left')
  const teams = { dach: { ...dach, members: [first, ...others] as const, ...(lead && { lead }) } }
  const playbook = { ...world.rules.playbook, handoff: { ...handoff, teams } }
  const answer = makeAnswerHandoff({ ...world.ports, rules: playbook.handoff })
  const audit = memoryAudit()
  const app = answerApp({
    ...{ ...world.ports, answer, tokens, playbook, audit },
    newId: () => 'entry',
  })
  const open = async (token: string, method = 'GET', form: Record<string, string> = {}) => {
    const reply = await send(app, `/h/${token}`, { method, body: new URLSearchParams(form).toString() })
    if (reply.status === 404) return { type: 'not-found' } as const
    const html = await reply.text()
    return reply.status === 422
      ? ({ type: 'bad-input', html } as const)
      : ({ type: 'page', status: reply.status, html } as const)
  }
  const sign = (of: typeof leadId, handoffId: string, until = '2026-04-01T00:00:00.000Z', data = {}) =>
    tokens.sign('handoff', { leadId: of, data: { handoffId, ...data } }, until)
  const state = () => world.handoffs.items.get(`${leadId}.1`)?.answer
  const asLead = sign(leadId, `${leadId}.1`, undefined, { assignment: 1, as: 'lead' })
  return { ...world, audit, open, sign, state, asLead, leadId, other, token: sign(leadId, `${leadId}.1`) }
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
    const { open, token, state, audit, leadId } = await linkWorld()
    expect(await open(token, 'POST', { answer: 'reject', reason: 'not-now' })).toMatchObject({
      type: 'page',
      status: 200,
    })
    expect(state()).toEqual({ state: 'rejected', at: now, by: 'anna@sales.example.com', reason: 'not-now' })
    expect(await open(token, 'POST', { answer: 'accept' })).toMatchObject({ type: 'page', status: 409 })
    expect(audit.entries).toMatchObject([
      { actor: 'anna@sales.example.com', action: 'handoff.rejected', target: `handoffs/${leadId}.1` },
    ])
    expect((await open(token)).type).toBe('page')
  })

  it('is noted though whoever answered died before noting it, and answers again', async () => {
    const { open, token, audit } = await linkWorld()
    const add = audit.add
    let died = false
    audit.add = async (entry) => {
      if (!died) {
        died = true
        throw new Error('died')
      }
      await add(entry)
    }
    await expect(open(token, 'POST', { answer: 'accept' })).rejects.toThrow('died')
    expect(await open(token, 'POST', { answer: 'accept' })).toMatchObject({ type: 'page', status: 200 })
    expect(audit.entries).toMatchObject([{ action: 'handoff.accepted' }])
  })

  it('is worth nothing to whoever was taken out of the team: it shows and answers nothing', async () => {
    const { open, token, state } = await linkWorld(undefined, 'anna@sales.example.com')
    expect(await open(token)).toEqual({ type: 'not-found' })
    expect(await open(token, 'POST', { answer: 'accept' })).toEqual({ type: 'not-found' })
    expect(state()).toEqual({ state: 'requested' })
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

  it('of an escalation answers as the lead of the team, while that is the team that has it', async () => {
    const { open, asLead, state } = await linkWorld(lea)
    expect(await open(asLead, 'POST', { answer: 'accept' })).toMatchObject({ type: 'page', status: 200 })
    expect(state()).toEqual({ state: 'accepted', at: now, by: lea.email })

    const moved = await linkWorld(lea)
    const handoff = moved.handoffs.items.get(`${moved.leadId}.1`)
    if (!handoff) throw new Error('no handoff')
    const elsewhere = {
      ...handoff.assignments[0],
      team: 'world',
      owner: handoff.owner,
      at: now,
      because: 'by-hand',
    } as const
    await moved.handoffs.commit({
      ...handoff,
      team: 'world',
      assignments: [...handoff.assignments, elsewhere],
    })
    expect((await open(asLead)).type).toBe('page')
    for (const method of ['GET', 'POST'])
      expect((await moved.open(moved.asLead, method, { answer: 'accept' })).type).toBe('not-found')
    expect(moved.state()).toEqual({ state: 'requested' })
  })

  it('of an escalation leads nowhere once the team has no lead', async () => {
    const { open, asLead } = await linkWorld()
    expect(await open(asLead, 'POST', { answer: 'accept' })).toEqual({ type: 'not-found' })
  })
})

describe('the link of somebody whose handoff was given to somebody else', () => {
  const handedOn = async () => {
    const world = await linkWorld()
    const handoffId = `${world.leadId}.1`
    const reassign = makeReassignHandoff({ ...world.ports, rules: world.rules.playbook.handoff })
    await reassign(handoffId, { by: 'boss', owner: 'ben@sales.example.com' })
    const tokenOf = (assignment: number) => world.sign(world.leadId, handoffId, undefined, { assignment })
    return { ...world, anna: tokenOf(1), ben: tokenOf(2) }
  }

  it('shows who has it, and takes no answer', async () => {
    const { open, anna, token, state } = await handedOn()
    const html = expect.stringContaining('Inzwischen ist Ben Thal zuständig.')
    expect(await open(anna)).toEqual({ type: 'page', status: 200, html })
    expect(await open(anna, 'POST', { answer: 'accept' })).toEqual({ type: 'page', status: 409, html })
    // One of before, which says nothing of assignments, was the first one's.
    expect(await open(token, 'POST', { answer: 'accept' })).toMatchObject({ status: 409 })
    expect(state()).toEqual({ state: 'requested' })
  })

  it('shows who answered, once it is answered by the link of the new owner', async () => {
    const { open, anna, ben, state } = await handedOn()
    expect(await open(ben, 'POST', { answer: 'accept' })).toMatchObject({ status: 200 })
    expect(state()).toMatchObject({ state: 'accepted', by: 'ben@sales.example.com' })
    const late = await open(anna, 'POST', { answer: 'accept' })
    expect(late).toMatchObject({ status: 409, html: expect.stringContaining('Ben Thal') })
  })
})
