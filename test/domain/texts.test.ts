import { expect, test } from 'vitest'
import { builtInActivityTypes } from '../../domain/model/built-in-names.ts'
import { spokenLanguages, textsIn } from '../../domain/texts/texts.ts'

test('every built-in activity has words of its own in every language', () => {
  expect(builtInActivityTypes.length).toBeGreaterThan(30)
  for (const type of builtInActivityTypes) {
    const words = spokenLanguages.map((language) => Object(textsIn(language).activities)[type])
    for (const one of words) expect(one, type).toMatch(/^\p{Lu}/u)
    expect(new Set(words).size, type).toBe(spokenLanguages.length)
  }
})

test.each([
  ['de-AT', undefined, 'Bitte prüfen Sie Ihre Angaben:'],
  ['DE', 'du', 'Bitte prüfe deine Angaben:'],
  ['en-GB', 'du', 'Please check your entries:'],
  ['den', undefined, 'Please check your entries:'],
  ['constructor', undefined, 'Please check your entries:'],
] as const)('%s %s is read as it is spoken, or in English', (language, tone, expected) => {
  expect(textsIn(language, tone).page.checkFields).toBe(expected)
})
