import { describe, expect, it } from 'vitest'
import { linkIn, type Mail } from './client.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

const agent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36'

describe('what is learnt of people, and what is not', () => {
  const client = useStory()
  const story = scoringClient(client)

  const browse = (visitorId: string, ...events: readonly (readonly [type: string, properties: object])[]) =>
    client.raw('/t', {
      method: 'POST',
      headers: {
        'content-type': 'text/plain;charset=UTF-8',
        'user-agent': agent,
        origin: 'https://www.example.com',
      },
      body: JSON.stringify({
        events: events.map(([type, properties], index) => ({
          id: `${visitorId}-${index}`,
          type,
          subject: { visitorId },
          properties,
        })),
      }),
    })
  const follow = (link: string, method = 'GET') =>
    client.raw(link, { method, headers: { 'user-agent': agent } })
  const ruleIds = async (leadId: string) => (await client.explanation(leadId)).rules.map(({ rule }) => rule)
  const mailTo = async (email: string, has: string): Promise<Mail> => {
    const mail = (await client.inbox(email)).find(({ html }) => html.includes(has))
    if (!mail) throw new Error(`no mail with ${has}`)
    return mail
  }
  const signUp = async (email: string, fields: Record<string, string> = {}) => {
    expect((await client.submitForm('newsletter', { email, optIn: 'true', ...fields })).status).toBe(303)
    await client.settle()
    const confirm = linkIn(await mailTo(email, '/confirm/'), '/confirm/')
    expect((await client.raw(confirm, { method: 'POST' })).status).toBe(200)
    await client.settle()
  }

  it('a visitor who signs up brings along what was read before', async () => {
    const script = await client.raw('/t.js')
    expect(script.headers.get('content-type')).toContain('javascript')
    expect(await script.text()).toContain(`${client.url}/t`)
    const pages = await browse(
      'visitor-of-grete',
      ['page.viewed', { path: '/preise' }],
      ['page.engaged', { path: '/preise', seconds: 75 }],
      ['order.completed', { amount: 1_000_000, currency: 'EUR' }],
    )
    expect(pages.status).toBe(204)
    expect((await browse('visitor-of-grete', ['page.viewed', { path: '/preise' }])).status).toBe(204)
    await client.settle()
    await signUp('grete@werk.example.net', { _visitor: 'visitor-of-grete' })
    const rules = await ruleIds(await story.idOf('grete@werk.example.net'))
    expect(rules.sort()).toEqual(['long-read', 'newsletter', 'page-view', 'pricing-page'])
  })

  it('a click in an email leads on and counts, once it is clear that a person clicked', async () => {
    const email = 'klick@werk.example.net'
    await signUp(email)
    const leadId = await story.idOf(email)
    const mail = await mailTo(email, '/c/')
    expect(mail.text).not.toContain('/c/')
    expect(mail.text).toContain('utm_source=leisewerk&utm_medium=email')
    await client.advance('1h')
    const link = linkIn(mail, '/c/')
    expect((await follow(link, 'HEAD')).status).toBe(302)
    await client.advance('1m')
    expect(await ruleIds(leadId)).not.toContain('email-click')

    const reply = await follow(link)
    expect(reply.status).toBe(302)
    expect(new URL(reply.headers.get('location') ?? '').searchParams.get('utm_content')).toBeTruthy()
    expect(reply.headers.get('location')).toMatch(/^https:\/\/www\.example\.com\//)
    await client.advance('1m')
    expect(await ruleIds(leadId)).toContain('email-click')

    const picture = await follow(/src="([^"]*\/o\/[^"]*)"/.exec(mail.html)?.[1] ?? '')
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/gif'])
    expect((await picture.arrayBuffer()).byteLength).toBeLessThan(60)
    await client.advance('1m')
    const { items } = await client.get<{ items: { type: string }[] }>(`/api/leads/${leadId}/timeline`)
    expect(items.filter(({ type }) => type === 'email.opened')).toHaveLength(1)
  })

  it('what was agreed to can be taken back: old links lead on, and tell nothing', async () => {
    const leadId = await story.idOf('klick@werk.example.net')
    const clicks = async () => {
      const { items } = await client.get<{ items: { type: string }[] }>(`/api/leads/${leadId}/timeline`)
      return items.filter(({ type }) => type === 'email.clicked').length
    }
    const before = await clicks()
    expect(before).toBeGreaterThan(0)
    await story.record({ leadId }, ['consent.withdrawn', { purpose: 'tracking' }])
    expect((await follow(linkIn(await mailTo('klick@werk.example.net', '/c/'), '/c/'))).status).toBe(302)
    await client.advance('1m')
    expect(await clicks()).toBe(before)
    expect((await client.leadByEmail('klick@werk.example.net')).consent).toBe('granted')
    await client.advance('14d')
    const mails = await client.inbox('klick@werk.example.net')
    expect(mails.at(-1)?.html).not.toMatch(/\/[co]\/[\w-]+\.[\w-]+/)
    expect(mails.length).toBeGreaterThan(3)
  })

  it('nobody is sent anywhere by a token that is not ours', async () => {
    const link = linkIn(await mailTo('klick@werk.example.net', '/c/'), '/c/')
    const before = (await client.events('Activity')).length
    const forged = link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
    for (const bad of [forged, link.replace('/c/', '/o/'), `${client.url}/c/x`]) {
      const reply = await follow(bad)
      expect([reply.status, reply.headers.get('location')]).toEqual([404, null])
    }
    await client.settle()
    expect(await client.events('Activity')).toHaveLength(before)
  })

  it('who agreed to mail alone is not measured', async () => {
    const email = 'still@werk.example.net'
    await story.record(
      { email },
      ['consent.granted', { purpose: 'newsletter' }],
      ['newsletter.subscribed', {}],
    )
    const mail = await mailTo(email, '/u/')
    expect(mail.html).not.toMatch(/\/[co]\/[\w-]+\.[\w-]+/)
    expect(mail.html).toContain('utm_source=leisewerk&amp;utm_medium=email')
    expect(linkIn(mail, '/u/')).not.toContain('utm_')
  })
})
