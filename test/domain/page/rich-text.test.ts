import { describe, expect, test } from 'vitest'
import { brokenLinks, plainText, richText } from '../../../domain/page/page-layout.ts'

describe('a text with links', () => {
  test('shows them, beside the page', () => {
    expect(
      richText('Ja, siehe [Datenschutz](https://www.example.com/d?a=1&b=2). [B](https://b.example)').text,
    ).toBe(
      'Ja, siehe <a href="https://www.example.com/d?a=1&amp;b=2" target="_blank" rel="noopener">Datenschutz</a>. <a href="https://b.example" target="_blank" rel="noopener">B</a>',
    )
  })

  test.each([
    '<a href="https://www.example.com">x</a>',
    '[x](http://www.example.com)',
    '[x](javascript:alert(1))',
    '[x](data:text/html,<script>1</script>)',
    '[x](//www.example.com)',
    '[x](/privacy)',
    '[x](https://)',
    '[x](https://a.example" onclick="alert(1))',
    '[](https://www.example.com)',
    '**bold** _italic_ # heading',
    '![x](http://www.example.com/a.png)',
    '<script>alert(1)</script>',
  ])('makes nothing else of %s', (source) => {
    expect(richText(source).text).not.toMatch(/<[a-z]/i)
  })

  test('escapes what a link says', () => {
    expect(richText('[<b>"x"</b>](https://a.example)').text).toContain(
      '>&lt;b&gt;&quot;x&quot;&lt;/b&gt;</a>',
    )
  })

  test('says the address where there are no links', () => {
    expect(plainText('Siehe [Datenschutz](https://a.example/d).')).toBe(
      'Siehe Datenschutz (https://a.example/d).',
    )
    expect(plainText('[x](http://a.example)')).toBe('[x](http://a.example)')
  })

  test('tells which are none', () => {
    expect(brokenLinks('[a](https://a.example) [b](http://b.example) [c](d)')).toEqual([
      '[b](http://b.example)',
      '[c](d)',
    ])
  })
})
