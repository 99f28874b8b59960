import { describe, expect, it } from 'vitest'
import { linkIn } from './client.ts'
import { useStory } from './use-story.ts'

interface PlaybookView {
  readonly version: string
  readonly publishedAt: string | null
  readonly by: string | null
  readonly files: Readonly<Record<string, string>>
  readonly draft?: { readonly files: Readonly<Record<string, string>> }
}

const early = 'grete.lang@werk.example.net'
const late = 'otto.kurz@werk.example.net'

const replaced = (text: string | undefined, from: RegExp, to: string): string => {
  if (!text || !from.test(text)) throw new Error(`no ${from} in the file`)
  return text.replace(from, to)
}

/** A marketer changes the playbook of a running Trichter over HTTP; each step stands on the one before. */
describe('the playbook is changed while leads are on their way', () => {
  const client = useStory()
  let before: PlaybookView
  let changed: Readonly<Record<string, string>>

  const call = (method: string, path: string, body?: unknown, role = 'marketing') =>
    client.raw(path, {
      method,
      headers: { authorization: `Bearer local-${role}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const read = () => client.get<PlaybookView>('/api/playbook', 'sales')
  const signUp = async (email: string) => {
    await client.submitForm('newsletter', { email, firstName: 'Gast' }, '?lang=de')
    await client.settle()
    const [mail] = await client.inbox(email)
    if (!mail) throw new Error('no confirmation')
    await fetch(linkIn(mail, '/confirm/'), { method: 'POST' })
    await client.settle()
  }
  const subjects = async (to: string) => (await client.inbox(to)).map(({ subject }) => subject)
  const pointsOf = async (email: string) => {
    const { rules } = await client.explanation((await client.leadByEmail(email)).leadId)
    return rules.filter(({ rule }) => rule === 'newsletter').map(({ points }) => points)
  }

  it('shows everybody what is live, and lets marketing alone change it', async () => {
    await signUp(early)
    before = await read()
    expect(before).toMatchObject({ publishedAt: null })
    expect(before.files['scoring.yaml']).toContain('engagement:')
    expect((await call('PUT', '/api/playbook', { files: before.files }, 'sales')).status).toBe(403)
    expect((await client.raw('/api/playbook', { method: 'PUT', body: '{}' })).status).toBe(401)
    expect((await call('POST', '/api/playbook/publish')).status).toBe(409)
  })

  it('keeps a draft with mistakes, tells where they are, and publishes no such thing', async () => {
    const wrong = {
      ...before.files,
      'scoring.yaml': replaced(before.files['scoring.yaml'], /on: newsletter\.subscribed/, 'onn: x'),
      'emails/welcome.de.mjml': replaced(before.files['emails/welcome.de.mjml'], /<\/h1>/, ''),
    }
    const saved = await call('PUT', '/api/playbook', { files: wrong })
    expect(saved.status).toBe(200)
    const told: { ok: boolean; errors: { file: string; line: number }[] } = JSON.parse(await saved.text())
    expect(told.ok).toBe(false)
    expect(new Set(told.errors.map(({ file }) => file))).toEqual(
      new Set(['scoring.yaml', 'emails/welcome.de.mjml']),
    )
    const refused = await call('POST', '/api/playbook/publish')
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ title: 'Invalid input', errors: told.errors })
    expect((await read()).draft?.files).toEqual(wrong)
  })

  it('publishes a changed form, email and scoring rule', async () => {
    const subject = (name: string, to: string) => ({
      [`emails/${name}.de.mjml`]: replaced(
        before.files[`emails/${name}.de.mjml`],
        /^subject: .*$/m,
        `subject: ${to}`,
      ),
    })
    const field = '  - { name: plant, type: text, label: { de: Ihr Werk, en: Your plant } }\n'
    changed = {
      ...before.files,
      ...subject('welcome', 'Ein anderer Anfang'),
      ...subject('savings-guide', 'Ein anderer Leitfaden'),
      'forms/newsletter.yaml': `${before.files['forms/newsletter.yaml']?.trimEnd()}\n${field}`,
      'scoring.yaml': replaced(
        before.files['scoring.yaml'],
        /(?<=on: newsletter\.subscribed, points: )\d+/,
        '12',
      ),
    }
    expect(await (await call('POST', '/api/playbook/check', { files: changed })).json()).toEqual({
      ok: true,
      errors: [],
    })
    expect((await call('PUT', '/api/playbook', { files: changed })).status).toBe(200)
    const done = await call('POST', '/api/playbook/publish')
    expect(done.status).toBe(200)
    const { version }: { version: string } = JSON.parse(await done.text())
    expect(version).not.toBe(before.version)
    const after = await read()
    expect(after).toMatchObject({
      version,
      files: changed,
      publishedAt: expect.any(String),
      by: expect.any(String),
    })
    expect(after.draft).toBeUndefined()
    await client.settle()
    const [event, ...more] = await client.events('PlaybookPublished')
    expect(more).toEqual([])
    expect(event?.detail.data).toMatchObject({ version })
  })

  it('shows the new field within half a minute', async () => {
    await client.advance('30s')
    expect(await (await client.raw('/f/newsletter?lang=de')).text()).toContain('Ihr Werk')
  })

  it('sends the new text to who comes now', async () => {
    await signUp(late)
    expect(await subjects(late)).toContain('Ein anderer Anfang')
    expect(await subjects(early)).not.toContain('Ein anderer Anfang')
  })

  it('scores both by the new rule', async () => {
    expect(await pointsOf(early)).toEqual([12])
    expect(await pointsOf(late)).toEqual([12])
  })

  it('finishes the run that began before with the old text', async () => {
    await client.advance('3d')
    expect(await subjects(late)).toContain('Ein anderer Leitfaden')
    const old = /^subject: '?(.*?)'?$/m.exec(before.files['emails/savings-guide.de.mjml'] ?? '')?.[1]
    expect((await subjects(early)).at(-1)).toBe(old)
    expect(await subjects(early)).not.toContain('Ein anderer Leitfaden')
  })
})
