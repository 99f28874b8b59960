import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  entriesOf,
  isFoundBy,
  searchedWords,
  surelyFoundBy,
  tellingWords,
  wordsOf,
} from '../../../domain/lead/directory.ts'

const at = '2026-03-01T09:00:00.000Z'
const attribute = (value: string) => ({ value, at, factId: 'f' })
const person = (firstName: string, company: string, email = 'b.grosse@alm-milch.example') => ({
  email,
  state: {
    attributes: { firstName: attribute(firstName), company: attribute(company) },
    createdAt: at,
    lastActivityAt: '2026-03-02T09:00:00.000Z',
  },
})
const finds = (text: string, who = person('Béla Große', 'Alm & Milch GmbH')): boolean =>
  isFoundBy(wordsOf(who), searchedWords(text))

describe('a search', () => {
  it.each([
    'béla',
    'bela',
    'GROSSE',
    'große',
    'mil',
    'alm gro',
    'gmbh  béla',
    'b.grosse@alm',
    'alm-milch',
    'Alm & Milch',
  ])('finds somebody by the beginnings of words, whatever marks they carry: %s', (text) =>
    expect(finds(text)).toBe(true),
  )

  it.each(['ela', 'bela muster', 'c.grosse@alm', 'milchhof'])('finds nobody by %s', (text) =>
    expect(finds(text)).toBe(false),
  )

  it('finds in every script', () => {
    expect(finds('ольга', person('Ольга', '株式会社'))).toBe(true)
    expect(finds('株式', person('Ольга', '株式会社'))).toBe(true)
  })

  test('of a whole name finds who has it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' }), (name) => {
        fc.pre(searchedWords(name).length > 0 && !name.includes('@') && name.trim() === name)
        expect(finds(name, person(name, ''))).toBe(true)
      }),
    )
  })
})

describe('the words of a search', () => {
  it('are left out where another says the same and more', () =>
    expect(tellingWords(['an', 'anna', 'nord', 'a'])).toEqual(['anna', 'nord']))

  test('for a name or a company find everybody who has it', () => {
    const text = fc.string({ maxLength: 300, unit: 'grapheme' })
    fc.assert(
      fc.property(text, text, (name, company) => {
        const words = wordsOf(person(name, company))
        expect(isFoundBy(words, [...surelyFoundBy(company), ...surelyFoundBy(name)])).toBe(true)
      }),
    )
  })

  test('for a company find nobody whose company only begins so', () => {
    const found = (company: string) => isFoundBy(wordsOf(person('Ada', company)), surelyFoundBy('Nordpack 1'))
    expect(found('Nordpack 1')).toBe(true)
    expect(found('1. Nordpack')).toBe(true)
    expect(found('Nordpack 17')).toBe(false)
    expect(found('Nordpackung 1')).toBe(false)
  })
})

describe('the places of a person', () => {
  it('are by name, by both times, and under every word', () => {
    const entries = entriesOf(person('Béla', 'Alm'))
    expect(entries).toEqual([
      { by: 'name', key: 'bela' },
      { by: 'createdAt', key: at },
      { by: 'lastActivityAt', key: '2026-03-02T09:00:00.000Z' },
      ...['b.grosse@alm-milch.example', 'bela', 'alm', 'b', 'grosse', 'milch', 'example'].map((key) => ({
        by: 'word',
        key,
        words: 'bela alm b grosse milch example',
      })),
    ])
  })

  it('hold the words of a name and of a company, however many the other has', () => {
    const many = Array.from({ length: 30 }, (_, index) => `teil${index}`).join(' ')
    expect(wordsOf(person('Béla', many))).toContain('bela')
    expect(wordsOf(person(many, 'Alm & Milch'))).toEqual(expect.arrayContaining(['alm', 'milch']))
  })

  it('leave the words out where a key has no room for all', () => {
    const long = 'x'.repeat(40)
    const entries = entriesOf(person(`${long}1 a${long} b${long} c${long}`, `d${long} e${long}`))
    expect(entries.every(({ words }) => words === undefined)).toBe(true)
  })

  it('are by the address where no name is known, and none without one', () => {
    const { email, state } = person('', '')
    expect(entriesOf({ email, state })[0]).toEqual({ by: 'name', key: email })
    expect(entriesOf({ state })).toEqual([])
  })
})
