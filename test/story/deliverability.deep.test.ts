import { describe, expect, it } from 'vitest'
import type { Mail } from './client.ts'
import { playbookWith, settingsWithout } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

interface SendingView {
  readonly paused: { readonly because: string; readonly figures: object } | null
  readonly sent: number
  readonly bounced: number
  readonly complained: number
}

const sequence = `
id: interest
enter: { stage: interest }
reenter: never
steps:
  - email: welcome
  - wait: 3d
  - email: savings-guide
`

const marketing = (mails: readonly Mail[]) => mails.filter(({ tags }) => tags.kind === 'marketing')

describe('a sender that keeps a good name', () => {
  const client = useStory({
    playbook: async () =>
      playbookWith(
        sequence,
        `${await settingsWithout('sending', 'caps', 'unsubscribe')}\nunsubscribe: { mailto: leave@mail.example.com }\n`,
      ),
  })

  let facts = 0
  const signUp = async (...emails: readonly string[]): Promise<void> => {
    const events = emails.flatMap((email) =>
      [
        { type: 'consent.granted', properties: { purpose: 'newsletter' } },
        { type: 'newsletter.subscribed', properties: {} },
      ].map((fact) => ({ ...fact, id: `d-${++facts}`, subject: { email } })),
    )
    expect(await client.postEvents(events)).toMatchObject({ rejected: [] })
    await client.settle()
  }
  const sending = () => client.get<SendingView>('/api/sending')
  const reasons = async (email: string) => {
    const { leadId } = await client.leadByEmail(email)
    const suppressed = await client.events('EmailSuppressed')
    return suppressed.flatMap(({ detail: { data } }) => (data.leadId === leadId ? [data.reason] : []))
  }

  it('says in the headers how to leave and who it is, to one recipient a message', async () => {
    await signUp('anna@order.example.net')
    const [mail, ...others] = await client.inbox()
    expect(others).toEqual([])
    expect(mail?.to).toEqual(['anna@order.example.net'])
    expect(mail?.headers['List-Unsubscribe']).toMatch(
      /^<http:\/\/127\.0\.0\.1:\d+\/u\/[\w.-]+>, <mailto:leave@mail\.example\.com\?subject=unsubscribe>$/,
    )
    expect(mail?.headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click')
    expect(mail?.headers['Feedback-ID']).toBe('welcome:interest:marketing:trichter')
    expect(await sending()).toMatchObject({ paused: null, sent: 1, bounced: 0, complained: 0 })
  })

  it('does not write again to whom SES does not deliver, nor to whom complained', async () => {
    const [dead, angry] = ['suppressionlist@simulator.amazonses.com', 'complaint@simulator.amazonses.com']
    await signUp(dead, angry)
    expect(await sending()).toMatchObject({ paused: null, sent: 3, bounced: 1, complained: 1 })
    await client.advance('3d')
    expect(marketing(await client.inbox(dead))).toHaveLength(1)
    expect(marketing(await client.inbox(angry))).toHaveLength(1)
    expect(await reasons(dead)).toContain('ses-suppressed')
    expect(marketing(await client.inbox('anna@order.example.net'))).toHaveLength(2)
  })

  it('pauses marketing mail when too much of it bounces, and says so once', async () => {
    await signUp(...Array.from({ length: 5 }, (_, index) => `bounce+${index}@simulator.amazonses.com`))
    expect(await sending()).toMatchObject({ paused: null, bounced: 5 })
    await signUp('bounce+5@simulator.amazonses.com', 'bounce+6@simulator.amazonses.com')
    expect((await sending()).paused).toMatchObject({ because: 'bounces' })
    const paused = (await client.events('SendingPaused')).map(({ detail }) => detail.metadata.id)
    expect(new Set(paused).size).toBe(1)
  })

  it('holds marketing mail while it is paused, and lets confirmations through', async () => {
    await signUp('berta@order.example.net')
    expect(await client.inbox('berta@order.example.net')).toEqual([])
    await client.submitForm('newsletter', { email: 'carla@order.example.net' }, '?lang=de')
    await client.settle()
    expect(await client.inbox('carla@order.example.net')).toHaveLength(1)
    await client.advance('5h')
    expect(await client.inbox('berta@order.example.net')).toEqual([])
  })

  it('sends what was held, once and at once, when an admin lets it go on', async () => {
    expect((await client.post('/api/sending/resume', {}, 'marketing')).status).toBe(403)
    expect((await client.post('/api/sending/resume', {}, 'admin')).status).toBe(200)
    await client.settle()
    expect(marketing(await client.inbox('berta@order.example.net'))).toHaveLength(1)
    expect(await sending()).toMatchObject({ paused: null, bounced: 0 })
    expect(await client.deadLetters()).toEqual([])
  })
})
