import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check, schema } from '../../bin/playbook/check.ts'
import { publish } from '../../bin/playbook/publish.ts'
import { tryHookCommand } from '../../bin/playbook/try-hook.ts'
import { salesforceBody } from '../domain/hook/vendor-bodies.ts'
import { printed } from './printed.ts'

const run = (...args: string[]) => {
  const bin = join(import.meta.dirname, '../../bin/playbook.ts')
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('npm run playbook', () => {
  it('checks the shipped playbook when no folder is named', async () => {
    const { status, stdout } = await printed(() => check.run([]))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^The playbook is fine: 6 stages, .*\n$/)
  })

  it('exits with 1 for a folder without a playbook, as a user starts it', () => {
    const { status, stdout } = run('check', import.meta.dirname)
    expect(status).toBe(1)
    expect(stdout).toContain('settings.yaml:1:1: the file is missing\n')
  })

  it('answers what it cannot make sense of with its usage', () => {
    const { status, stdout, stderr } = run('check', 'a', 'b')
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^usage: npm run playbook/)
  })

  it.each([
    [check, ['a', 'b']],
    [check, ['--what']],
    [schema, ['x']],
    [tryHookCommand, ['x']],
    [publish, ['a', 'b']],
  ])('cannot make sense of what is too much or too little', async (command, args) => {
    expect(await command.run(args)).toBeUndefined()
  })

  it('shows what a hook makes of a body, and exits with 1 where something is wrong with it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trichter-hook-'))
    const bodyOf = (body: unknown): string => {
      const file = join(folder, 'body.json')
      writeFileSync(file, JSON.stringify(body))
      return file
    }
    const tryHook = (...args: readonly string[]) => printed(() => tryHookCommand.run(args))
    const now = new Date().toISOString()
    const good = [salesforceBody('Closed Won', now, { email: 'anna@example.com' }), { stage: 'On Hold' }]
    const fine = await tryHook('salesforce', bodyOf(good))
    expect([fine.status, fine.stdout]).toEqual([
      0,
      `event 0: deal.won  {"email":"anna@example.com"}  ${now}  {"dealId":"0068d00000AbCdEAAV","amount":"12500.5","currency":"EUR"}\nevent 1: ignored\n`,
    ])
    const priceless = await tryHook(
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
    const wrong = await tryHook(
      'salesforce',
      bodyOf(salesforceBody('Closed Won', 'soon', { email: 'a@example.com' })),
    )
    expect([wrong.status, wrong.stdout]).toEqual([
      1,
      'event 0: rejected: occurredAt: is not a time that can be read\n',
    ])
    expect((await tryHook('salesforc', bodyOf({}))).stderr).toContain('has no hooks/salesforc.yaml')
    rmSync(folder, { recursive: true })
  })
})
