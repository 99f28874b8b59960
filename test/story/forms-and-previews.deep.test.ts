import { describe, expect, it } from 'vitest'
import { linkIn } from './client.ts'
import { useStory } from './use-story.ts'

interface Preview {
  readonly subject: string
  readonly html: string
  readonly text: string
  readonly language: string
}

describe('forms and previews', () => {
  const client = useStory()

  const known = async (email: string) =>
    (await client.get<{ items: { leadId: string }[] }>(`/api/leads?email=${encodeURIComponent(email)}`)).items

  it('a page posted faster than people type is thanked for, and dropped', async () => {
    const page = await (await client.raw('/f/newsletter?lang=de')).text()
    const stamp = /name="_t" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const fields = (email: string) => ({ email, _t: stamp })
    // The runner's clock goes on by itself: only a stamp of a moment to come is certain to be too young.
    const forged = { email: 'forged@robot.example.net', _t: `9${stamp}` }
    expect((await client.submitForm('newsletter', forged)).headers.get('location')).toContain('done=1')
    await client.advance('3s')
    expect((await client.submitForm('newsletter', fields('slow@people.example.net'))).status).toBe(303)
    await client.settle()
    expect(await known('forged@robot.example.net')).toEqual([])
    expect(await known('slow@people.example.net')).toHaveLength(1)
  })

  it('whoever comes by a link of an email is not asked for what is known', async () => {
    const email = 'greta@werk.example.net'
    await client.submitForm('newsletter', { email, firstName: 'Greta' }, '?lang=en')
    await client.settle()
    const [confirm] = await client.inbox(email)
    if (!confirm) throw new Error('no confirmation')
    await client.raw(new URL(linkIn(confirm, '/confirm/')).pathname, { method: 'POST' })
    await client.settle()
    await client.advance('21d')
    const template = await client.get<Preview>('/api/emails/demo-invite/preview?language=en')
    const invite = (await client.inbox(email)).find(({ subject }) => subject === template.subject)
    if (!invite) throw new Error('no invitation')
    const links = [...invite.html.matchAll(/href="(http[^"]+)"/g)].map(([, link = '']) =>
      link.replaceAll('&amp;', '&'),
    )
    // Behind a tracked link stands the same address.
    const targets = await Promise.all(
      links.map(async (link) =>
        link.includes('/c/') ? (await client.raw(new URL(link).pathname)).headers.get('location') : link,
      ),
    )
    const target = targets.find((link) => link?.includes('/f/demo'))
    if (!target) throw new Error(`no form among ${links.join(', ')}`)
    const { pathname, search } = new URL(target)
    expect(search).not.toContain('reta')
    const page = await (await client.raw(pathname + search)).text()
    expect(page).not.toContain('name="firstName"')
    expect(page).toContain('name="lastName"')
    const anyone = await (await client.raw('/f/demo?lang=en')).text()
    expect(anyone).toContain('name="firstName"')
  })

  it('an email is listed, previewed for a lead, and sent to a colleague as a test that counts nowhere', async () => {
    const subject = { email: 'petra@werk.example.net' }
    const fields = { firstName: 'Petra', language: 'en' }
    await client.postEvents([{ id: 'p-1', type: 'profile.updated', subject, properties: { fields } }])
    await client.settle()
    const [lead] = await known(subject.email)
    if (!lead) throw new Error('no lead')

    const { items } = await client.get<{ items: { email: string; languages: string[] }[] }>('/api/emails')
    expect(items).toContainEqual(expect.objectContaining({ email: 'welcome', languages: ['de', 'en'] }))

    const path = `/api/emails/welcome/preview?lead=${lead.leadId}`
    const preview = await client.get<Preview>(path, 'marketing')
    expect(preview).toMatchObject({ language: 'en', subject: expect.stringContaining('Petra') })
    expect(preview.html).toContain('https://preview.invalid/unsubscribe')
    expect(preview.text).toContain('Hello Petra')

    const to = 'marketing@example.com'
    const ask = (body: object, role: 'marketing' | 'sales' = 'marketing') =>
      client.post('/api/emails/welcome/test', body, role)
    expect((await ask({ to, lead: lead.leadId })).status).toBe(202)
    expect((await ask({ to: subject.email })).status).toBe(422)
    expect((await ask({ to }, 'sales')).status).toBe(403)
    await client.settle()
    const inbox = await client.inbox()
    const tests = inbox.filter((mail) => mail.subject.startsWith('[Test] '))
    expect(tests).toMatchObject([{ to: [to], subject: `[Test] ${preview.subject}` }])
    expect(Object.keys(tests[0]?.headers ?? {}).join()).not.toMatch(/list-unsubscribe/i)
    expect(inbox.filter((mail) => mail.to.includes(subject.email))).toEqual([])
    const ours = (await client.events()).filter(({ source }) => source === 'trichter')
    expect(JSON.stringify(ours)).not.toContain(to)
    const { items: timeline } = await client.get<{ items: { type: string }[] }>(
      `/api/leads/${lead.leadId}/timeline`,
    )
    expect(timeline.filter(({ type }) => type.startsWith('email.'))).toEqual([])
    expect(await client.deadLetters()).toEqual([])
  })
})
