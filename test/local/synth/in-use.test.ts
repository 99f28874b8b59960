import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { isInUse, markInUse } from '../../../local/synth/synthesize.ts'

const folder = mkdtempSync(join(tmpdir(), 'trichter-in-use-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('an assembly is in use as long as one of those who run from it is alive', () => {
  expect(isInUse(folder)).toBe(false)
  const { pid } = spawnSync(process.execPath, ['--version'])
  markInUse(folder, pid)
  expect(isInUse(folder)).toBe(false)
  expect(readdirSync(folder)).toEqual([])
  markInUse(folder)
  markInUse(folder, pid)
  expect(isInUse(folder)).toBe(true)
})
