import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { campaignLinks } from '../../../domain/email/email-variables.ts'
import {
  fitsToken,
  fixedAddresses,
  isOfInterest,
  rewriteLinks,
  withOpenPixel,
} from '../../../domain/email/render-email.ts'
import { runs } from '../../support/runs.ts'

const seenIn = (html: string): readonly string[] => {
  const seen: string[] = []
  rewriteLinks(html, (address) => {
    seen.push(address)
    return undefined
  })
  return seen
}

describe('links of an email', () => {
  test.each([
    ['<a href="https://a.example/?x=1&amp;y=2#p">go</a>', 'https://a.example/?x=1&y=2#p'],
    ["<A class='b' HREF = 'https://a.example/it&#39;s'>go</A>", "https://a.example/it's"],
    ['<a title="1 > 0" href="https://a.example/&#x26;">go</a>', 'https://a.example/&'],
    ['<map><area href=" https://a.example/ " alt="x"></map>', 'https://a.example/'],
    [`<a title="see href='x' here" href="https://a.example/t">go</a>`, 'https://a.example/t'],
    [`<a data-x='a href="https://b.example"' href=https://a.example/bare>go</a>`, 'https://a.example/bare'],
    ['<a href="https://a.example/1" href="https://a.example/2">go</a>', 'https://a.example/1'],
    ['<!--[if mso]><a href="https://a.example/mso">go</a><![endif]-->', 'https://a.example/mso'],
  ])('%s', (html, address) => {
    expect(seenIn(html)).toEqual([address])
  })

  test.each([
    '<a href="mailto:a@b.example?subject=https://a.example">write</a>',
    '<a href="tel:+4952100">call</a>',
    '<a href="#top">up</a>',
    '<a href="">nowhere</a>',
    '<a data-href="https://a.example/">not a link</a>',
    '<a name="x">a place</a>',
    '<link href="https://a.example/style.css">',
    '<a href="https://">broken</a>',
    '<p>href="https://a.example/"</p>',
  ])('are not %s', (html) => {
    expect(seenIn(html)).toEqual([])
    expect(rewriteLinks(html, () => 'https://other.example/')).toBe(html)
  })

  test('get another address, written so that it reads back the same', () => {
    const weird = fc.webUrl({ withQueryParameters: true, withFragments: true })
    fc.assert(
      fc.property(weird, fc.constantFrom('"', "'"), (address, quote) => {
        const before = `<p>&copy; x</p><a class="b" href=${quote}https://old.example/${quote} style="c">go &amp; see</a>`
        const after = rewriteLinks(before, () => address)
        expect(seenIn(after)).toEqual([address])
        expect(after.replace(/href="[^"]*"/, '')).toBe(before.replace(/href=(["'])[^"']*\1/, ''))
      }),
      { numRuns: runs(30) },
    )
  })
})

describe('addresses that a template leads to, whatever is filled in', () => {
  test('are those without Liquid', () => {
    expect([
      ...fixedAddresses(
        `<a href="https://a.example/?x=1&amp;y=2">a</a><a href="{{ lead.website }}">b</a>
         <a href="https://{{ lead.website }}">c</a><a href="https://b.example/{% if a %}x{% endif %}">d</a>`,
      ),
    ]).toEqual(['https://a.example/?x=1&y=2'])
  })
})

describe('campaign parameters', () => {
  const company = { name: 'B', address: 'M 1', imprint: 'https://www.example.com/imprint' }
  const utm = { source: 'news letter', medium: 'email' }
  const links = (hosts?: readonly string[]) =>
    campaignLinks(
      { company, utm: { ...utm, ...(hosts && { hosts }) } },
      { email: 'welcome', sequence: 'interest' },
    )
  const added = 'utm_source=news%20letter&utm_medium=email&utm_campaign=interest&utm_content=welcome'

  test.each([
    ['https://www.example.com/a', `https://www.example.com/a?${added}`],
    ['https://www.example.com/a?x=%41#p?q', `https://www.example.com/a?x=%41&${added}#p?q`],
    ['https://www.example.com?', `https://www.example.com?${added}`],
    [
      'https://www.example.com/?utm_source=own&utm_campaign=',
      'https://www.example.com/?utm_source=own&utm_campaign=&utm_medium=email&utm_content=welcome',
    ],
    ['https://shop.example.com/', undefined],
    ['https://elsewhere.example/?u=www.example.com', undefined],
  ])('%s', (address, expected) => {
    expect(links()(address)).toBe(expected)
  })

  test('go to the hosts that the settings name, and to none without settings', () => {
    expect(links(['shop.example.com:8443'])('https://shop.example.com:8443/')).toContain('utm_source')
    expect(links(['shop.example.com'])('https://www.example.com/')).toBeUndefined()
    expect(campaignLinks({ company }, { email: 'welcome' })('https://www.example.com/')).toBeUndefined()
  })
})

test('what the person decides by a link, and the imprint, is nobody’s interest', () => {
  const own = ['https://t.example.com/u/token.a']
  const imprint = 'https://www.example.com/imprint'
  const verdict = (address: string) => isOfInterest(address, own, imprint)
  expect(verdict('https://t.example.com/u/token.a?lang=de')).toBe(false)
  expect(verdict('https://www.example.com/imprint?x#y')).toBe(false)
  expect(verdict('https://www.example.com/imprint-guide')).toBe(true)
  expect(verdict('https://t.example.com/f/demo')).toBe(true)
})

test('a token holds no address of a person, and nothing endless', () => {
  expect(fitsToken('https://www.example.com/a')).toBe(true)
  expect(fitsToken('https://www.example.com/?to=anna@x.example')).toBe(false)
  expect(fitsToken('https://www.example.com/?to=anna%40x.example')).toBe(false)
  expect(fitsToken(`https://www.example.com/${'a'.repeat(1000)}`)).toBe(false)
})

test('the picture stands last in the body, or last of all', () => {
  expect(withOpenPixel('<body><p>x</p></BODY></html>', 'https://t/o/1')).toMatch(
    /^<body><p>x<\/p><img src="https:\/\/t\/o\/1" [^>]*\/><\/BODY><\/html>$/,
  )
  expect(withOpenPixel('<p>x</p>', 'https://t/o/1')).toMatch(/^<p>x<\/p><img /)
})
