import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { circles, importsOf, rules, violations } from './architecture.ts'

const folders = ['bin', 'lib', 'domain', 'functions', 'local', 'console', 'test']
const sources = new Map(
  globSync(folders.map((folder) => `${folder}/**/*.{ts,tsx}`)).map(
    (file) => [file, readFileSync(file, 'utf8')] as const,
  ),
)

describe('who may import whom (DESIGN section 6)', () => {
  it('looks at the real files', () => {
    expect(sources.has('domain/model/activity.ts')).toBe(true)
    expect(importsOf('domain/model/decision.ts', sources.get('domain/model/decision.ts') ?? '')).toEqual([
      'domain/model/activity.ts',
      'domain/model/email-request.ts',
      'domain/model/events.ts',
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

  it('knows no circle of files', () => {
    expect(circles(sources)).toEqual([])
  })

  it('can fail: a circle of files', () => {
    const planted = new Map([
      ['domain/a.ts', "import { b } from './b.ts'"],
      ['domain/b.ts', "import { c } from './c.ts'"],
      ['domain/c.ts', "import { a } from './a.ts'"],
      ['domain/d.ts', "import { a } from './a.ts'"],
    ])
    expect(circles(planted)).toEqual([['domain/a.ts', 'domain/b.ts', 'domain/c.ts']])
  })
})
