import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { importsOf, rules, violations } from './architecture.ts'

const folders = ['bin', 'lib', 'domain', 'functions', 'local', 'console', 'test']
const sources = new Map(
  globSync(folders.map((folder) => `${folder}/**/*.ts`)).map(
    (file) => [file, readFileSync(file, 'utf8')] as const,
  ),
)

describe('who may import whom (DESIGN section 6)', () => {
  it('looks at the real files', () => {
    expect(sources.has('domain/activity/activity.ts')).toBe(true)
    expect(importsOf('domain/a/b.ts', sources.get('domain/lead/lead-id.ts') ?? '')).toEqual([
      'domain/brand.ts',
    ])
  })

  it('holds everywhere', () => {
    // The rules' own planted breaches stand in the file beside this one.
    const found = violations(new Map([...sources].filter(([file]) => file !== 'test/architecture.ts')))
    expect(found.map(({ rule, file, found }) => `${file}: ${found} (${rule})`)).toEqual([])
  })

  it.each(rules.map((rule) => [rule.name, rule] as const))('can fail: %s', (name, { planted }) => {
    expect([...new Set(violations(new Map([planted])).map(({ rule }) => rule))]).toEqual([name])
  })
})
