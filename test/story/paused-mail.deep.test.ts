import { beforeAll, describe, expect, it } from 'vitest'
import { playbookWith, settingsWithout } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

/** Two emails at once: they wake together. */
const sequence = `
id: interest
enter: { stage: interest }
reenter: never
stale: 30d
steps:
  - email: welcome
  - email: savings-guide
`
const hour = 3_600_000

interface Held {
  readonly items: readonly { readonly email: string; readonly leadId: string; readonly reason: string }[]
}

describe('mail that was asked for by a sequence that is paused', () => {
  const hours =
    'sending: { days: [mon, tue, wed, thu, fri, sat, sun], from: "10:00", to: "20:00" }\ntimeZone: UTC'
  const client = useStory({
    playbook: async () =>
      playbookWith(sequence, `${await settingsWithout('sending', 'caps', 'timeZone')}\n${hours}\n`),
  })
  beforeAll(() => advanceTo(8))

  /** Next time that it is so late, UTC. */
  const advanceTo = async (hourOfDay: number): Promise<void> => {
    const now = Date.parse(await client.now())
    const midnight = now - (now % (24 * hour))
    const at = midnight + hourOfDay * hour + (now - midnight >= hourOfDay * hour ? 24 * hour : 0)
    await client.advance(`${Math.ceil((at - now) / 60_000)}m`)
  }
  let facts = 0
  const signUp = async (email: string): Promise<void> => {
    const events = ['consent.granted', 'newsletter.subscribed'].map((type) => ({
      id: `paused-${++facts}`,
      type,
      properties: type === 'consent.granted' ? { purpose: 'newsletter' } : {},
      subject: { email },
    }))
    expect(await client.postEvents(events)).toMatchObject({ rejected: [] })
    await client.settle()
  }
  const steer = async (what: string, body: object = {}): Promise<void> => {
    const { status } = await client.post(`/api/sequences/interest/${what}`, body, 'marketing')
    expect([200, 202]).toContain(status)
    await client.settle()
  }
  const emailsTo = async (email: string) => (await client.inbox(email)).map(({ tags }) => tags.email)
  const heldFor = async (email: string) => {
    const { leadId } = await client.leadByEmail(email)
    const { items } = await client.get<Held>('/api/emails/held', 'marketing')
    return items.flatMap((one) => (one.leadId === leadId ? [[one.email, one.reason]] : [])).toSorted()
  }
  /** Asked for before the hours begin, paused, and due while it is. */
  const pausedWhenDue = async (email: string): Promise<void> => {
    await advanceTo(8)
    await signUp(email)
    expect(await heldFor(email)).toEqual([
      ['savings-guide', 'window'],
      ['welcome', 'window'],
    ])
    await steer('pause')
    await client.advance('4h')
    expect(await emailsTo(email)).toEqual([])
    expect(await heldFor(email)).toEqual([
      ['savings-guide', 'sequence-paused'],
      ['welcome', 'sequence-paused'],
    ])
  }

  it('is not sent, and goes out in its order once that goes on', async () => {
    const email = 'sent@order.example.net'
    await pausedWhenDue(email)
    await steer('resume', { due: 'send' })
    // The second waits for a minute where it comes first.
    await client.advance('2m')
    expect(await emailsTo(email)).toEqual(['welcome', 'savings-guide'])
  })

  it('is left out where that is wished', async () => {
    const email = 'skipped@order.example.net'
    await pausedWhenDue(email)
    await steer('resume', { due: 'skip' })
    await client.advance('3d')
    expect(await emailsTo(email)).toEqual([])
    expect(await heldFor(email)).toEqual([])
  })

  it('or goes out later by as long as the pause was', async () => {
    const email = 'shifted@order.example.net'
    await pausedWhenDue(email)
    await steer('resume', { due: 'shift' })
    // It fell due at ten, and was paused for four hours from eight on.
    await client.advance('90m')
    expect(await emailsTo(email)).toEqual([])
    await client.advance('1h')
    expect(await emailsTo(email)).toEqual(['welcome', 'savings-guide'])
    expect(await client.deadLetters()).toEqual([])
  })
})
