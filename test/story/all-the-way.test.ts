import { describe, expect, it } from 'vitest'
import { linkIn, type Mail } from './client.ts'
import { useStory } from './use-story.ts'

const address = 'grete.lang@werk.example.net'
const marketing = (mails: readonly Mail[]) => mails.filter(({ headers }) => 'List-Unsubscribe' in headers)

/** The story of the tutorial, told in order over HTTP alone: each step stands on the one before. */
describe('a lead goes all the way', () => {
  const client = useStory()

  it('answers a sign-up like any other, and asks for confirmation before anything else', async () => {
    const response = await client.submitForm('newsletter', { email: address, firstName: 'Grete' }, '?lang=de')
    expect(response.status).toBeLessThan(400)
    await client.settle()
    const inbox = await client.inbox()
    expect(inbox.map(({ to }) => to)).toEqual([[address]])
    expect(marketing(inbox)).toEqual([])
    expect((await client.leadByEmail(address)).consent).toBe('pending')
  })

  it('does not take a mail scanner that follows the link for the person', async () => {
    const [mail] = await client.inbox(address)
    if (!mail) throw new Error('no confirmation')
    const page = await fetch(linkIn(mail, '/confirm/'))
    expect(await page.text()).toMatch(/<html lang="de"[\s\S]*<button/)
    await client.settle()
    expect((await client.leadByEmail(address)).consent).toBe('pending')
  })

  it('confirms by POST, once however often, and sends the welcome with a one-click way out', async () => {
    const [mail] = await client.inbox(address)
    if (!mail) throw new Error('no confirmation')
    for (let time = 0; time < 3; time += 1)
      expect((await fetch(linkIn(mail, '/confirm/'), { method: 'POST' })).status).toBe(200)
    await client.settle()
    const sent = marketing(await client.inbox(address))
    expect(sent).toHaveLength(1)
    expect(sent[0]?.headers['List-Unsubscribe']).toMatch(/^<https?:\/\/[^>]+\/u\/[^>]+>/)
    expect(sent[0]?.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    expect(sent[0]?.html).toContain('Grete')
    expect(sent[0]?.html).toMatch(/<html[^>]*lang="de"/)
    expect(await client.leadByEmail(address)).toMatchObject({ stage: 'interest', consent: 'granted' })
  })

  it('sends each mail of the sequence in its turn, and none twice', async () => {
    const subjects = async () => marketing(await client.inbox(address)).map(({ subject }) => subject)
    for (const [days, expected] of [
      [2, 1],
      [1, 2],
      [4, 3],
      [7, 4],
      [30, 4],
    ] as const) {
      await client.advance(`${days}d`)
      expect(await subjects()).toHaveLength(expected)
    }
    expect(new Set(await subjects()).size).toBe(4)
    const [run] = (await client.leadByEmail(address)).sequences.filter(
      ({ sequence }) => sequence === 'interest',
    )
    expect(run?.status).toBe('completed')
  })

  it('advances through the stages, once each', async () => {
    const { leadId } = await client.leadByEmail(address)
    const steps = [
      ['demo.requested', {}],
      ['quote.requested', {}],
      ['sales.engaged', { channel: 'phone' }],
      ['order.completed', { orderId: 'o-1', amount: 12500, currency: 'EUR' }],
    ] as const
    for (const [type, properties] of steps) {
      await client.postEvents([
        { id: `story-${type}`, type, subject: { email: address.toUpperCase() }, properties },
      ])
      await client.settle()
    }
    const advanced = (await client.events('StageAdvanced')).filter(
      ({ detail }) => detail.data.leadId === leadId,
    )
    expect(advanced.map(({ detail }) => detail.data.to)).toEqual([
      'awareness',
      'interest',
      'consideration',
      'intent',
      'evaluation',
      'purchase',
    ])
    for (const { detail } of advanced) expect(JSON.stringify(detail)).not.toMatch(/werk\.example|Grete/)
  })

  it('hands the lead to sales exactly once, with the reasons for its score', async () => {
    const lead = await client.leadByEmail(address)
    expect(lead.handoffs).toHaveLength(1)
    const handoffs = (await client.handoffs('?state=requested')).filter(
      ({ leadId }) => leadId === lead.leadId,
    )
    expect(handoffs).toHaveLength(1)
    const owner = handoffs[0]?.owner.email ?? ''
    const mails = (await client.inbox()).filter(({ to }) =>
      to.some((one) => one.endsWith('@sales.example.com')),
    )
    expect(mails.map(({ to }) => to)).toEqual([[owner]])
    for (const reason of [address, 'Vorführung angefragt', 'Angebot angefragt'])
      expect(mails[0]?.html).toContain(reason)
  })

  it('lets sales accept, and tells whoever comes too late', async () => {
    const [handoff] = (await client.leadByEmail(address)).handoffs
    if (!handoff) throw new Error('no handoff')
    expect((await client.post(`/api/handoffs/${handoff.handoffId}/accept`, {}, 'marketing')).status).toBe(403)
    expect((await client.post(`/api/handoffs/${handoff.handoffId}/accept`, {})).status).toBe(200)
    const late = await client.post(
      `/api/handoffs/${handoff.handoffId}/reject`,
      { reason: 'not-now' },
      'admin',
    )
    expect(late.status).toBe(409)
    await client.settle()
    expect((await client.leadByEmail(address)).handoffs[0]?.state).toBe('accepted')
    expect(await client.events('HandoffAccepted')).toHaveLength(1)
  })

  it('explains the score to the point, also when it has faded', async () => {
    const { leadId } = await client.leadByEmail(address)
    for (const later of ['90m', '9d']) {
      await client.advance(later)
      const { score, rules, stage } = await client.explanation(leadId)
      expect(rules.reduce((sum, { decayedTo }) => sum + decayedTo, 0)).toBeCloseTo(score, 9)
      expect((await client.leadByEmail(address)).score).toBeCloseTo(score, 3)
      expect(stage.id).toBe('purchase')
    }
  })

  it('stops at once when the lead unsubscribes by one click', async () => {
    const before = marketing(await client.inbox(address))
    const last = before.at(-1)
    if (!last) throw new Error('no mail')
    const response = await fetch(linkIn(last, '/u/'), {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    })
    expect(response.status).toBe(200)
    await client.settle()
    await client.advance('60d')
    expect(marketing(await client.inbox(address))).toHaveLength(before.length)
    expect((await client.leadByEmail(address)).consent).toBe('withdrawn')
  })

  it('left nothing behind that could not be handled', async () => {
    expect(await client.deadLetters()).toEqual([])
  })
})
