import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { schema } from '../../bin/playbook/check.ts'
import { publish } from '../../bin/playbook/publish.ts'
import { tryHookCommand } from '../../bin/playbook/try-hook.ts'
import { salesforceBody } from '../domain/hook/vendor-bodies.ts'

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

  it.each([[[]], [['check', 'a', 'b']]])('answers %j with its usage', (args) => {
    const { status, stdout, stderr } = run(...args)
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^usage: npm run playbook/)
  })

  it.each([
    [schema, ['x']],
    [tryHookCommand, ['x']],
    [publish, ['a', 'b']],
  ])('cannot make sense of what is too much or too little', async (command, args) => {
    expect(await command.run(args)).toBeUndefined()
  })

  it('shows what a hook makes of a body, and exits with 1 where something is wrong with it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'trichter-hook-'))
    const bodyOf = (body: unknown): string => {
      const file = join(folder, 'body.json')
      writeFileSync(file, JSON.stringify(body))
      return file
    }
    const now = new Date().toISOString()
    const good = [salesforceBody('Closed Won', now, { email: 'anna@example.com' }), { stage: 'On Hold' }]
    const fine = run('try-hook', 'salesforce', bodyOf(good))
    expect([fine.status, fine.stdout]).toEqual([
      0,
      `event 0: deal.won  {"email":"anna@example.com"}  ${now}  {"dealId":"0068d00000AbCdEAAV","amount":"12500.5","currency":"EUR"}\nevent 1: ignored\n`,
    ])
    const priceless = run(
      'try-hook',
      'salesforce',
      bodyOf(salesforceBody('Closed Won', now, { email: 'anna@example.com', amount: -5 })),
    )
    expect([priceless.status, priceless.stdout.split('\n')]).toEqual([
      0,
      [
        `event 0: deal.won  {"email":"anna@example.com"}  ${now}  {"dealId":"0068d00000AbCdEAAV"}`,
        'event 0: warning: properties.amount: must be a decimal of 0 or more, as a number or as a text like "1234.50"; kept without amount and currency',
        '',
      ],
    ])
    const wrong = run(
      'try-hook',
      'salesforce',
      bodyOf(salesforceBody('Closed Won', 'soon', { email: 'a@example.com' })),
    )
    expect([wrong.status, wrong.stdout]).toEqual([
      1,
      'event 0: rejected: occurredAt: is not a time that can be read\n',
    ])
    expect(run('try-hook', 'salesforc', bodyOf({})).stderr).toContain('has no hooks/salesforc.yaml')
    rmSync(folder, { recursive: true })
  })
})
