import { expect, test, vi } from 'vitest'
import { backtest } from '../../../bin/playbook/backtest.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { folderWith } from './folder-with.ts'

test('a draft with mistakes goes nowhere: place and reason of each, exit 1', async () => {
  const scoring = 'fit: []\nengagement: []\nbands: { cold: 0, cold: 1 }\n'
  const folder = folderWith(smallPlaybook({ 'scoring.yaml': scoring }))
  const print = vi.spyOn(console, 'log').mockImplementation(() => {})
  // Nothing listens there: the draft is not even sent.
  expect(await backtest.run([folder, '--url', 'http://127.0.0.1:9'])).toBe(1)
  expect(print.mock.calls.flat()).toContainEqual(expect.stringMatching(/^scoring\.yaml:3:\d+: /))
  print.mockRestore()
})

test('says why when nobody answers, exit 1', async () => {
  const complain = vi.spyOn(console, 'error').mockImplementation(() => {})
  expect(await backtest.run([folderWith(smallPlaybook()), '--url', 'http://127.0.0.1:9'])).toBe(1)
  expect(complain.mock.calls[0]?.[0]).toBe('http://127.0.0.1:9 does not answer: bad port')
  complain.mockRestore()
})

test.each([[['a', 'b']], [['--limit', '3']], [['--url', 'nowhere']]])('%j makes no sense', async (args) => {
  expect(await backtest.run(args)).toBeUndefined()
})
