import { expect, it } from 'vitest'
import type { HandoffView } from './client.ts'
import { playbookWithHandoff } from './playbook-folder.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface AnsweredHandoff extends HandoffView {
  readonly answeredBy: string | null
  readonly reason: string | null
  readonly deadlines: Readonly<Record<'remindAt' | 'expireAt', string>>
}

const handoff = `qualify: 'did("demo.requested")'
require: [email]
teams:
  dach:
    timeZone: UTC
    hours: { days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "23:59" }
    strategy: round-robin
    members: [{ name: Anna Berg, email: anna@sales.example.com }]
route: [{ team: dach }]
accept: { remind: 2h, expire: { after: 6h, reason: no-reply } }
reject:
  no-reply: { recycle: interest, pause: 30d }
  wrong-fit: { close: true }
`

const client = useStory({ playbook: () => playbookWithHandoff(handoff) })
const story = scoringClient(client)

const handoffOf = async (leadId: string): Promise<AnsweredHandoff> => {
  const { items } = await client.get<{ items: readonly AnsweredHandoff[] }>('/api/handoffs', 'sales')
  const found = items.find((one) => one.leadId === leadId)
  if (!found) throw new Error(`no handoff of ${leadId}`)
  return found
}
const qualify = async (name: string): Promise<AnsweredHandoff> => {
  await story.record({ email: `${name}@werk.example.net` }, ['demo.requested'])
  return handoffOf(await story.idOf(`${name}@werk.example.net`))
}

/** Each lead as its salesperson's CRM has it; then time passes for all of them. */
it('whatever a CRM says of a lead answers its handoff, and nobody is chased for it', async () => {
  const said = [
    ['accepted', [['handoff.accepted']], { state: 'accepted', answeredBy: 'activity' }],
    ['rejected', [['handoff.rejected', { reason: 'wrong-fit' }]], { state: 'rejected', reason: 'wrong-fit' }],
    ['recycled', [['handoff.rejected', { reason: 'no-reply' }]], { state: 'rejected', reason: 'no-reply' }],
    ['won', [['deal.won', { amount: 5, currency: 'EUR' }]], { state: 'won' }],
  ] as const
  const asked = []
  for (const [name, facts, expected] of said) {
    const { leadId, handoffId } = await qualify(name)
    await story.record({ leadId }, ...facts)
    expect(await handoffOf(leadId)).toMatchObject(expected)
    asked.push({ leadId, handoffId })
  }
  const before = (await client.inbox('anna@sales.example.com')).length
  await client.advance('2d')
  expect(await client.inbox('anna@sales.example.com')).toHaveLength(before)
  for (const { leadId, handoffId } of asked) {
    expect((await client.post(`/api/handoffs/${handoffId}/accept`, {})).status).toBe(409)
    const told = [
      ...(await story.told('HandoffAccepted', leadId)),
      ...(await story.told('HandoffRejected', leadId)),
    ]
    const { items } = await story.timeline(leadId)
    const answers = items.filter(({ id }) => id.startsWith(handoffId))
    expect([told.length <= 1, answers]).toEqual([true, []])
  }
  const [, rejected, , won] = asked
  const deals = async (leadId = '') =>
    (await client.get<{ deals: readonly object[] }>(`/api/leads/${leadId}`)).deals
  expect([await deals(rejected?.leadId), await deals(won?.leadId)]).toMatchObject([[], [{ status: 'won' }]])
})

it('an answer by hand goes to the handoff itself', async () => {
  const { leadId } = await qualify('hand')
  const logged = await client.post(`/api/leads/${leadId}/activities`, { type: 'handoff.accepted' })
  expect(logged.status).toBe(422)
  expect(await logged.text()).toContain('POST /api/handoffs/{id}/accept')
  expect((await handoffOf(leadId)).state).toBe('requested')
})

it('what nobody answers goes back to marketing for the reason that the playbook names', async () => {
  const { leadId, handoffId } = await qualify('silent')
  await client.advance('7h')
  expect(await handoffOf(leadId)).toMatchObject({ state: 'expired', reason: 'no-reply' })
  expect(await story.told('HandoffRejected', leadId)).toMatchObject([
    { handoffId, reason: 'no-reply', expired: true },
  ])
  expect(await story.told('LeadRecycled', leadId)).toMatchObject([{ to: 'interest', reason: 'no-reply' }])
  const late = await client.post(`/api/handoffs/${handoffId}/accept`, {})
  expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('expired')])
})
