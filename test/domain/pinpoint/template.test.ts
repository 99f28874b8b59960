import { describe, expect, test } from 'vitest'
import { emailOfHtml, emailOfText } from '../../../domain/pinpoint/template.ts'

const told: string[] = []
const moved = (HtmlPart: string, Subject = 's') =>
  emailOfHtml({ TemplateName: 't', Subject, HtmlPart }, 'en', (_, says) => told.push(says))
const body = (html: string): string =>
  /<mj-text padding="0">\n([\s\S]*?)\n {6}<\/mj-text>/.exec(moved(html))?.[1] ?? ''

describe("a template's HTML", () => {
  test.each([
    ['{{Attributes.Favourite Colour}}', '{{ lead.favouriteColour | default: "" }}'],
    ['{{Attributes.[Favourite Colour]}}', '{{ lead.favouriteColour | default: "" }}'],
    ['{{User.UserAttributes.tags.[0]}}', '{{ lead.tags | default: "" }}'],
    ['{{Location.PostalCode}}', '{{ lead.postalCode | default: "" }}'],
    ['{{Address}}', '{{ lead.email | default: "" }}'],
    ['{{Recommendations.Item.[0]}}', ''],
    [
      '{{#unless Attributes.a}}x{{/unless}}',
      '{% assign p1 = lead.a | default: "" %}{% if p1 == "" %}x{% endif %}',
    ],
    ['{{#gt Metrics.n 3}}x{{/gt}}', '{% assign p1 = lead.n | default: "" %}{% if p1 > 3 %}x{% endif %}'],
    ['{{#each Attributes.a}}x{{/each}}', 'x'],
    ['{{#if Attributes.a}}x', '{% assign p1 = lead.a | default: "" %}{% if p1 != "" %}x{% endif %}'],
    ['x{{else}}y{{/if}}', 'xy'],
    ['100 {% off %} {{', '100 { % off % } { { '],
    [
      '<a href="http://a.example/{{Attributes.x}}">x</a>',
      '<a href="http://a.example/{{ lead.x | default: \'\' | url_encode }}">x</a>',
    ],
    ['<a href="/relative">x</a>', '<a href="https://www.example.com/">x</a>'],
    ['<p onclick="x()">y</p><iframe src="z"></iframe>', '<p>y</p>'],
  ])('%s becomes %s', (html, mjml) => {
    expect(body(html).trim()).toBe(mjml.trim())
  })

  test('that depends on conditions in a paragraph of words has all of them', () => {
    const TextPart = 'Hello {{#if Attributes.a}}you{{else}}there{{/if}}\n\nBye <all>'
    const email = emailOfText({ TemplateName: 't', TextPart }, 'en', () => {})
    expect([...email.matchAll(/<mj-text>(.*)<\/mj-text>/g)].map(([, words]) => words)).toEqual([
      'Hello youthere',
      'Bye &lt;all&gt;',
    ])
  })

  test('has a subject on one line, and a first line for the inbox', () => {
    const email = moved('<p>Good\n morning, {{Attributes.name}}, and more words</p>', 'One\n two')
    expect(email).toContain('subject: "One two"')
    expect(email).toContain('preheader: "Good morning, , and more words"')
  })
})
