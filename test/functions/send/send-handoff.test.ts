import { describe, expect, test } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { address, cause, playbook, publicUrl, sendWorld } from './send-world.ts'

const facts = [
  { ...fact('profile', 'profile.updated', '01-01T08:00', { fields: { country: 'DE' } }), email: address },
  fact('yes', 'consent.granted', '01-01T09:00', { purpose: 'newsletter' }),
  fact('p1', 'page.viewed', '01-01T10:00', { path: '/pricing' }),
  fact('p2', 'page.viewed', '01-02T10:00', { path: '/pricing/teams' }),
  fact('demo', 'demo.requested', '01-03T10:00'),
  fact('quote', 'quote.requested', '01-04T10:00'),
  fact('custom', 'factory.visited', '01-05T08:00', { name: '<b>Werk 2</b>' }),
]
const qualified = foldLead(facts, compileRules(playbook))?.qualifications[0]
if (!qualified) throw new Error('the sample lead does not qualify')

const handoff: Handoff = {
  handoffId: `${leadId}.1`,
  leadId,
  team: 'dach',
  owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
  assignments: [
    {
      team: 'dach',
      owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
      at: '2026-01-05T09:00:00.000Z',
      because: 'routed',
    },
  ],
  score: qualified.score,
  stage: 'intent',
  requestedAt: '2026-01-05T09:00:00.000Z',
  dueAt: '2026-01-05T13:00:00.000Z',
  answer: { state: 'requested' },
  version: 1,
  outbox: [],
}
const request: EmailRequest = {
  leadId,
  sendId: `${leadId}.1:notify`,
  email: 'handoff',
  recipient: 'owner',
  handoffId: handoff.handoffId,
}

describe('the email to the owner', () => {
  test('explains the score in rows that add up, and tells what happened, newest first', async () => {
    const world = sendWorld(facts, handoff)
    await makeSendEmail(world.ports)(request, cause)
    const [email] = world.outgoing
    expect(email).toMatchObject({
      to: 'anna@sales.example.com',
      subject: expect.stringMatching(/^anna@example\.com: \d+/),
    })
    const rows = [...(email?.html ?? '').matchAll(/<p>(\w+) ([\d.]+)<\/p>/g)].map(
      ([, rule, points]) => [rule, Number(points)] as const,
    )
    expect(rows.map(([rule]) => rule).sort()).toEqual(['dach', 'demo', 'pricing', 'quote'])
    expect(rows.reduce((sum, [, points]) => sum + points, 0)).toBeCloseTo(handoff.score, 9)
    const told = (email?.text ?? '')
      .split('\n')
      .filter((line) => line.startsWith('Hat ') || line.startsWith('factory'))
    expect(told).toEqual([
      'factory visited: <b>Werk 2</b>',
      'Hat ein Angebot angefragt',
      'Hat eine Vorführung angefragt',
      'Hat eine Seite besucht: /pricing/teams',
      'Hat eine Seite besucht: /pricing',
      'Hat eingewilligt',
    ])
    expect(email?.html).toContain('&lt;b&gt;Werk 2&lt;/b&gt;')
  })

  test('has one signed link to accept or reject, and one to the console', async () => {
    const world = sendWorld(facts, handoff)
    await makeSendEmail(world.ports)(request, cause)
    const html = world.outgoing[0]?.html ?? ''
    const [, accept = ''] = /\/h\/([\w.-]+)\?answer=accept"/.exec(html) ?? []
    expect(html).toContain(`${publicUrl}/h/${accept}?answer=reject"`)
    expect(html).toContain(`href="${publicUrl}/handoffs/lead-0001.1"`)
    expect(world.ports.tokens.verify('handoff', accept, '2026-02-01T00:00:00.000Z')).toEqual({
      leadId,
      data: { handoffId: handoff.handoffId },
    })
  })

  test('of a round that was withdrawn since is not sent, that of the present one is', async () => {
    const requestedAt = '2026-01-05T10:00:00.000Z'
    const again = {
      ...handoff,
      round: 2,
      requestedAt,
      assignments: [...handoff.assignments, ...handoff.assignments],
    }
    const world = sendWorld(facts, again)
    await makeSendEmail(world.ports)(request, cause)
    expect(world.sends.items.get(request.sendId)).toMatchObject({ status: 'suppressed', reason: 'withdrawn' })
    await makeSendEmail(world.ports)({ ...request, sendId: `${leadId}.1:notify:2` }, cause)
    expect(world.outgoing).toHaveLength(1)
  })

  test('of somebody who was passed over meanwhile is not sent', async () => {
    const ben = { name: 'Ben Thal', email: 'ben@sales.example.com' }
    const second = { team: 'dach', owner: ben, at: handoff.dueAt, because: 'deadline' } as const
    const world = sendWorld(facts, { ...handoff, owner: ben, assignments: [...handoff.assignments, second] })
    for (const email of ['handoff', 'reminder', 'escalation'] as const) {
      const sendId = email === 'handoff' ? request.sendId : `${leadId}.1:${email}:1`
      await makeSendEmail(world.ports)({ ...request, email, sendId, assignment: 1 }, cause)
      expect(world.sends.items.get(sendId)).toMatchObject({ status: 'suppressed', reason: 'reassigned' })
    }
    expect(world.outgoing).toEqual([])
  })

  test('shows nothing that was taken back', async () => {
    const voided = fact('void', 'activity.voided', '01-05T08:30', { activityId: 'custom' })
    const world = sendWorld([...facts, voided], handoff)
    await makeSendEmail(world.ports)(request, cause)
    expect(world.outgoing[0]?.text).toContain('Hat ein Angebot angefragt')
    expect(world.outgoing[0]?.text).not.toMatch(/factory|voided/)
  })

  test.each([
    [
      'is not needed once it is answered',
      { ...handoff, answer: { state: 'expired', at: handoff.dueAt } },
      'already-answered',
    ],
    ['is about a handoff', undefined, 'no-handoff'],
  ] as const)('%s', async (_name, given, reason) => {
    const world = sendWorld(facts, given)
    await makeSendEmail(world.ports)(request, cause)
    expect(world.outgoing).toEqual([])
    expect(world.sends.items.get(request.sendId)).toMatchObject({ status: 'suppressed', reason })
  })
})

describe('an email about a handoff that nobody answers', () => {
  const lea = { name: 'Lea Kern', email: 'lea@sales.example.com', language: 'en' }
  const { dach } = playbook.handoff.teams
  if (!dach) throw new Error('no team')
  const led: Playbook = {
    ...playbook,
    handoff: { ...playbook.handoff, teams: { dach: { ...dach, lead: lea } } },
  }
  const asked = (email: 'reminder' | 'escalation') => ({
    ...request,
    email,
    sendId: `${leadId}.1:${email}:1`,
    assignment: 1,
  })
  const tokenIn = (html: string) => /\/h\/([\w.-]+)\?answer=accept"/.exec(html)?.[1] ?? ''

  test('reminds its owner, in words of the system where the playbook has none', async () => {
    const world = sendWorld(facts, handoff, led)
    await makeSendEmail(world.ports)(asked('reminder'), cause)
    expect(world.outgoing).toMatchObject([
      { to: 'anna@sales.example.com', subject: 'Erinnerung: anna@example.com wartet auf Ihre Antwort' },
    ])
    const { html = '', text = '' } = world.outgoing[0] ?? {}
    expect(text).toMatch(/^Guten Tag Anna Berg,\n\nseit 05\.01\.2026, 10:00 Uhr/)
    const claims = world.ports.tokens.verify('handoff', tokenIn(html), handoff.dueAt)
    expect(claims?.data).toEqual({ handoffId: handoff.handoffId, assignment: 1 })
  })

  test('tells the lead of the team, in their language and with a link of their own', async () => {
    const world = sendWorld(facts, handoff, led)
    await makeSendEmail(world.ports)(asked('escalation'), cause)
    expect(world.outgoing).toMatchObject([
      { to: lea.email, subject: 'No answer: anna@example.com is with Anna Berg' },
    ])
    const { html = '', text = '' } = world.outgoing[0] ?? {}
    expect(text).toMatch(/^Hello Lea Kern,\n\nAnna Berg has not answered/)
    expect(html).not.toContain(`href="${publicUrl}/"`)
    const claims = world.ports.tokens.verify('handoff', tokenIn(html), handoff.dueAt)
    expect(claims?.data).toEqual({ handoffId: handoff.handoffId, assignment: 1, as: 'lead' })
  })

  test('is written by the playbook where it has words for it', async () => {
    const own = { kind: 'transactional', preheader: '', html: '<p>{{ recipient.name }}</p>' } as const
    const emails = { ...playbook.emails, reminder: { de: { ...own, subject: 'Bitte, {{ handoff.owner }}' } } }
    const world = sendWorld(facts, handoff, { ...led, emails })
    await makeSendEmail(world.ports)(asked('reminder'), cause)
    expect(world.outgoing).toMatchObject([
      { subject: 'Bitte, Anna Berg', html: expect.stringContaining('Anna Berg') },
    ])
  })

  test.each([
    [
      'once it is answered',
      { answer: { state: 'accepted', at: handoff.dueAt, by: 'anna' } },
      led,
      'already-answered',
    ],
    ['where the team has no lead any more', {}, playbook, 'no-team-lead'],
  ] as const)('is not sent %s', async (_name, parts, live, reason) => {
    const world = sendWorld(facts, { ...handoff, ...parts }, live)
    await makeSendEmail(world.ports)(asked('escalation'), cause)
    expect(world.outgoing).toEqual([])
    expect([...world.sends.items.values()]).toMatchObject([{ status: 'suppressed', reason }])
  })
})

describe('an email to whoever takes over what was accepted', () => {
  const ben = { name: 'Ben Thal', email: 'ben@sales.example.com' }
  const at = '2026-01-06T10:00:00.000Z'
  const by = 'anna@sales.example.com'
  const second = { team: 'dach', owner: ben, at, because: 'by-hand', by: 'boss', reason: 'On leave' } as const
  const takenOver: Handoff = {
    ...handoff,
    owner: ben,
    assignments: [...handoff.assignments, { ...second, accepted: true }],
    answer: { state: 'accepted', at: handoff.requestedAt, by },
  }
  const asked = { ...request, email: 'reassigned', sendId: `${leadId}.1:notify:2`, assignment: 2 }

  test('says whose it was and why, and asks for no answer', async () => {
    const world = sendWorld(facts, takenOver)
    await makeSendEmail(world.ports)(asked, cause)
    expect(world.outgoing).toMatchObject([{ to: ben.email, subject: 'Jetzt bei Ihnen: anna@example.com' }])
    const { html = '', text = '' } = world.outgoing[0] ?? {}
    expect(text).toMatch(/^Guten Tag Ben Thal,\n\ndieser Lead lag bei Anna Berg und gehört jetzt Ihnen/)
    expect(text).toContain('\nGrund: On leave\n')
    expect(html).not.toContain('/h/')
    expect(html).not.toContain(`href="${publicUrl}/"`)
  })

  test.each<[string, Handoff, object, string]>([
    ['once it is won', { ...takenOver, answer: { state: 'won', at } }, asked, 'already-answered'],
    [
      'once a third one has it',
      { ...takenOver, assignments: [...takenOver.assignments, { ...second, accepted: true }] },
      asked,
      'reassigned',
    ],
    ['as the first email, which asks for an answer', takenOver, { email: 'handoff' }, 'already-answered'],
  ])('is not sent %s', async (_name, given, parts, reason) => {
    const world = sendWorld(facts, given)
    await makeSendEmail(world.ports)({ ...asked, ...parts }, cause)
    expect(world.outgoing).toEqual([])
    expect([...world.sends.items.values()]).toMatchObject([{ status: 'suppressed', reason }])
  })
})

test.each(['handoff', 'reminder'])('nobody who was taken out of the teams gets %s', async (email) => {
  const owner = { name: 'Olga Alt', email: 'olga@sales.example.com' }
  const [first] = handoff.assignments
  const theirs = { ...handoff, owner, assignments: first ? [{ ...first, owner }] : [] }
  const world = sendWorld(facts, theirs)
  const sendId = email === 'reminder' ? `${leadId}.1:reminder:1` : request.sendId
  await makeSendEmail(world.ports)({ ...request, email, sendId }, cause)
  expect(world.outgoing).toEqual([])
  expect(JSON.stringify([...world.sends.items.values()])).toContain('owner-left')
})
