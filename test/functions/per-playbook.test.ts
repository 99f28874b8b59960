import { expect, test } from 'vitest'
import { perPlaybook } from '../../functions/compiled-rules.ts'
import { makePlaybook } from '../domain/support/make-playbook.ts'

test('what depends on the playbook is made once for each, undefined included', () => {
  const made: string[] = []
  const versionOf = perPlaybook(({ version }) => {
    made.push(version)
    return version === 'a' ? version : undefined
  })
  const [a, b] = [makePlaybook({ version: 'a' }), makePlaybook({ version: 'b' })]
  expect([a, b, a, b].map(versionOf)).toEqual(['a', undefined, 'a', undefined])
  expect(made).toEqual(['a', 'b'])
})
