import { expect, test } from 'vitest'
import { contentOf, synthesize, temporary } from './synthesize.ts'

test('two syntheses at once give the same to the byte', async () => {
  const [one, two] = [temporary(), temporary()]
  await Promise.all([synthesize(one), synthesize(two)])
  expect(contentOf(one)).toEqual(contentOf(two))
})
