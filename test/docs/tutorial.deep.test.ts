import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useStory } from '../story/use-story.ts'
import { shellBlocks } from './tutorial.ts'

const blocks = shellBlocks(readFileSync('docs/tutorial.md', 'utf8'))
const hasZsh = spawnSync('zsh', ['-c', 'true']).status === 0
/** Interactive, with nobody's settings: what is pasted is read line by line. */
const shells = [['bash', '--norc', '--noprofile', '-i'], ...(hasZsh ? [['zsh', '-f', '-i']] : [])]

describe('the tutorial', () => {
  const client = useStory()

  it.each(shells)('pasted into %s ends in a won deal', async (shell, ...options) => {
    await client.raw('/_local/inbox', { method: 'DELETE' })
    const input = blocks
      .join('\n')
      .replace('http://127.0.0.1:3000', client.url)
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
