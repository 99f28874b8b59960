import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleConsole } from '../../../lib/bundle/bundle-console.ts'
import { root } from '../synthesize.ts'

const files = await bundleConsole(root, mkdtempSync(join(tmpdir(), 'trichter-console-')))
const sizeOf = (path: string): number => gzipSync(files[path] ?? '', { level: 9 }).length
const page = files['/'] ?? ''
const named = [...page.matchAll(/(?:href|src)="(\/console\/[^"]+)"/g)].map(([, path]) => path ?? '')

/** What a script fetches before it runs. */
const imports = (path: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(path)) return seen
  seen.add(path)
  for (const [, next = ''] of (files[path] ?? '').matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
    imports(`/console/${next}`, seen)
  return seen
}

test('the first load is at most 80 KB, compressed, with the larger of the languages', () => {
  const begin = named.filter((path) => files[path] !== undefined)
  expect(begin.some((path) => path.endsWith('.js'))).toBe(true)
  const first = new Set(begin.flatMap((path) => (path.endsWith('.js') ? [...imports(path)] : [path])))
  const languages = Object.keys(files).filter((path) => /\/(en|de)-[^/]+\.js$/.test(path))
  expect(languages).toHaveLength(2)
  const largest = Math.max(...languages.map(sizeOf))
  const sum = [...first].reduce((bytes, path) => bytes + sizeOf(path), 0) + largest
  expect(sum).toBeLessThanOrEqual(80 * 1024)
})

test('what reads files of contacts is loaded with the page for them alone', () => {
  const readers = Object.keys(files).filter((path) => files[path]?.includes('CSV_QUOTE_NOT_CLOSED'))
  expect(readers).toHaveLength(1)
  const [reader = ''] = readers
  expect(reader).toMatch(/imports-page/)
  expect(sizeOf(reader)).toBeLessThanOrEqual(45 * 1024)
  const first = named.filter((path) => path.endsWith('.js')).flatMap((path) => [...imports(path)])
  expect(first).not.toContain(reader)
})

test('nothing stands in the page that a strict policy refuses, and every file is named by its content', () => {
  expect(page).not.toMatch(/<style|style=|<script>|javascript:|\son\w+=/)
  const dynamic = ['/console/brand.css']
  expect(named.filter((path) => !(path in files))).toEqual(dynamic)
  for (const path of Object.keys(files).filter((one) => one !== '/'))
    expect(path).toMatch(/^\/console\/[\w-]+-[A-Z0-9]{8}\.(js|css)$/)
})
