import { expect, test } from 'vitest'
import { chooseLanguage } from '../../../domain/email/email-variables.ts'

test.each([
  ['as wished', ['de', 'en'], ['en'], 'en'],
  ['in any case of letters', ['de', 'en-GB'], ['EN-gb'], 'en-GB'],
  ['a region falls back to its language', ['de', 'en'], ['en-US'], 'en'],
  ['a language to one of its regions', ['de', 'en-GB'], ['en'], 'en-GB'],
  ['the exact one first', ['en', 'en-GB'], ['en-GB'], 'en-GB'],
  ['the next wish where the first is unknown', ['de', 'en'], ['fr', undefined, 'en'], 'en'],
  ['the first wish before a better match of the second', ['de', 'en'], ['de-AT', 'en'], 'de'],
  ['no wish: the first', ['de', 'en'], [], 'de'],
] as const)('%s', (_name, available, wishes, expected) => {
  const [first, ...others] = available
  expect(chooseLanguage([first, ...others], wishes)).toBe(expected)
})
