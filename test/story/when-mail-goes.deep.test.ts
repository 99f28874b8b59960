import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import type { Mail } from './client.ts'
import { playbookWith } from './playbook-folder.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface EmailView {
  readonly sendId: string
  readonly leadId: string
  readonly email: string
  readonly sequence: string
  readonly status: string
  readonly reason: string | null
  readonly until: string | null
  readonly messageId: string | null
}
type Counts = Readonly<Record<string, number>>

const berlin = 'Europe/Berlin'
const newYork = 'America/New_York'

/** The Sunday on which clocks change next in Berlin, with a few days left until then. */
const changeDay = (): Temporal.PlainDate => {
  const soon = Temporal.Instant.fromEpochMilliseconds(Date.now()).toZonedDateTimeISO(berlin).add({ days: 3 })
  const change = soon.getTimeZoneTransition('next')
  if (!change) throw new Error('clocks do not change any more')
  return change.toPlainDate()
}

const sunday = changeDay()
const eight = (date: Temporal.PlainDate, zone: string): string =>
  new Date(date.toZonedDateTime({ timeZone: zone, plainTime: '08:00' }).epochMilliseconds).toISOString()
const tuesday = sunday.add({ days: 2 })

const settings = `company: { name: Leisewerk GmbH, address: 'Am Lokschuppen 12', imprint: https://www.example.com/impressum }
sender: { name: Leisewerk, email: hallo@mail.example.com }
timeZone: ${berlin}
languages: [de, en]
sending: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "20:00", holidays: [${sunday.add({ days: 1 })}] }
caps: [{ emails: 2, per: 2d }, { emails: 6, per: 14d }]
`
const sequence = `id: interest
enter: { stage: interest }
goal: 'did("webinar.registered")'
steps: [{ email: welcome }, { email: savings-guide }, { email: case-study }]
`

/** Sending hours, caps and what is held, over a change of clocks; each step stands on the one before. */
describe('mail goes out when it may', () => {
  const client = useStory({ playbook: () => playbookWith(sequence, settings) })
  const story = scoringClient(client)

  const advanceTo = async (moment: string) => {
    const seconds = Math.ceil((Date.parse(moment) - Date.parse(await client.now())) / 1000)
    if (seconds > 0) await client.advance(`${seconds}s`)
  }
  /** Emails of one run go out one after the other: one that meets an earlier one on its way looks again a minute later. */
  const inTheirOrder = () => client.advance('5m')
  /** Whole hours after the moment. */
  const soonAfter = (mails: readonly Mail[], moment: string) =>
    mails.map(({ at }) => Math.floor((Date.parse(at) - Date.parse(moment)) / 3_600_000))
  const signUp = (email: string, fields: object = {}) =>
    story.record(
      { email },
      ['profile.updated', { fields: { language: 'de', firstName: 'Gast', ...fields } }],
      ['consent.granted', { purpose: 'newsletter' }],
      ['newsletter.subscribed'],
    )
  const marketing = async (to: string): Promise<readonly Mail[]> =>
    (await client.inbox(to)).filter(({ headers }) => 'List-Unsubscribe' in headers)
  const emailsOf = async (email: string) =>
    (await client.get<{ emails: readonly EmailView[] }>(`/api/leads/${await story.idOf(email)}`)).emails
  const held = async (query = '') =>
    (await client.get<{ items: readonly EmailView[] }>(`/api/emails/held${query}`, 'marketing')).items
  const cancel = (sendId: string) =>
    client.post(`/api/emails/held/${encodeURIComponent(sendId)}/cancel`, {}, 'marketing')
  const statuses = (emails: readonly EmailView[]) => emails.map(({ status }) => status).toSorted()

  const here = 'berlin@werk.example.net'
  const there = 'york@werk.example.net'

  it('holds everything at the weekend, over the holiday and the change of clocks, where the lead lives', async () => {
    await advanceTo(
      new Date(
        sunday.subtract({ days: 1 }).toZonedDateTime({ timeZone: berlin, plainTime: '15:00' })
          .epochMilliseconds,
      ).toISOString(),
    )
    await signUp(here)
    await signUp(there, { timeZone: newYork })
    for (const [email, zone] of [
      [here, berlin],
      [there, newYork],
    ] as const) {
      expect(await marketing(email)).toEqual([])
      const emails = await emailsOf(email)
      expect(emails.map(({ status, reason, until }) => [status, reason, until])).toEqual(
        Array.from({ length: 3 }, () => ['held', 'window', eight(tuesday, zone)]),
      )
    }
    expect(await held()).toHaveLength(6)
    expect((await held('?sequence=interest&limit=4')).length).toBe(4)
    expect(await held('?sequence=other')).toEqual([])
    expect((await client.raw('/api/emails/held')).status).toBe(401)
    expect(
      (await client.raw('/api/emails/held', { headers: { authorization: 'Bearer local-sales' } })).status,
    ).toBe(403)
    expect(await story.told('EmailHeld', await story.idOf(here))).toHaveLength(3)
  })

  it('lets a held email be taken back, and says so', async () => {
    const guide = (await emailsOf(here)).find(({ email }) => email === 'savings-guide')
    if (!guide) throw new Error('no savings-guide')
    expect((await cancel(guide.sendId)).status).toBe(200)
    expect((await cancel(`${guide.leadId}:interest:9:0`)).status).toBe(404)
    await client.settle()
    expect(await held()).toHaveLength(5)
    expect(await story.told('EmailSuppressed', guide.leadId)).toMatchObject([{ reason: 'cancelled' }])
  })

  it('sends when the window opens by the clock of the lead, and as many as the caps allow', async () => {
    await advanceTo(eight(tuesday, berlin))
    await inTheirOrder()
    expect(soonAfter(await marketing(here), eight(tuesday, berlin))).toEqual([0, 0])
    expect(statuses(await emailsOf(here))).toEqual(['sent', 'sent', 'suppressed'])
    expect(await marketing(there)).toEqual([])

    await advanceTo(eight(tuesday, newYork))
    await inTheirOrder()
    expect(soonAfter(await marketing(there), eight(tuesday, newYork))).toEqual([0, 0])
    const waiting = (await emailsOf(there)).filter(({ status }) => status === 'held')
    expect(waiting).toMatchObject([{ reason: 'cap' }])
    expect(waiting[0]?.until?.slice(0, 16)).toBe(eight(tuesday.add({ days: 2 }), newYork).slice(0, 16))
    await client.advance('2d1m')
    expect(await marketing(there)).toHaveLength(3)
  })

  it('cannot take back what was sent', async () => {
    const [sent] = (await emailsOf(here)).filter(({ status }) => status === 'sent')
    expect((await cancel(sent?.sendId ?? '')).status).toBe(409)
    expect(sent?.messageId).not.toBeNull()
  })

  it('looks at consent and goal again before a held email goes out', async () => {
    const [leaves, arrives] = ['leaves@werk.example.net', 'arrives@werk.example.net']
    await advanceTo(eight(tuesday.add({ days: 7 }), berlin))
    for (const email of [leaves, arrives]) await signUp(email)
    await inTheirOrder()
    await story.record({ email: leaves }, ['consent.withdrawn', { purpose: 'newsletter' }])
    await story.record({ email: arrives }, ['webinar.registered'])
    await client.advance('2d1m')
    expect(await marketing(leaves)).toHaveLength(2)
    expect((await emailsOf(leaves)).find(({ status }) => status === 'suppressed')?.reason).toBe('no-consent')
    expect(await marketing(arrives)).toHaveLength(2)
    expect((await emailsOf(arrives)).find(({ status }) => status === 'exited')?.reason).toBe('goal')
  })

  it('loses nothing while SES throttles, and sends nothing twice', async () => {
    await advanceTo(eight(tuesday.add({ days: 14 }), berlin))
    await client.faults({ service: 'ses', operation: 'SendEmail', error: 'ThrottlingException', rate: 0.3 })
    const people = Array.from({ length: 12 }, (_, number) => `many-${number}@werk.example.net`)
    await Promise.all(people.map((email) => signUp(email)))
    await client.advance('2h')
    await client.faults()
    await client.advance('3d')
    for (const email of people) {
      const mails = await marketing(email)
      expect(new Set(mails.map(({ subject }) => subject)).size).toBe(3)
      expect(mails).toHaveLength(3)
    }
  })

  it('gives up what SES rejects, and says so in the timeline', async () => {
    const email = 'rejected@werk.example.net'
    await advanceTo(eight(tuesday.add({ days: 21 }), berlin))
    await client.faults({ service: 'ses', operation: 'SendEmail', error: 'BadRequestException', rate: 1 })
    await signUp(email)
    await inTheirOrder()
    await client.faults()
    expect(statuses(await emailsOf(email))).toEqual(['failed', 'failed', 'failed'])
    const { items } = await story.timeline(await story.idOf(email))
    const failed = items.filter(({ id }) => id.endsWith(':failed'))
    expect(failed).toHaveLength(3)
    expect(JSON.stringify(failed)).toContain('BadRequestException')
    await client.advance('3d')
    expect(await marketing(email)).toEqual([])
  })

  it('accounts for every email that was asked for', async () => {
    type Report = {
      readonly emails: readonly (Counts & { readonly email: string })[]
      readonly total: Counts
    }
    const { emails, total } = await client.get<Report>('/api/sequences/interest/report', 'marketing')
    expect(emails.map(({ email, requested }) => [email, requested]).toSorted()).toEqual([
      ['case-study', 17],
      ['savings-guide', 17],
      ['welcome', 17],
    ])
    expect(total).toMatchObject({
      requested: 51,
      sent: 45,
      held: 0,
      suppressed: 2,
      failed: 3,
      exited: 1,
      claimed: 0,
    })
    expect((await client.inbox()).filter(({ headers }) => 'List-Unsubscribe' in headers)).toHaveLength(45)
  })
})
