import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const run = (...args: string[]) => {
  const bin = join(import.meta.dirname, '../../bin/playbook.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('npm run playbook', () => {
  it('checks the shipped playbook when no folder is named', () => {
    const { status, stdout } = run('check')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^The playbook is fine: 6 stages, .*\n$/)
  })

  it('exits with 1 for a folder without a playbook', () => {
    const { status, stdout } = run('check', import.meta.dirname)
    expect(status).toBe(1)
    expect(stdout).toContain('settings.yaml:1:1: the file is missing\n')
  })

  it.each([[[]], [['chek']], [['check', 'a', 'b']], [['schema', 'x']]])(
    'answers %j with its usage',
    (args) => {
      const { status, stdout, stderr } = run(...args)
      expect(status).toBe(2)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^usage: npm run playbook/)
    },
  )
})
