import { describe, expect, it } from 'vitest'
import { type HandoffView, linkIn, type Mail } from './client.ts'
import { playbookWithHandoff } from './playbook-folder.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface DueHandoff extends HandoffView {
  readonly requestedAt: string
  readonly dueAt: string
  readonly overdue: boolean
  readonly overdueSince: string | null
  readonly answeredBy: string | null
  readonly deadlines: Readonly<Record<'remindAt' | 'escalateAt' | 'reassignAt', string>>
}

const hour = 3_600_000
const anna = 'anna@sales.example.com'
const ben = 'ben@sales.example.com'
const lea = 'lea@sales.example.com'

/** Anna is written to in German, Ben and Lea in English. */
const handoff = `qualify: 'did("demo.requested")'
require: [email]
teams:
  dach:
    timeZone: UTC
    hours: { days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00" }
    strategy: round-robin
    lead: { name: Lea Kern, email: ${lea}, language: en }
    members:
      - { name: Anna Berg, email: ${anna} }
      - { name: Ben Thal, email: ${ben}, language: en }
route: [{ team: dach }]
accept: { remind: 2h, escalate: 4h, reassign: 6h }
reject: { not-now: { recycle: interest, pause: 30d } }
`

const plus = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

/** The next Tuesday at nine, some days ahead. */
const tuesdayAtNine = (now: string): string => {
  const date = new Date(Date.parse(now) + 24 * hour)
  date.setUTCHours(9, 0, 0, 0)
  while (date.getUTCDay() !== 2) date.setUTCDate(date.getUTCDate() + 1)
  return date.toISOString()
}

/** Each step stands on the one before. */
describe('a handoff that nobody answers', () => {
  const client = useStory({ playbook: () => playbookWithHandoff(handoff) })
  const story = scoringClient(client)

  const advanceTo = async (moment: string) => {
    const seconds = Math.ceil((Date.parse(moment) - Date.parse(await client.now())) / 1000)
    if (seconds > 0) await client.advance(`${seconds}s`)
  }
  const subjects = async (to: string) => (await client.inbox(to)).map(({ subject }) => subject)
  const latest = async (to: string): Promise<Mail> => {
    const mail = (await client.inbox(to)).at(-1)
    if (!mail) throw new Error(`no mail for ${to}`)
    return mail
  }
  const handoffOf = async (email: string): Promise<DueHandoff> => {
    const leadId = await story.idOf(email)
    const { items } = await client.get<{ items: readonly DueHandoff[] }>('/api/handoffs', 'sales')
    const found = items.find((one) => one.leadId === leadId)
    if (!found) throw new Error(`no handoff of ${email}`)
    return found
  }
  const qualify = async (email: string): Promise<DueHandoff> => {
    await story.record({ email }, ['demo.requested'])
    return handoffOf(email)
  }
  const acceptBy = (mail: Mail) =>
    client.raw(linkIn(mail, '/h/'), { method: 'POST', body: new URLSearchParams({ answer: 'accept' }) })
  const told = async (type: string, { leadId }: HandoffView) => (await story.told(type, leadId)).length

  let first: DueHandoff

  it('comes due in the business hours of its team', async () => {
    await advanceTo(tuesdayAtNine(await client.now()))
    first = await qualify('grete@werk.example.net')
    const { owner, requestedAt, dueAt, deadlines, overdue } = first
    expect(owner).toEqual({ name: 'Anna Berg', email: anna })
    expect([dueAt, overdue]).toEqual([plus(requestedAt, 4 * hour), false])
    expect(deadlines).toEqual({
      remindAt: plus(requestedAt, 2 * hour),
      escalateAt: plus(requestedAt, 4 * hour),
      reassignAt: plus(requestedAt, 6 * hour),
    })
    expect(await subjects(anna)).toHaveLength(1)
  })

  it('is reminded of, in the language of its owner, once and not before', async () => {
    await advanceTo(plus(first.deadlines.remindAt, -60_000))
    expect(await subjects(anna)).toHaveLength(1)
    await advanceTo(plus(first.deadlines.remindAt, 1000))
    expect(await subjects(anna)).toEqual([expect.anything(), expect.stringMatching(/^Erinnerung: /)])
    expect((await latest(anna)).text).toMatch(/Hallo Anna Berg, seit/)
    expect([await told('HandoffReminded', first), await told('HandoffEscalated', first)]).toEqual([1, 0])
    expect(await subjects(lea)).toEqual([])
  })

  it('is escalated to the lead of the team, and overdue from then on', async () => {
    await advanceTo(plus(first.deadlines.escalateAt, 1000))
    expect(await subjects(lea)).toEqual([expect.stringMatching(/^No answer: .* is with Anna Berg$/)])
    expect(await handoffOf('grete@werk.example.net')).toMatchObject({
      overdue: true,
      overdueSince: first.dueAt,
      owner: { email: anna },
    })
    expect([await told('HandoffReminded', first), await told('HandoffEscalated', first)]).toEqual([1, 1])
  })

  it('goes to another member, whose clock starts anew and stops over night', async () => {
    await advanceTo(plus(first.deadlines.reassignAt, 1000))
    const given = await handoffOf('grete@werk.example.net')
    expect(given).toMatchObject({ owner: { name: 'Ben Thal' }, overdue: false, overdueSince: first.dueAt })
    expect(await told('HandoffAssigned', first)).toBe(2)
    expect((await latest(ben)).text).toContain('Ben Thal')
    // Given at three and a moment: what is left until five, and the rest on Wednesday from nine.
    expect(given.deadlines.remindAt.slice(11, 13)).toBe('09')
    expect(Date.parse(given.deadlines.remindAt) - Date.parse(first.deadlines.reassignAt)).toBeGreaterThan(
      18 * hour,
    )
    await advanceTo(plus(given.deadlines.remindAt, 1000))
    expect(await subjects(ben)).toEqual([expect.anything(), expect.stringMatching(/^Reminder: /)])
    expect(await told('HandoffReminded', first)).toBe(2)
  })

  it('is left alone once it is accepted from the reminder', async () => {
    const page = await acceptBy(await latest(ben))
    expect(page.status).toBe(200)
    await client.settle()
    const before = (await client.inbox()).length
    await client.advance('10d')
    expect((await client.inbox()).length).toBe(before)
    expect(await handoffOf('grete@werk.example.net')).toMatchObject({
      state: 'accepted',
      answeredBy: ben,
      overdue: false,
    })
    expect([await told('HandoffEscalated', first), await told('HandoffAssigned', first)]).toEqual([1, 2])
    expect(await told('HandoffAccepted', first)).toBe(1)
  })

  it('that two answer at once is given to one, and the other is told who has it', async () => {
    const { handoffId } = await qualify('two@werk.example.net')
    const answers = await Promise.all(
      (['sales', 'admin'] as const).map((role) => client.post(`/api/handoffs/${handoffId}/accept`, {}, role)),
    )
    const { answeredBy } = await handoffOf('two@werk.example.net')
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const refused = answers.find(({ status }) => status === 409)
    expect(await refused?.json()).toMatchObject({
      detail: expect.stringContaining(`accepted by ${answeredBy}`),
    })
    await client.settle()
  })

  it('can be accepted by the lead of the team, by a link of their own', async () => {
    await advanceTo(tuesdayAtNine(await client.now()))
    const { deadlines } = await qualify('lead@werk.example.net')
    await advanceTo(plus(deadlines.escalateAt, 1000))
    expect((await acceptBy(await latest(lea))).status).toBe(200)
    await client.settle()
    expect(await handoffOf('lead@werk.example.net')).toMatchObject({ state: 'accepted', answeredBy: lea })
  })

  it('is answered for good also when the function that takes the answer cannot tell it, or dies', async () => {
    const { functions } = await client
      .raw('/_local')
      .then((response) => response.json() as Promise<{ functions: readonly { readonly name: string }[] }>)
    const answering = functions.find(({ name }) => /Answer/.test(name))?.name
    const faults = [
      { service: 'events', operation: 'PutEvents', error: 'InternalFailure', rate: 1, function: answering },
      { service: 'lambda', error: 'Crash', rate: 1, function: answering },
    ]
    for (const [index, fault] of faults.entries()) {
      const email = `fault-${index}@werk.example.net`
      const asked = await qualify(email)
      const mail = await latest(asked.owner.email)
      expect((await client.faults(fault)).status).toBe(201)
      const { status } = await acceptBy(mail)
      await client.faults()
      await client.advance('3m')
      const { state } = await handoffOf(email)
      // Where the process dies is left to chance: before the commit, or after the answer.
      if (fault.service === 'events') expect([status >= 500, state]).toEqual([true, 'accepted'])
      // One that dies after publishing publishes again, under the same id.
      const accepted = (await client.events('HandoffAccepted'))
        .filter(({ detail }) => detail.data.leadId === asked.leadId)
        .map(({ detail }) => detail.metadata.id)
      expect([state, new Set(accepted).size]).toEqual([state, state === 'accepted' ? 1 : 0])
      const timeline = await story.timeline(asked.leadId)
      const facts = timeline.items.filter(({ id }) => id === `${asked.handoffId}:accepted`)
      expect(facts).toHaveLength(state === 'accepted' ? 1 : 0)
    }
  })
})
