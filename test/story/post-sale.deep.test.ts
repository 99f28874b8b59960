import { describe, expect, it } from 'vitest'
import { linkIn } from './client.ts'
import { useStory } from './use-story.ts'

interface Run {
  readonly sequence: string
  readonly status: string
  readonly nextAt: string | null
  readonly because?: string
}
interface Lead {
  readonly leadId: string
  readonly sequences: readonly Run[]
  readonly attributes: Readonly<Record<string, unknown>>
}

const won = { amount: '18400.00', currency: 'EUR' }

/** The day so many days from now, as a CRM writes it. */
const dayAfter = (now: string, days: number): string =>
  new Date(Date.parse(now) + days * 86_400_000).toISOString().slice(0, 10)

const longDate = (day: string): string =>
  new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))

/** What customers get from the win on, by the shipped playbook. */
describe('after the sale', () => {
  const client = useStory()
  let ids = 0

  const record = async (email: string, ...types: readonly (readonly [string, object?])[]) => {
    const events = types.map(([type, properties = {}]) => {
      ids += 1
      return { id: `post-${ids}`, type, subject: { email }, properties }
    })
    expect((await client.postEvents(events)).rejected).toEqual([])
    await client.settle()
  }
  const show = async (email: string): Promise<Lead> =>
    client.get<Lead>(`/api/leads/${(await client.leadByEmail(email)).leadId}`)
  const run = async (email: string, sequence: string) =>
    (await show(email)).sequences.find((one) => one.sequence === sequence)
  const mails = async (email: string) => (await client.inbox(email)).map(({ tags }) => tags.email)
  const told = async () => (await client.inbox('lea@sales.example.com')).map(({ subject }) => subject)
  const customer = async (email: string, renewsIn: number) => {
    const renewsAt = dayAfter(await client.now(), renewsIn)
    await record(
      email,
      ['consent.granted', { purpose: 'newsletter' }],
      ['profile.updated', { fields: { language: 'en', firstName: 'Karin' } }],
      ['deal.won', { ...won, renewsAt }],
    )
    return renewsAt
  }

  it('begins with a win, asks how it was, and offers what fits those who are glad', async () => {
    const email = 'glad@werk.example.net'
    await customer(email, 365)
    await client.advance('15d')
    expect(await mails(email)).toEqual(['first-steps', 'first-results'])
    await record(email, ['onboarding.completed'])
    await client.advance('31d')
    expect(await mails(email)).toEqual(['first-steps', 'first-results', 'second-hall', 'how-satisfied'])
    const asked = (await client.inbox(email)).find(({ tags }) => tags.email === 'how-satisfied')
    if (!asked) throw new Error('nobody asks')
    const form = await fetch(linkIn(asked, '/f/rating').replace(/rating=\d$/, 'rating=5'))
    expect(await form.text()).toMatch(/<input type="text"[^>]* value="5">/)
    const answer = { email, rating: '5', ratingComment: 'It hisses no more.' }
    expect((await client.submitForm('rating', answer)).status).toBe(303)
    await client.settle()
    await client.advance('3d')
    expect((await mails(email)).at(-1)).toBe('energy-report')
    const { leadId, attributes } = await show(email)
    expect(attributes).toMatchObject({ rating: 5, ratingComment: 'It hisses no more.' })
    const { items } = await client.get<{ items: { type: string; properties: object }[] }>(
      `/api/leads/${leadId}/timeline`,
    )
    expect(items.find(({ type }) => type === 'customer.rated')?.properties).toEqual({
      form: 'rating',
      rating: 5,
    })
    expect(await run(email, 'satisfaction')).toMatchObject({ status: 'completed' })

    await record(email, ['order.completed', { orderId: 'A-7', amount: '2400.00', currency: 'EUR' }])
    await client.advance('2h')
    expect((await mails(email)).at(-1)).toBe('ordered-again')
  })

  it('tells the team of those who are not, and offers them nothing', async () => {
    const email = 'cross@werk.example.net'
    await customer(email, 365)
    await record(email, ['onboarding.completed'])
    await client.advance('31d')
    await record(email, ['customer.rated', { rating: 2 }])
    await client.advance('20d')
    expect(await run(email, 'satisfaction')).toMatchObject({ status: 'exited', because: 'dissatisfied' })
    expect((await told()).filter((subject) => subject.includes(email))).toEqual([
      expect.stringContaining('a 1 or a 2'),
    ])
    expect(await mails(email)).not.toContain('energy-report')
  })

  it('writes 60 days before the contract renews, also when that day is moved, and begins anew with the renewal', async () => {
    const email = 'renews@werk.example.net'
    await customer(email, 120)
    const first = (await run(email, 'renewal'))?.nextAt
    const moved = dayAfter(await client.now(), 150)
    await record(email, ['profile.updated', { fields: { renewsAt: moved } }])
    const until = (await run(email, 'renewal'))?.nextAt ?? ''
    expect(until.slice(0, 10)).toBe(dayAfter(`${moved}T12:00:00Z`, -60))
    expect(Date.parse(until) - Date.parse(first ?? '')).toBeGreaterThan(29 * 86_400_000)
    await client.advance('61d')
    expect(await mails(email)).not.toContain('renewal-ahead')
    await client.advance('30d')
    const reminded = (await client.inbox(email)).filter(({ tags }) => tags.email === 'renewal-ahead')
    expect(reminded).toHaveLength(1)
    expect(reminded[0]?.html).toContain(longDate(moved))
    expect(reminded[0]?.headers['List-Unsubscribe']).toBeUndefined()
    await record(email, ['deal.won', { ...won, renewsAt: dayAfter(`${moved}T12:00:00Z`, 365) }])
    await client.advance('20d')
    expect((await told()).filter((subject) => subject.includes(email))).toEqual([])
    expect(await run(email, 'renewal')).toMatchObject({ status: 'waiting' })
    expect((await run(email, 'renewal'))?.nextAt?.slice(0, 10)).toBe(dayAfter(`${moved}T12:00:00Z`, 305))
  })

  it('asks the team 45 days before, where nobody has renewed; a win without a date says so', async () => {
    const email = 'silent@werk.example.net'
    await customer(email, 70)
    await client.advance('30d')
    expect((await told()).filter((subject) => subject.includes(email))).toEqual([
      expect.stringContaining('renews in 45 days'),
    ])
    await record('dateless@werk.example.net', ['deal.won', won])
    expect(await run('dateless@werk.example.net', 'renewal')).toMatchObject({
      status: 'exited',
      because: 'no-date',
    })
  })
})
