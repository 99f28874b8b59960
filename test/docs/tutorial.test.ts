import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { pitfalls, shellBlocks } from './tutorial.ts'

const tutorial = readFileSync('docs/tutorial.md', 'utf8')
const blocks = shellBlocks(tutorial)

const hasZsh = spawnSync('zsh', ['-c', 'true']).status === 0
/** Interactive, with nobody's settings: what is pasted is read line by line. */
const shells = [['bash', '--norc', '--noprofile', '-i'], ...(hasZsh ? [['zsh', '-f', '-i']] : [])]

describe('what the tutorial has pasted into a shell', () => {
  it('is six steps and the helpers', () => expect(blocks).toHaveLength(7))

  it.each(blocks)('%# has nothing that a shell trips over', (block) => {
    expect(pitfalls(block)).toEqual([])
  })

  it('pitfalls are seen', () => {
    expect(pitfalls("echo a # a salesperson's time")).toEqual(['a comment', 'a lone apostrophe'])
    expect(pitfalls('curl $app/f?lang=de | grep a')).toEqual(['a pattern without quotes', 'needs grep'])
    expect(pitfalls(`curl "$app/f?lang=de" -d '{"a":["b"]}'`)).toEqual([])
  })
})

describe('the tutorial', () => {
  let trichter: Trichter
  beforeAll(async () => {
    trichter = await startTrichter()
  })
  afterAll(() => trichter.stop())

  it.each(shells)('pasted into %s ends in a won deal', async (shell, ...options) => {
    await fetch(`${trichter.url}/_local/inbox`, { method: 'DELETE' })
    const input = blocks
      .join('\n')
      .replace('http://127.0.0.1:3000', trichter.url)
      .replaceAll('grete@', `grete.${shell}@`)
      .replaceAll('tour-', `${shell}-`)
    const { stdout, stderr } = spawnSync(shell ?? '', options, {
      input: `PS1= PS2=\n${input}\nexit\n`,
      encoding: 'utf8',
    })
    for (const step of steps) expect(`${stdout}\n${stderr}`).toContain(step)
    expect(stderr).not.toMatch(/not found|no matches|unknown|parse error|SyntaxError/i)
  })
})

/** What is printed on the way. */
const steps = [
  '"status":"confirmation_sent"',
  'Bitte bestätigen Sie Ihre Anmeldung',
  'Willkommen, Grete',
  '"accepted":1',
  '"state": "requested"',
  '"rule": "quote-request"',
  '"status": "won"',
  '"value": "12500.50"',
]
