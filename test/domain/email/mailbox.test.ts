import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMailbox } from '../../../domain/email/judge-send.ts'
import { runs } from '../../support/runs.ts'

const email = 'hallo@mail.example.com'

/** Reads encoded words back, as a mail client does (RFC 2047): white space between two of them means nothing. */
const decode = (text: string): string =>
  text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/(?:=\?UTF-8\?B\?[^?]*\?=)+/g, (words) =>
      [...words.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)]
        .map(([, base64 = '']) => Buffer.from(base64, 'base64').toString('utf8'))
        .join(''),
    )

describe('formatMailbox', () => {
  test.each([
    ['Beispiel GmbH', 'Beispiel GmbH <hallo@mail.example.com>'],
    ['', 'hallo@mail.example.com'],
    ['Berg, Anna', '"Berg, Anna" <hallo@mail.example.com>'],
    ['A "B" \\ C', '"A \\"B\\" \\\\ C" <hallo@mail.example.com>'],
    ['Müller', '=?UTF-8?B?TcO8bGxlcg==?= <hallo@mail.example.com>'],
    ['X\r\nBcc: y@z.example', '"X Bcc: y@z.example" <hallo@mail.example.com>'],
  ])('%j', (name, expected) => {
    expect(formatMailbox({ name, email })).toBe(expected)
  })

  test('names in any script come back whole, in words of at most 75 characters', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map((text) => `ß${text}`.replace(/\s+/g, ' ').trim())
    fc.assert(
      fc.property(name, (given) => {
        const written = formatMailbox({ name: given, email })
        expect(written).toMatch(/^[\x20-\x7e]+$/)
        for (const [word] of written.matchAll(/=\?[^?]+\?B\?[^?]*\?=/g))
          expect(word.length).toBeLessThanOrEqual(75)
        expect(decode(written.slice(0, written.lastIndexOf(' ')))).toBe(given)
      }),
      { numRuns: runs(300) },
    )
  })
})
