import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { linkIn } from './client.ts'
import { day, earlier, scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface LocalView {
  readonly queues: unknown
  readonly urls: { readonly aws: string }
}

describe('scoring and funnel, right in any order', () => {
  const client = useStory()
  const story = scoringClient(client)

  const takeBack = async (leadId: string, activityId: string) => {
    const voided = { type: 'activity.voided', properties: { activityId, reason: 'sent by a colleague' } }
    expect((await client.post(`/api/leads/${leadId}/activities`, voided)).status).toBe(202)
    await client.settle()
  }
  it('shows the score of a past moment, and a late fact where it belongs', async () => {
    const email = 'late@werk.example.net'
    const now = await client.now()
    await story.record({ email }, ['newsletter.subscribed', {}, earlier(now, 2 * day)])
    const leadId = await story.idOf(email)
    const yesterday = earlier(now, day)
    expect((await story.show(leadId, `?at=${yesterday}`)).score).toBeCloseTo(10 * 2 ** (-1 / 90), 6)
    const [late] = await story.record({ email }, ['demo.requested', {}, earlier(now, 1.5 * day)])
    const past = await story.show(leadId, `?at=${yesterday}`)
    expect(past.score).toBeCloseTo(10 * 2 ** (-1 / 90) + 30 * 2 ** (-0.5 / 30), 6)
    expect(past.stage).toBe('consideration')
    expect((await story.timeline(leadId)).items.find(({ id }) => id === late)).toMatchObject({ late: true })
    const before = await client.raw(`/api/leads/${leadId}?at=${earlier(now, 3 * day)}`, {
      headers: { authorization: 'Bearer local-sales' },
    })
    expect(before.status).toBe(404)
  })

  it('counts skipped stages as passed through, and tells one advance', async () => {
    const email = 'skips@werk.example.net'
    await story.record({ email }, ['quote.requested'])
    const leadId = await story.idOf(email)
    const { stages } = await story.show(leadId)
    expect(stages.map(({ stage, implied }) => [stage, implied])).toEqual([
      ['awareness', false],
      ['interest', true],
      ['consideration', true],
      ['intent', false],
    ])
    expect((await story.told('StageAdvanced', leadId)).map(({ to }) => to)).toEqual(['awareness', 'intent'])
  })

  it('takes back by hand what was wrong, with its points, its stage and its handoff', async () => {
    const email = 'wrong@werk.example.net'
    const [, demo, quote] = await story.record(
      { email },
      ['consent.granted', { purpose: 'newsletter' }],
      ['demo.requested'],
      ['quote.requested'],
    )
    const leadId = await story.idOf(email)
    const [handoff] = (await story.show(leadId)).handoffs
    expect(handoff?.state).toBe('requested')
    const ownersMail = async () => (await client.inbox()).filter(({ html }) => html.includes(email))
    const [mail] = await ownersMail()
    if (!mail || !demo || !quote) throw new Error('no handoff email')

    await takeBack(leadId, quote)
    await takeBack(leadId, demo)
    expect(await story.show(leadId)).toMatchObject({
      score: 0,
      stage: 'awareness',
      handoffs: [{ state: 'expired' }],
    })
    expect((await story.told('StageWithdrawn', leadId)).map(({ stage }) => stage).sort()).toEqual([
      'consideration',
      'intent',
    ])
    expect(await story.told('QualificationWithdrawn', leadId)).toMatchObject([{ cycle: 1 }])
    expect(await (await fetch(linkIn(mail, '/h/'))).text()).toContain('Nicht mehr offen')
    expect(
      (await fetch(linkIn(mail, '/h/'), { method: 'POST', body: new URLSearchParams({ answer: 'accept' }) }))
        .status,
    ).toBe(409)
    const { items } = await story.timeline(leadId)
    expect(items.find(({ id }) => id === quote)).toMatchObject({ leftOut: { type: 'voided' } })

    await story.record({ email }, ['quote.requested'], ['demo.requested'])
    expect((await story.show(leadId)).handoffs).toMatchObject([
      { handoffId: handoff?.handoffId, state: 'requested' },
    ])
    expect(await ownersMail()).toHaveLength(2)
  })

  it('does not count the clicks of a scanner, and those of a person once that is clear', async () => {
    const email = 'clicks@werk.example.net'
    await story.record({ email }, ['newsletter.subscribed'], ['consent.granted', { purpose: 'newsletter' }])
    const leadId = await story.idOf(email)
    const [mail] = await client.inbox(email)
    if (!mail) throw new Error('no email')
    await client.advance('1h')
    const local = (await (await client.raw('/_local')).json()) as LocalView
    const queues = new SQSClient({
      endpoint: local.urls.aws,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    const queue = JSON.stringify(local.queues).match(/https?:[^"]*Feedback[^"]*Queue[^"]*/)?.[0]
    /** As the rule for SES puts it on the queue of feedback: programs cannot put events of AWS on a bus. */
    const click = async (link: string, timestamp: string) => {
      const tags = Object.fromEntries(Object.entries(mail.tags).map(([name, value]) => [name, [value]]))
      const detail = {
        eventType: 'Click',
        mail: { timestamp: mail.at, messageId: mail.messageId, tags },
        click: { timestamp, link, userAgent: 'Mozilla/5.0' },
      }
      const event = { id: 'e', 'detail-type': 'Email Clicked', source: 'aws.ses', time: timestamp, detail }
      await queues.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: JSON.stringify(event) }))
    }
    const scanned = await client.now()
    await click('https://www.example.com/a', scanned)
    await click('https://www.example.com/b', earlier(scanned, -400))
    await client.settle()
    await client.advance('1m')
    const base = (await story.show(leadId)).score
    expect(base).toBeLessThan(10)
    const clicks = (await story.timeline(leadId)).items.filter(({ leftOut }) => leftOut?.type === 'machine')
    expect(clicks.map(({ leftOut }) => leftOut?.because)).toEqual(
      Array.from({ length: 2 }, () => 'several links within a second'),
    )

    await click('https://www.example.com/a', await client.now())
    await client.settle()
    await client.advance('1m')
    expect((await story.show(leadId)).score - base).toBeCloseTo(4, 1)
    queues.destroy()
  })

  it('cools down by itself, and says so when it happens', async () => {
    const email = 'cools@werk.example.net'
    await story.record({ email }, ['demo.requested'], ['quote.requested'])
    const leadId = await story.idOf(email)
    const bands = async () => (await story.told('LeadScored', leadId)).map(({ band }) => band)
    const atFirst = await bands()
    expect(atFirst.at(-1)).toBe('hot')
    await client.advance('60d')
    const { score } = await story.show(leadId)
    expect(score).toBeCloseTo(70 / 4, 1)
    const since = (await bands()).slice(atFirst.length)
    expect(since).toContain('warm')
    expect(since.at(-1)).toBe('cold')
  })
})
