import { expect, test } from 'vitest'
import { activityWords } from '../../../domain/email/sales-emails.ts'
import { builtInActivityTypes } from '../../../domain/model/built-in-names.ts'

test('a salesperson reads words for every built-in activity, in German and English', () => {
  expect(builtInActivityTypes.length).toBeGreaterThan(30)
  for (const type of builtInActivityTypes) {
    const [german, english] = [activityWords(type, 'de-AT'), activityWords(type, 'en')]
    expect(german, type).toMatch(/^\p{Lu}/u)
    expect(english, type).toMatch(/^\p{Lu}/u)
    expect(german, type).not.toBe(english)
  }
})

test.each(['factory.visited', 'constructor', '__proto__'])('%s is not built in', (type) => {
  expect(activityWords(type, 'en')).toBeUndefined()
})
