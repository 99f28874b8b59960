import { describe, expect, it } from 'vitest'
import { digest } from '../../../functions/adapters/digest.ts'
import { packedBytes } from '../../../functions/adapters/pack.ts'
import { buildPlaybook } from '../../../functions/playbook/check-draft.ts'
import { changed, smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { compileOnce } from './playbook-world.ts'

const layout = `<!-- around every email -->
<mjml lang="{{ email.language }}">
  <mj-head>
    <mj-attributes><mj-button background-color="{{ brand.accent }}" color="{{ brand.onAccent }}" /></mj-attributes>
  </mj-head>
  <mj-body background-color="{{ brand.background }}">
    {% if brand.logo %}
    <mj-section><mj-column><mj-image src="{{ brand.logo }}" alt="{{ company.name }}" /></mj-column></mj-section>
    {% endif %}
    <mj-section css-class="paper"><mj-column>{{ content }}</mj-column></mj-section>
    <mj-section><mj-column><mj-text font-family="{{ brand.font }}">
      {% if email.reason %}{{ email.reason }}{% else %}no reason{% endif %}
      {% case email.kind %}{% when "marketing" %}<a href="{{ links.unsubscribe }}">{% if email.language == "de" %}Ab{% else %}Off{% endif %}</a>{% endcase %}
      <a href="{{ company.imprint }}">{{ company.name }}</a>
    </mj-text></mj-column></mj-section>
  </mj-body>
</mjml>
`
const front = (kind: string, more = ''): string =>
  `---\nsubject: S\npreheader: P\nkind: ${kind}\n${more}---\n`
const hello =
  '<mj-text>Hello {{ lead.firstName | default: "you" }}</mj-text>\n<mj-button href="https://www.example.com/x">Go</mj-button>\n'

const build = (changes: Readonly<Record<string, string | undefined>>) =>
  buildPlaybook(smallPlaybook(changes), { compile: compileOnce, digest, packedBytes })
const told = async (changes: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> =>
  (await build(changes)).faults.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  )

const withLayout = (body: string, more: Readonly<Record<string, string>> = {}) => ({
  'emails/_layout.mjml': layout,
  'emails/welcome.en.mjml': front('marketing') + body,
  ...more,
})
const htmlOf = async (
  changes: Readonly<Record<string, string | undefined>>,
  language = 'en',
): Promise<string> => {
  const { playbook, faults } = await build(changes)
  expect(faults).toEqual([])
  return playbook?.emails.welcome?.[language]?.html ?? ''
}

describe('the layout', () => {
  it('stands around an email that holds its elements alone', async () => {
    const html = await htmlOf(
      withLayout(hello, {
        'emails/welcome.de.mjml':
          front('marketing', 'reason: \'Weil {{ lead.firstName | default: "Sie" }} <will>\'\n') + hello,
      }),
    )
    expect(html).toContain('lang="en"')
    expect(html).toMatch(
      /Hello \{\{ lead\.firstName[^}]*\}\}[\s\S]*no reason[\s\S]*\{\{ links\.unsubscribe \}\}">Off</,
    )
    expect(html).not.toMatch(/brand\.|email\.|\{%/)
  })

  it('has reasons, languages and kinds settled before anything is sent', async () => {
    const changes = withLayout(hello, {
      'emails/welcome.de.mjml':
        front('marketing', 'reason: \'Weil {{ lead.firstName | default: "Sie" }} <will>\'\n') + hello,
      'emails/confirm.de.mjml': `${front('transactional')}<mj-text>{{ consent.wording }}</mj-text>`,
    })
    const html = await htmlOf(changes, 'de')
    expect(html).toContain('Weil {{ lead.firstName | default: "Sie" }} &lt;will&gt;')
    expect(html).toContain('>Ab</a>')
    const { playbook } = await build(changes)
    expect(playbook?.emails.confirm?.de?.html).not.toContain('unsubscribe')
  })

  it('leaves a whole <mjml> alone', async () => {
    expect(await htmlOf({ 'emails/_layout.mjml': layout })).not.toContain('no reason')
  })

  it('gives its section to an email of sections', async () => {
    const html = await htmlOf(
      withLayout(
        `<!-- two -->\n<mj-section css-class="one"><mj-column>${hello}</mj-column></mj-section><mj-section css-class="two"></mj-section>`,
      ),
    )
    expect(html).toMatch(/one[\s\S]*two/)
    expect(html).not.toContain('paper')
  })

  it('has its own mistakes told once and in its own file, and those of an email in the email', async () => {
    const broken = layout
      .replace('{{ company.name }}"', '{{ company.nam }}"')
      .replace('<mj-head>', '<mj-head>\n  {% assign a = 1 %}')
    expect(
      await told({
        ...withLayout(`\n${hello}<mj-txt>x</mj-txt>\n<mj-text>{{ lead.x }}</mj-text>`),
        'emails/_layout.mjml': broken,
        'emails/welcome.de.mjml': front('marketing') + hello,
        'settings.yaml': smallPlaybook()
          .get('settings.yaml')
          ?.replace('timeZone', 'brand: { logo: https://a.example/l.png }\ntimeZone'),
      }),
    ).toEqual([
      expect.stringMatching(/^emails\/_layout\.mjml:4:3: MJML throws \{% assign a = 1 %\} away/),
      expect.stringMatching(/^emails\/_layout\.mjml:9:\d+: unknown variable "company\.nam"/),
      expect.stringMatching(/^emails\/welcome\.en\.mjml:9:1: Element mj-txt doesn't exist/),
      expect.stringMatching(/^emails\/welcome\.en\.mjml:10:\d+: no form asks for "lead\.x"/),
    ])
  })

  it('needs a place for the content', async () => {
    expect(
      await told(withLayout(hello, { 'emails/_layout.mjml': layout.replace('{{ content }}', '') })),
    ).toContainEqual(expect.stringContaining('emails/_layout.mjml:1:1: the layout has no {{ content }}'))
  })
})

describe('the brand', () => {
  const branded = (brand: string) =>
    htmlOf({
      ...withLayout(hello),
      'settings.yaml': smallPlaybook().get('settings.yaml')?.replace('timeZone', `brand: ${brand}\ntimeZone`),
    })

  it('is that of settings.yaml, in every email', async () => {
    const html = await branded(
      `{ logo: https://www.example.com/logo.png, accent: '#ffdd00', background: '#123456', font: mono }`,
    )
    expect(html).toContain('src="https://www.example.com/logo.png"')
    expect(html).toMatch(/bgcolor="#ffdd00"/)
    expect(html).toContain('color:#10201d')
    expect(html).toContain('#123456')
    expect(html).toContain('ui-monospace, Menlo')
  })

  it('is Trichter’s own where nothing is said', async () => {
    const html = await htmlOf(withLayout(hello))
    expect(html).toMatch(/bgcolor="#0e6158"/)
    expect(html).not.toContain('<img')
  })
})

describe('mj-include', () => {
  it('takes in what stands in emails/, and what that includes', async () => {
    const html = await htmlOf(
      withLayout(
        '<mj-text>A</mj-text><mj-include path="./parts/sign.mjml" /><mj-text>Z</mj-text><mj-include path="_legal.{{ email.language }}.mjml"></mj-include>',
        {
          'emails/parts/sign.mjml': '<mj-text>B</mj-text>\n<mj-include path="../name.mjml"/>',
          'emails/name.mjml': '<mj-text>{{ lead.firstName | default: "C" }}</mj-text>',
          'emails/_legal.en.mjml': '<mj-text>L</mj-text>',
        },
      ),
    )
    expect(html).toMatch(/>A<[\s\S]*>B<[\s\S]*default: "C"[\s\S]*>Z<[\s\S]*>L</)
    expect(html).not.toContain('mj-include')
  })

  it.each([
    ['missing.mjml', 'there is no file emails/missing.mjml'],
    ['_layot.mjml', 'there is no file emails/_layot.mjml; did you mean "emails/_layout.mjml"?'],
    ['../settings.yaml', '"../settings.yaml" is outside of emails/'],
    ['a/../../../../etc/passwd', 'is outside of emails/'],
    ['/etc/passwd', 'is outside of emails/'],
    ['https://evil.example/x.mjml', 'is outside of emails/'],
    ['C:\\x.mjml', 'is outside of emails/'],
    ['', 'the path is missing'],
    ['confirm.en.mjml', 'emails/confirm.en.mjml is a complete email'],
    ['round.mjml', 'this leads back here: emails/round.mjml → emails/again.mjml → emails/round.mjml'],
  ])('tells what is wrong with %j, at its place', async (path, message) => {
    const faults = await told(
      withLayout(`<mj-text>A</mj-text>\n  <mj-include path="${path}" />`, {
        'emails/round.mjml': '<mj-include path="again.mjml" />',
        'emails/again.mjml': '<mj-include path="round.mjml" />',
      }),
    )
    const at = message.startsWith('this leads back') ? 'emails/again.mjml:1:1' : 'emails/welcome.en.mjml:7:3'
    expect(faults.filter((fault) => !fault.includes('an email is named'))).toEqual([
      expect.stringContaining(`${at}: `),
    ])
    expect(faults.join()).toContain(message)
  })

  it('is not misled by an include that is commented out', async () => {
    expect(await told(withLayout(`${hello}<!-- <mj-include path="missing.mjml" /> -->`))).toEqual([])
  })

  it('tells mistakes in an included file there', async () => {
    expect(
      await told(
        withLayout('<mj-include path="part.mjml" />', { 'emails/part.mjml': '\n <mj-txt>x</mj-txt>' }),
      ),
    ).toEqual([expect.stringContaining("emails/part.mjml:2:2: Element mj-txt doesn't exist")])
  })

  it('does not go on for ever where includes multiply', async () => {
    const parts = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `emails/p${index}.mjml`,
        `<mj-include path="p${index + 1}.mjml" />\n<mj-include path="p${index + 1}.mjml" />\n`,
      ]),
    )
    const faults = await told(
      withLayout('<mj-include path="p0.mjml" />', { ...parts, 'emails/p30.mjml': hello }),
    )
    expect(faults).toContainEqual(expect.stringContaining('too much is included'))
  })
})

describe('the words that a confirmation confirms', () => {
  it('are asked for where they are missing', async () => {
    const files = changed('emails/confirm.en.mjml', '<mj-text>{{ consent.wording }}</mj-text>', '')
    const { faults, playbook } = await buildPlaybook(files, { compile: compileOnce, digest, packedBytes })
    expect(playbook).toBeDefined()
    expect(faults).toEqual([
      expect.objectContaining({
        severity: 'warning',
        message: expect.stringContaining('{{ consent.wording }}'),
      }),
    ])
  })
})
