import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderEmail } from '../../../domain/email/render-email.ts'
import type { EmailTemplate } from '../../../domain/model/playbook.ts'
import { runs } from '../../support/runs.ts'
import { anyCharacter } from '../support/arbitrary.ts'

const locale = { language: 'de', timeZone: 'Europe/Berlin' }

const template = (subject: string, html: string): EmailTemplate => ({
  subject,
  preheader: '',
  kind: 'marketing',
  html,
})

describe('renderEmail', () => {
  test('fills in subject, HTML and text', () => {
    const rendered = renderEmail(
      template(
        'Willkommen, {{ lead.firstName }}',
        '<html><body><div style="display:none;font-size:1px">Vorschau</div><h1>Hallo {{ lead.firstName }}</h1><p><a href="{{ links.unsubscribe }}">Abmelden</a></p></body></html>',
      ),
      { lead: { firstName: 'Änne & Co' }, links: { unsubscribe: 'https://t.example.com/u/abc.def' } },
      locale,
    )
    expect(rendered).toEqual({
      type: 'rendered',
      subject: 'Willkommen, Änne & Co',
      html: '<html><body><div style="display:none;font-size:1px">Vorschau</div><h1>Hallo Änne &amp; Co</h1><p><a href="https://t.example.com/u/abc.def">Abmelden</a></p></body></html>',
      text: 'Hallo Änne & Co\n\nAbmelden https://t.example.com/u/abc.def',
    })
  })

  test('a missing value is never a gap', () => {
    const greeting = template('Hallo', '<p>Hallo {{ lead.firstName }}</p>')
    expect(renderEmail(greeting, { lead: {} }, locale)).toEqual({
      type: 'missing-value',
      variable: 'lead.firstName',
    })
    const subject = template('Hallo {{ lead.firstName }}', '<p>Hallo</p>')
    expect(renderEmail(subject, { lead: {} }, locale)).toMatchObject({ type: 'missing-value' })
  })

  test('the author may say what stands for it', () => {
    const withDefault = template(
      'Hallo {{ lead.firstName | default: "und willkommen" }}',
      '<p>{% if lead.company %}{{ lead.company }}{% else %}Ihr Unternehmen{% endif %}</p>',
    )
    expect(renderEmail(withDefault, { lead: {} }, locale)).toMatchObject({
      subject: 'Hallo und willkommen',
      text: 'Ihr Unternehmen',
    })
  })

  test('nothing of the machine can be reached', () => {
    for (const name of ['lead.constructor', 'lead.__proto__', 'lead.firstName.constructor'])
      expect(renderEmail(template('x', `{{ ${name} }}`), { lead: { firstName: 'A' } }, locale)).toMatchObject(
        {
          type: 'missing-value',
        },
      )
  })

  test('values are no templates', () => {
    const rendered = renderEmail(
      template('{{ lead.firstName }}', '<p>{{ lead.firstName }}</p>'),
      { lead: { firstName: '{{ company.name }}{% include "x" %}' } },
      locale,
    )
    expect(rendered).toMatchObject({ subject: '{{ company.name }}{% include "x" %}' })
  })

  test('times are shown in the zone of the playbook', () => {
    const dated = template('x', '{{ handoff.dueAt | date: "%d.%m. %H:%M" }}')
    expect(renderEmail(dated, { handoff: { dueAt: '2026-07-01T22:30:00.000Z' } }, locale)).toMatchObject({
      html: '02.07. 00:30',
    })
  })

  test.each(['America/New_York', 'Europe/Berlin', 'Pacific/Auckland'])(
    'a day without a time is the same in %s, however it is written',
    (timeZone) => {
      const dated = template('x', '{{ lead.renewsAt | date: "%-d. %B %Y" }}')
      const lead = { renewsAt: '2027-03-31' }
      expect(renderEmail(dated, { lead }, { language: 'de', timeZone })).toMatchObject({
        html: '31. März 2027',
      })
    },
  )

  test('an endless template is stopped', () => {
    const endless = template(
      'x',
      '{% for a in (1..9999) %}{% for b in (1..9999) %}{% for c in (1..9999) %}x{% endfor %}{% endfor %}{% endfor %}',
    )
    expect(renderEmail(endless, {}, locale)).toMatchObject({ type: 'unrenderable' })
  })

  test('an empty subject is not sent', () => {
    const empty = template('{{ lead.firstName | default: "" }}', '<p>x</p>')
    expect(renderEmail(empty, { lead: {} }, locale)).toEqual({
      type: 'unrenderable',
      reason: 'the subject is empty',
    })
  })

  test('marketing that Gmail would clip does not go out; the last thing in it is the way to leave', () => {
    const long = (size: number) =>
      renderEmail(template('x', `<p>${'ä'.repeat(size / 2 - 4)}</p>x`), {}, locale).type
    expect(long(102_000)).toBe('rendered')
    expect(long(102_002)).toBe('unrenderable')
    const internal = { ...template('x', 'x'.repeat(102_001)), kind: 'transactional' } as const
    expect(renderEmail(internal, {}, locale).type).toBe('rendered')
  })

  test('links of a footer have a line each in the text part', () => {
    const footer = template(
      'x',
      '<p><a href="https://a.example/1">Eins</a> ·\n <a href="https://a.example/2">Zwei</a> &middot; <a href="https://a.example/3">Drei</a></p>',
    )
    expect(renderEmail(footer, {}, locale)).toMatchObject({
      text: 'Eins https://a.example/1\nZwei https://a.example/2\nDrei https://a.example/3',
    })
  })

  test('whatever a value holds, it adds no header, no tag and no attribute', () => {
    const hostile = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 300 }),
      fc
        .array(fc.constantFrom('\r\n', 'Bcc: x@y.z', '<script>', '"', "'", '>', '\u2028', '\0', 'a', '&'), {
          maxLength: 12,
        })
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(hostile, (value) => {
        const rendered = renderEmail(
          template('A {{ lead.v }}', '<p title="{{ lead.v }}">{{ lead.v }}</p>'),
          { lead: { v: value } },
          locale,
        )
        if (rendered.type !== 'rendered') throw new Error(rendered.type)
        expect(rendered.subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u)
        expect([...rendered.subject].length).toBeLessThanOrEqual(250)
        const inside = /^<p title="([\s\S]*)">([\s\S]*)<\/p>$/.exec(rendered.html)
        expect(inside?.[1]).not.toMatch(/["<>]/)
        expect(inside?.[2]).not.toMatch(/[<>]/)
      }),
      { numRuns: runs(500) },
    )
  })
})

describe('filters that make HTML or escape it', () => {
  const lead = {
    message: 'Halle 1\r\nHalle 2\n<b>3</b>',
    company: 'Kern & Sohn',
    note: 'Kern &amp; Sohn <i>x</i>',
  }
  const filled = (liquid: string, kind: 'html' | 'subject' = 'html'): string => {
    const rendered = renderEmail(
      kind === 'html' ? template('x', liquid) : template(liquid, 'x'),
      { lead },
      locale,
    )
    if (rendered.type !== 'rendered') throw new Error(JSON.stringify(rendered))
    return rendered[kind]
  }
  const lines = 'Halle 1<br />\nHalle 2<br />\n&lt;b&gt;3&lt;/b&gt;'

  test.each([
    ['{{ lead.message | newline_to_br }}', lines],
    ['{{ lead.message | escape | newline_to_br }}', lines],
    ['{{ lead.message | newline_to_br | escape }}', lines],
    ['{{ lead.message | default: "-" | newline_to_br | strip }}', lines],
    [
      '{{ lead.message | newline_to_br | upcase }}',
      lines
        .toUpperCase()
        .replaceAll('<BR />', '<br />')
        .replaceAll('&LT;', '&lt;')
        .replaceAll('&GT;', '&gt;'),
    ],
    ['{% assign m = lead.message | newline_to_br %}{{ m }}', lines],
    ['{% capture m %}{{ lead.message | newline_to_br }}{% endcapture %}{{ m }}', lines],
    [
      '{% assign m = lead.message | newline_to_br | split: "<br />" %}{% for one in m %}[{{ one | strip }}]{% endfor %}',
      '[Halle 1][Halle 2][&lt;b&gt;3&lt;/b&gt;]',
    ],
    [
      '{{ lead.message | newline_to_br | replace: "<br>", ";" | strip_newlines }}',
      'Halle 1;Halle 2;&lt;b&gt;3&lt;/b&gt;',
    ],
    ['{{ lead.message | newline_to_br | strip_html | strip_newlines }}', 'Halle 1Halle 23'],
    ['{% echo lead.message | newline_to_br %}', lines],
    ...['escape', 'escape_once', 'xml_escape', 'strip_html', 'escape | escape_once', 'escape | escape'].map(
      (filters) => [`{{ lead.company | ${filters} }}`, 'Kern &amp; Sohn'] as [string, string],
    ),
    ['{{ lead.note | escape_once }}', 'Kern &amp; Sohn &lt;i&gt;x&lt;/i&gt;'],
    ['{{ lead.note }}', 'Kern &amp;amp; Sohn &lt;i&gt;x&lt;/i&gt;'],
    ['{% capture c %}<b>{{ lead.company }}</b>{% endcapture %}{{ c }}', '<b>Kern &amp; Sohn</b>'],
    ['{% capture c %}{{ lead.company }}{% endcapture %}{{ c | upcase }}', 'KERN &amp; SOHN'],
    ['{% capture c %}a{% endcapture %}{% if c == "a" %}same{% endif %}', 'same'],
    ['<i title="{{ lead.message | escape }}">', '<i title="Halle 1\r\nHalle 2\n&lt;b&gt;3&lt;/b&gt;">'],
    ['{% cycle lead.note, "b" %}', 'Kern &amp;amp; Sohn &lt;i&gt;x&lt;/i&gt;'],
  ])('%s', (liquid, html) => {
    expect(filled(liquid)).toBe(html)
  })

  test('escape nothing in a subject', () => {
    expect(filled('{{ lead.company | escape }}: {{ lead.note | escape_once }}', 'subject')).toBe(
      'Kern & Sohn: Kern & Sohn <i>x</i>',
    )
    expect(filled('{{ lead.message | newline_to_br }}', 'subject')).toBe('Halle 1 Halle 2 <b>3</b>')
  })

  test('let nothing that a person wrote become a tag, whatever they are chained to', () => {
    const filters = fc.constantFrom(
      ...['escape', 'escape_once', 'xml_escape', 'strip_html', 'newline_to_br', 'strip', 'upcase'],
      ...['truncate: 20', 'append: "x"', 'split: "<br />" | join: ","', 'default: "-"', 'json', 'url_encode'],
    )
    fc.assert(
      fc.property(
        fc.array(filters, { maxLength: 5 }),
        fc.array(fc.constantFrom('<b>', '&lt;i&gt;', '&amp;', '"', "'", '\n', '<br>', 'x', '<', '{{ a }}'), {
          maxLength: 8,
        }),
        (chain, parts) => {
          const rendered = renderEmail(
            template('x', `{{ ${['lead.text', ...chain].join(' | ')} }}`),
            { lead: { text: parts.join('') } },
            locale,
          )
          if (rendered.type !== 'rendered') throw new Error(JSON.stringify(rendered))
          expect(rendered.html.replaceAll('<br />', '')).not.toMatch(/[<>"']/)
        },
      ),
    )
  })
})

describe('the text part', () => {
  const textOf = (html: string): string => {
    const rendered = renderEmail(template('x', html), {}, locale)
    if (rendered.type !== 'rendered') throw new Error(rendered.type)
    return rendered.text
  }

  test.each([
    ['<a href="mailto:a@b.example?subject=x&amp;body=y">Write</a>', 'Write a@b.example'],
    ['<a href="mailto:a@b.example?subject=x">a@b.example</a>', 'a@b.example'],
    ['<a href="MAILTO:a%2Bc@b.example">Write</a>', 'Write a+c@b.example'],
    ['<a href="mailto:a@b.example,c@d.example?cc=e@f.example">Write</a>', 'Write a@b.example,c@d.example'],
    ['<a href="tel:+4952112345">Call</a>', 'Call +4952112345'],
    ['<a href="https://a.example/?to=mailto:x?y">Go</a>', 'Go https://a.example/?to=mailto:x?y'],
  ])('writes %s as %s', (html, text) => {
    expect(textOf(html)).toBe(text)
  })
})

test('links in the wording of a consent are links, and nothing else of it is HTML', () => {
  const wording =
    'Ja, siehe [Datenschutz & mehr](https://www.example.com/p?a=1&b=2) und [x](javascript:y) <b>'
  expect(
    renderEmail(
      template('{{ consent.wording }}', '<p>{{ consent.wording }}</p>'),
      { consent: { wording } },
      locale,
    ),
  ).toMatchObject({
    subject: 'Ja, siehe Datenschutz & mehr und [x](javascript:y) <b>',
    html: '<p>Ja, siehe <a href="https://www.example.com/p?a=1&amp;b=2">Datenschutz &amp; mehr</a> und [x](javascript:y) &lt;b&gt;</p>',
    text: expect.stringContaining('Datenschutz & mehr https://www.example.com/p?a=1&b=2 und'),
  })
})

test('choices that stand beside each other have a line each in the text part', () => {
  const cell = (n: number): string => `<td class="choice"><a href="https://a.example/${n}">${n}</a></td>`
  expect(
    renderEmail(template('x', `<table><tr>${cell(1)}${cell(2)}</tr></table>`), {}, locale),
  ).toMatchObject({
    text: '1 https://a.example/1\n2 https://a.example/2',
  })
})
