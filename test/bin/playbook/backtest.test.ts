import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { backtest } from '../../../bin/playbook/backtest.ts'

const folder = mkdtempSync(join(tmpdir(), 'trichter-backtest-'))
beforeAll(() => {
  cpSync(join(import.meta.dirname, '../../../templates'), folder, { recursive: true })
  writeFileSync(join(folder, 'scoring.yaml'), 'fit: []\nengagement: []\nbands: { cold: 0, cold: 1 }\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a draft with mistakes goes nowhere: place and reason of each, exit 1', async () => {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {})
  // Nothing listens there: the draft is not even sent.
  expect(await backtest.run([folder, '--url', 'http://127.0.0.1:9'])).toBe(1)
  expect(print.mock.calls.flat()).toContainEqual(expect.stringMatching(/^scoring\.yaml:3:\d+: /))
  print.mockRestore()
})

test('says why when nobody answers, exit 1', async () => {
  const complain = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await backtest.run(['--url', 'http://127.0.0.1:9'])).toBe(1)
  expect(complain.mock.calls[0]?.[0]).toBe('http://127.0.0.1:9 does not answer: bad port')
  complain.mockRestore()
})

test.each([[['a', 'b']], [['--limit', '3']], [['--url', 'nowhere']]])('%j makes no sense', async (args) => {
  expect(await backtest.run(args)).toBeUndefined()
})
