import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bundleConsole } from '../../../lib/bundle/bundle-console.ts'
import { root } from '../synthesize.ts'

const files = await bundleConsole(root, mkdtempSync(join(tmpdir(), 'trichter-console-')))
const sizeOf = (path: string): number => gzipSync(files[path] ?? '', { level: 9 }).length
const sumOf = (paths: Iterable<string>): number => [...paths].reduce((bytes, path) => bytes + sizeOf(path), 0)
const page = files['/'] ?? ''
const named = [...page.matchAll(/(?:href|src)="(\/console\/[^"]+)"/g)].map(([, path]) => path ?? '')

/** What a script fetches before it runs. */
const imports = (path: string, seen = new Set<string>()): ReadonlySet<string> => {
  if (seen.has(path)) return seen
  seen.add(path)
  for (const [, next = ''] of (files[path] ?? '').matchAll(/(?:from|import)\s*"(\/console\/[^"]+)"/g))
    imports(next, seen)
  return seen
}

const begin = named.filter((path) => files[path] !== undefined)
const first = new Set(begin.flatMap((path) => (path.endsWith('.js') ? [...imports(path)] : [path])))
const scripts = Object.keys(files).filter((path) => path.endsWith('.js'))
const languages = scripts.filter((path) => /\/(en|de)-[A-Z0-9]{8}\.js$/.test(path))

/** Of a script that is loaded when needed, and of what comes with it. */
const loadedLater = (name: string): ReadonlySet<string> => {
  const [path] = scripts.filter((one) => one.startsWith(`/console/${name}-`))
  expect(path, name).toBeDefined()
  return new Set([...imports(path ?? '')].filter((one) => !first.has(one)))
}

test('the first load is at most 80 KB, compressed, with the larger of the languages', () => {
  // A script that brings nothing along would mean that imports are not seen.
  expect(first.size).toBeGreaterThan(3)
  expect(languages).toHaveLength(2)
  expect(sumOf(first) + Math.max(...languages.map(sizeOf))).toBeLessThanOrEqual(80 * 1024)
})

test('the page of the playbook takes at most 170 KB more with its editor, that of sequences 110 without', () => {
  const editor = [...loadedLater('code-mirror')]
  expect(sumOf(new Set([...loadedLater('playbook-page'), ...editor]))).toBeLessThanOrEqual(170 * 1024)
  expect(sumOf(loadedLater('sequences-page'))).toBeLessThanOrEqual(110 * 1024)
  expect(sumOf(editor)).toBeGreaterThan(50 * 1024)
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
