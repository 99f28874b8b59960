import { describe, expect, it } from 'vitest'
import type { EmailSource } from '../../../../domain/playbook/parse-email.ts'
import { compileMjml } from '../../../../functions/adapters/mjml/compile-mjml.ts'

const source = (mjml: string, preheader = 'Short'): EmailSource => ({
  file: 'emails/a.en.mjml',
  subject: 'A',
  preheader,
  kind: 'transactional',
  mjml,
  bodyLine: 6,
})

const body = (inside: string): string =>
  `<mjml>\n<mj-body><mj-section><mj-column>\n${inside}\n</mj-column></mj-section></mj-body>\n</mjml>`

const told = async (mjml: string): Promise<readonly string[]> =>
  (await compileMjml(source(mjml))).faults.map(({ line, column, message }) => `${line}:${column}: ${message}`)

describe('compiling MJML', () => {
  it('leaves Liquid as it is, in texts, attributes and around rows', async () => {
    const { html, faults } = await compileMjml(
      source(
        body(
          `<mj-text>Hi {{ lead.firstName | default: "you" }} {% if a < b %}x{% endif %}</mj-text><mj-button href="{{ links.confirm }}">Go</mj-button><mj-table>{% for row in explanation %}<tr><td>{{ row.rule }}</td></tr>{% endfor %}</mj-table>`,
        ),
      ),
    )
    expect(faults).toEqual([])
    expect(html).toContain('Hi {{ lead.firstName | default: "you" }}')
    expect(html).toContain('href="{{ links.confirm }}"')
    expect(html).toMatch(
      /\{% for row in explanation %\}\s*<tr>[\s\S]*\{\{ row\.rule \}\}[\s\S]*\{% endfor %\}/,
    )
  })

  it('puts the preheader before all else, with what the author wrote escaped and Liquid kept', async () => {
    const { html } = await compileMjml(
      source(
        body('<mj-text>Body</mj-text>'),
        'Q&A <1> {% if lead.employees > 5 %}{{ lead.company | default: "a<b" }}{% endif %}',
      ),
    )
    const shown =
      'Q&amp;A &lt;1&gt; {% if lead.employees > 5 %}{{ lead.company | default: "a<b" }}{% endif %}'
    expect(html).toContain(`${shown}</div>`)
    expect(html.indexOf(shown)).toBeLessThan(html.indexOf('Body'))
  })

  it('hides the preheader as what it is, not as white text, which filters take for a trick', async () => {
    const { html } = await compileMjml(source(body('<mj-text>Body</mj-text>')))
    expect(html).toMatch(/<div style="display:none;[^"]*">Short<\/div>/)
    expect(html).not.toMatch(/display:none;[^"]*color:/)
  })

  it.each([
    ['<mj-image src="https://a.example/b.png" />', ['8:1: <mj-image> has no alt text']],
    ['<mj-text>a\n <img src="x" width="1"></mj-text>', ['9:2: <img> has no alt text']],
    ['<mj-image src="https://a.example/b.png" alt="A hall > at night" />', []],
    ['<mj-image\n  alt=""\n  src="https://a.example/{{ lead.x }}.png" />', []],
    ['<!-- <mj-image src="x" /> --><mj-text>x</mj-text>', []],
  ])('asks for an alternative text of %j', async (inside, expected) => {
    const lines = await told(body(inside))
    expect(lines.map((line) => line.replace(/ text:.*/, ' text'))).toEqual(expected)
  })

  it('puts it into a head that is there, and leaves an own preview alone', async () => {
    const headed = body('<mj-text>B</mj-text>').replace(
      '<mjml>',
      '<mjml lang="de"><mj-head><mj-title>T</mj-title></mj-head>',
    )
    expect((await compileMjml(source(headed))).html).toContain('Short</div>')
    const own = headed.replace('</mj-head>', '<mj-preview>Own</mj-preview></mj-head>')
    const { html } = await compileMjml(source(own))
    expect(html).toContain('Own</div>')
    expect(html).not.toContain('Short')
  })

  it('loads no fonts from elsewhere and keeps no comments', async () => {
    const { html } = await compileMjml(source(body('<!-- note --><mj-text>B</mj-text>')))
    expect(html).not.toMatch(/googleapis|note/)
  })

  it('keeps a space between words that stand on two lines', async () => {
    const { html } = await compileMjml(source(body('<mj-text>one\n      two</mj-text>')))
    expect(html).toMatch(/one\s+two/)
  })
})

describe('mistakes in MJML', () => {
  it('are told at their line of the file and their column', async () => {
    expect(
      await told(
        body('<mj-text>a</mj-text>\n  <mj-text font-size="1px" colour="red">a</mj-text>\n<mj-txt>b</mj-txt>'),
      ),
    ).toEqual([
      '9:28: Attribute colour is illegal',
      "10:1: Element mj-txt doesn't exist or is not registered",
    ])
  })

  it('are told of elements that stand where they may not', async () => {
    expect(await told('<mjml><mj-body>\n  <mj-text>a</mj-text></mj-body></mjml>')).toEqual([
      expect.stringMatching(/^7:3: mj-text cannot be used inside mj-body/),
    ])
  })

  it.each([
    ['<mjml><mj-body>', ['6:1: <mjml> is not closed', '6:7: <mj-body> is not closed']],
    [body('<mj-text>a'), ['8:1: <mj-text> is not closed']],
    [body('a</mj-txt>'), ['8:2: </mj-txt> closes nothing']],
    ['hello', ['6:1: an email begins with <mjml>']],
    ['', ['6:1: an email begins with <mjml>']],
    [`\n\nhello ${body('')}`, ['8:1: an email begins with <mjml>']],
    ['<mj-body></mj-body>', ['6:1: an email begins with <mjml>']],
  ])('are told where tags do not match: %j', async (mjml, lines) => {
    expect(await told(mjml)).toEqual(lines)
  })

  it('are not seen in comments, Liquid and attributes', async () => {
    expect(
      await told(
        body(
          `<!-- <mj-text> --><mj-text css-class="a>b">{{ "<mj-text>" }}{% if a %}</mj-text><mj-spacer /><mj-text>{% endif %}</mj-text>`,
        ),
      ),
    ).toEqual([])
  })

  it('refuses what is nested beyond all measure, and survives it', async () => {
    const deep = `${'<mj-wrapper>'.repeat(20_000)}${'</mj-wrapper>'.repeat(20_000)}`
    expect(await told(`<mjml>\n<mj-body>${deep}</mj-body></mjml>`)).toEqual([
      '6:1: MJML cannot compile this email: its tags are nested too deep',
    ])
  })
})
