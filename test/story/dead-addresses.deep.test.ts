import { describe, expect, it } from 'vitest'
import { linkIn, type Mail } from './client.ts'
import { playbookWith, settingsWithout } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

const sequence = `
id: interest
enter: { stage: interest }
reenter: never
steps:
  - email: welcome
  - wait: 3d
  - email: savings-guide
`

interface Emails {
  readonly emails: readonly {
    readonly email: string
    readonly status: string
    readonly reason: string | null
  }[]
}

describe('addresses that mail does not reach, or is not wanted at', () => {
  const client = useStory({
    playbook: async () =>
      // Two cases are two leads, and one mailbox.
      playbookWith(
        sequence,
        `${await settingsWithout('sending', 'caps', 'identity')}\nidentity: { case: distinct }\n`,
      ),
  })

  /** The inbox tells no cases apart. */
  const mailsTo = async (address: string): Promise<readonly Mail[]> =>
    (await client.inbox()).filter(({ to }) => to.includes(address))
  const emailsTo = async (address: string) => (await mailsTo(address)).map(({ tags }) => tags.email)
  let facts = 0
  const enter = async (email: string, ...types: readonly string[]): Promise<void> => {
    const events = ['consent.granted', 'newsletter.subscribed', ...types].map((type) => ({
      id: `dead-${++facts}`,
      type,
      properties: type === 'consent.granted' ? { purpose: 'newsletter' } : {},
      subject: { email },
    }))
    expect(await client.postEvents(events)).toMatchObject({ rejected: [] })
    await client.settle()
  }
  const emailsOf = async (email: string) => {
    const { leadId } = await client.leadByEmail(email)
    return (await client.get<Emails>(`/api/leads/${leadId}`)).emails.map((one) => [
      one.email,
      one.status,
      one.reason,
    ])
  }
  const signUp = async (email: string) => {
    expect((await client.submitForm('newsletter', { email }, '?lang=de')).status).toBe(303)
    await client.settle()
  }

  it.each([
    ['bounce', 'bounced'],
    ['complaint', 'complained'],
  ])('after a %s nobody writes there under another lead either', async (mailbox, reason) => {
    const [first, second] = [
      `${mailbox}+a@simulator.amazonses.com`,
      `${mailbox.toUpperCase()}+A@simulator.amazonses.com`,
    ]
    await enter(first)
    expect(await emailsTo(first)).toEqual(['welcome'])
    await enter(second)
    expect(await mailsTo(second)).toEqual([])
    expect(await emailsOf(second)).toEqual([['welcome', 'suppressed', reason]])
    await client.advance('3d')
    expect(await emailsTo(first)).toEqual(['welcome'])
  })

  it('after a bounce whoever signs up again is asked to confirm, and gets mail once that is done', async () => {
    const address = 'back@order.example.net'
    const bounced = { bounceType: 'Permanent', bounceSubType: 'General' }
    const event = {
      id: 'back-bounced',
      type: 'email.bounced',
      subject: { email: address },
      properties: bounced,
    }
    expect(await client.postEvents([event])).toMatchObject({ rejected: [] })
    await enter(address)
    expect(await emailsOf(address)).toEqual([['welcome', 'suppressed', 'bounced']])
    await signUp(address)
    const [confirmation] = await mailsTo(address)
    expect(confirmation?.tags.email).toBe('confirm')
    if (confirmation) await fetch(linkIn(confirmation, '/confirm/'), { method: 'POST' })
    await client.settle()
    await client.advance('3d')
    expect(await emailsTo(address)).toEqual(['confirm', 'savings-guide'])
  })

  it('a confirmation that bounces as well lifts nothing', async () => {
    const address = 'Bounce+a@simulator.amazonses.com'
    await signUp(address)
    expect(await emailsTo(address)).toEqual(['confirm'])
    await signUp(address)
    await client.advance('1d')
    await enter(address)
    expect(await emailsTo(address)).not.toContain('welcome')
  })

  it('after a complaint not even that', async () => {
    await signUp('Complaint+a@simulator.amazonses.com')
    expect(await mailsTo('Complaint+a@simulator.amazonses.com')).toEqual([])
  })

  it('what SES refuses has failed, once, and says why', async () => {
    const [address, error] = ['refused@order.example.net', 'BadRequestException']
    await client.faults({ service: 'ses', operation: 'SendEmail', error, rate: 1 })
    await enter(address)
    await client.faults()
    await client.advance('1h')
    expect(await mailsTo(address)).toEqual([])
    expect(await emailsOf(address)).toEqual([['welcome', 'failed', expect.stringContaining(error)]])
    const { leadId } = await client.leadByEmail(address)
    const { items } = await client.get<{ items: { type: string; properties: object }[] }>(
      `/api/leads/${leadId}/timeline`,
    )
    const failures = items.filter(({ type }) => type === 'email.failed')
    expect(failures).toMatchObject([
      { properties: { email: 'welcome', reason: expect.stringContaining(error) } },
    ])
    expect(await client.deadLetters()).toEqual([])
    // The next one is tried again.
    await client.advance('3d')
    expect(await emailsTo(address)).toEqual(['savings-guide'])
  })

  it('what SES turns away for the sender’s sake waits, and goes out once that is mended', async () => {
    const address = 'turned-away@order.example.net'
    await client.faults({ service: 'ses', operation: 'SendEmail', error: 'MessageRejected', rate: 1 })
    await enter(address)
    expect(await emailsOf(address)).toEqual([['welcome', 'held', 'sender-not-verified']])
    await client.faults()
    await client.advance('5h')
    expect(await emailsTo(address)).toEqual(['welcome'])
    expect(await client.deadLetters()).toEqual([])
  })
})
