import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asksForHelp } from '../../bin/help.ts'
import { unanswered } from '../../bin/unanswered.ts'

const root = join(import.meta.dirname, '../..')
const run = (...args: string[]) => spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root })

/** What an npm script starts, and how it is asked for help; the others are parts of these, or the CDK app. */
const commands: readonly (readonly [string, ...string[]])[] = [
  ['playbook', 'publish', '--help'],
  ['rehearse', 'file.yaml', '--help'],
  ['import', 'file.csv', '--help'],
  ['export', 'file.csv', '--help'],
  ['keys', '--help'],
  ['wakes', '--help'],
  ['dead-letters', '--help'],
  ['scale', '--help'],
  ['calibrate', '--help'],
  ['report', '--help'],
  ['demo', '-h'],
  ['pinpoint', '--help'],
]

test('no command is forgotten below', () => {
  const parts = ['app', 'deployment', 'docs', 'help', 'progress', 'sample-leads', 'spread', 'unanswered']
  const files = readdirSync(join(root, 'bin')).filter((name) => name.endsWith('.ts'))
  expect(files.map((name) => name.replace('.ts', '')).sort()).toEqual(
    [...commands.map(([name]) => name), ...parts].sort(),
  )
})

test('who wants to know says so by one of two words, wherever it stands', () => {
  for (const word of ['--help', '-h']) expect(asksForHelp(['publish', word])).toBe(true)
  expect(asksForHelp(['publish', 'help'])).toBe(false)
})

test.each(commands)('%s %s prints its usage and nothing else', (name, ...args) => {
  const { status, stdout, stderr } = run(join('bin', `${name}.ts`), ...args)
  expect([status, stderr]).toEqual([0, ''])
  expect(stdout).toContain(`npm run ${name} --`)
})

test('says that nothing is running, and what to do', async () => {
  const url = 'http://127.0.0.1:1/'
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
  expect(unanswered(url, new TypeError('fetch failed', { cause: refused })).message).toBe(
    'Nothing is running at http://127.0.0.1:1: start it with npm start, or name another with --url.',
  )
  const other = new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND nowhere') })
  expect(unanswered(url, other).message).toBe(
    'http://127.0.0.1:1 does not answer: getaddrinfo ENOTFOUND nowhere',
  )
})
