import { describe, expect, it } from 'vitest'
import { compileMjml } from '../../../../functions/adapters/mjml/compile-mjml.ts'

const compile = (mjml: string) =>
  compileMjml({
    ...{ file: 'emails/a.en.mjml', subject: 'A', preheader: 'Short', kind: 'transactional' as const },
    ...{ mjml, bodyLine: 6 },
  })
const told = async (mjml: string): Promise<readonly string[]> =>
  (await compile(mjml)).faults.map(({ line, column, message }) => `${line}:${column}: ${message}`)

const section = (inside: string): string => `<mj-section>${inside}</mj-section>`
const column = (inside: string): string => `<mj-column>${inside}</mj-column>`
const email = (inside: string): string => `<mjml>\n<mj-body>${inside}</mj-body></mjml>`
const paragraph = '<mj-text>a</mj-text>'
const whole = section(column(paragraph))
const lost = (tag: string): string => `MJML throws ${tag} away here: keep it with <mj-raw>${tag}</mj-raw>`

describe('Liquid that MJML throws away', () => {
  it.each([
    ['a section', email(`{% if lead.vip %}${whole}{% else %}${whole}{% endif %}`), '{% if lead.vip %}'],
    ['a wrapper', email(`{% if a %}<mj-wrapper>${whole}</mj-wrapper>{% endif %}`), '{% if a %}'],
    ['a column', email(section(`{% unless a %}${column(paragraph)}{% endunless %}`)), '{% unless a %}'],
    ['a text', email(section(column(`{% for x in y %}${paragraph}{% endfor %}`))), '{% for x in y %}'],
    [
      'a button',
      email(
        section(
          column(`{%- case a -%}{% when 1 %}<mj-button href="https://a.example">b</mj-button>{% endcase %}`),
        ),
      ),
      '{%- case a -%}',
    ],
    [
      'the head',
      `<mjml><mj-head>{% if a %}<mj-title>t</mj-title>{% endif %}</mj-head><mj-body>${whole}</mj-body></mjml>`,
      '{% if a %}',
    ],
    ['nothing', email(`{% assign a = 1 %}${whole}`), '{% assign a = 1 %}'],
    ['an output', email(section(column(`{{ lead.company }}${paragraph}`))), '{{ lead.company }}'],
    [
      'an image',
      email(section(column('<mj-image src="https://a.example/b.png" alt="">{{ a }}</mj-image>'))),
      '{{ a }}',
    ],
  ])('is told once for each block: around %s', async (_, mjml, tag) => {
    const at = mjml.indexOf(tag)
    const before = mjml.slice(0, at).split('\n')
    expect(await told(mjml)).toEqual([
      `${5 + before.length}:${(before.at(-1)?.length ?? 0) + 1}: ${lost(tag)}`,
    ])
  })

  it('is told where only a part of a block is lost', async () => {
    const mjml = email(`<mj-raw>{% if a %}</mj-raw>${whole}{% endif %}`)
    expect(await told(mjml)).toEqual([expect.stringContaining(lost('{% endif %}'))])
  })

  it('is told where an attribute that holds it makes no HTML', async () => {
    expect(await told(email(section(`<mj-column width="{{ a }}">${paragraph}</mj-column>`)))).toEqual([
      expect.stringContaining('{{ a }}'),
    ])
  })

  it('is told of what is commented out the wrong way', async () => {
    expect(await told(email(`{% comment %}${whole}{% endcomment %}${whole}`))).toEqual([
      '7:10: MJML throws this tag away, so that what is commented out would be sent: write <!-- … --> instead',
    ])
  })

  it('is told beside other mistakes, and not for the content of what MJML refuses', async () => {
    expect(await told(email(`{% if a %}${section(column('<mj-txt>{{ b }}</mj-txt>'))}{% endif %}`))).toEqual([
      expect.stringContaining("Element mj-txt doesn't exist"),
      expect.stringContaining(lost('{% if a %}')),
    ])
  })
})

describe('Liquid that stays', () => {
  it.each([
    [
      email(
        `<mj-raw>{% if a %}</mj-raw>${whole}<mj-raw>{% else %}</mj-raw>${whole}<mj-raw>{% endif %}</mj-raw>`,
      ),
    ],
    [email(section(`<mj-raw>{% if a %}</mj-raw>${column(paragraph)}<mj-raw>{% endif %}</mj-raw>`))],
    [email(section(column(`<mj-raw>{% if a %}</mj-raw>${paragraph}<mj-raw>{% endif %}</mj-raw>`)))],
    [
      email(
        section(
          column(
            '<mj-text>{% if a %}b{% endif %}</mj-text><mj-table>{% for x in y %}<tr><td>{{ x }}</td></tr>{% endfor %}</mj-table>',
          ),
        ),
      ),
    ],
    [email(section(column('<mj-button href="{{ links.confirm }}" title="{{ a }}">{{- b -}}</mj-button>')))],
    [email(`<!-- {% if a %}${whole}{{ b }}{% endif %} -->${whole}`)],
    [email(`{% # a note %}${whole}`)],
    [
      `<mjml><mj-head><mj-attributes><mj-class name="x" color="{{ a }}" /></mj-attributes></mj-head><mj-body>${whole}</mj-body></mjml>`,
    ],
    [email(section(column('<mj-text>{% raw %}{{ a }}{% endraw %}</mj-text>')))],
  ])('is no fault: %s', async (mjml) => {
    expect(await told(mjml)).toEqual([])
  })

  it('stays byte for byte', async () => {
    const liquid = '{%if a%}{{-lead.b|default:"c"-}}{%-else-%}{{ d }}{% endif %}'
    expect((await compile(email(section(column(`<mj-text>${liquid}</mj-text>`))))).html).toContain(liquid)
  })
})

describe('words and comments that MJML treats otherwise than one reads them', () => {
  it.each([
    [email(`hello ${whole}`), '7:10: MJML throws words away'],
    [email(section(`${column(paragraph)} and {{ a }}`)), 'MJML throws words away'],
    [email(section(column('<mj-divider>a</mj-divider>'))), 'MJML throws words away'],
    [
      email(section(column(`<mj-raw><!--[if mso]></mj-raw>${paragraph}<mj-raw><![endif]--></mj-raw>`))),
      'the comment continues beyond </mj-raw>',
    ],
    [email(`${whole}<!-- here`), 'the comment <!-- has no end'],
  ])('are told: %s', async (mjml, message) => {
    expect(await told(mjml)).toEqual(expect.arrayContaining([expect.stringContaining(message)]))
  })

  it('are no fault where they are whole', async () => {
    const outlook = '<mj-raw><!--[if mso]><table><tr><td>a</td></tr></table><![endif]--></mj-raw>'
    expect(await told(email(`<!-- ${whole} -->${section(column(outlook))}`))).toEqual([])
  })
})
