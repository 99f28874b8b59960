import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { describe, expect, it, test } from 'vitest'
import { ofType, synthFixture } from '../lib/synth-fixture.ts'
import { anchorsOf, linksOf } from './links.ts'

const read = (path: string): string => readFileSync(path, 'utf8')
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md')]

describe('the pages', () => {
  it('are found', () => {
    expect(pages).toContain('docs/operations/runbook.md')
    expect(linksOf(read('README.md'))).toContain('docs/tutorial.md')
  })

  it.each(pages)('%s: links lead somewhere', (page) => {
    const broken = linksOf(read(page)).filter((link) => {
      const [path = '', anchor] = link.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      if (!existsSync(file)) return true
      return anchor !== undefined && !anchorsOf(read(file)).includes(anchor)
    })
    expect(broken).toEqual([])
  })

  it('lead from the README to every one of them', () => {
    const reached = new Set(['README.md'])
    for (const page of reached)
      for (const link of linksOf(read(page))) {
        const file = join(dirname(page), link.split('#')[0] ?? '')
        if (file.endsWith('.md')) reached.add(file)
      }
    expect(pages.filter((page) => !reached.has(page))).toEqual([])
  })

  it('begin with a README that is read in one go', () => {
    expect(read('README.md').split('\n').length).toBeLessThanOrEqual(150)
  })
})

test('every alarm names a heading of the runbook', () => {
  const named = ofType(synthFixture().app, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
    /Runbook: (\S+\.md), "(.+)"\.$/.exec(String(Properties.AlarmDescription)),
  )
  expect(named.length).toBeGreaterThan(40)
  for (const [, page = '', heading = ''] of named.map((one) => one ?? []))
    expect(read(page)).toContain(`\n## ${heading}\n`)
})

test('a broken link, a heading that is not there and code are told apart', () => {
  const page =
    '# A heading, with `code`\n[a](b.md#c) [d](https://e.example)\n```\n[f](g.md)\n```\n`[h](i.md)`'
  expect(linksOf(page)).toEqual(['b.md#c'])
  expect(anchorsOf(page)).toEqual(['a-heading-with-code'])
})
