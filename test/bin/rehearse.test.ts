import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readOptions } from '../../bin/rehearse/options.ts'
import { playRehearsal } from '../../bin/rehearse/play-rehearsal.ts'
import { smallPlaybook } from '../domain/playbook/small-playbook.ts'
import { printed } from './printed.ts'

const root = join(import.meta.dirname, '../..')
/** As a user starts it. */
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin/rehearse.ts'), ...args], {
    encoding: 'utf8',
    cwd: root,
  })
  return { status, stdout, stderr }
}
const play = (...args: string[]) => printed(() => playRehearsal(readOptions(args)))
const folder = mkdtempSync(join(tmpdir(), 'trichter-rehearse-'))
const fileWith = (text: string): string => {
  const path = join(folder, 'own.yaml')
  writeFileSync(path, text)
  return path
}

/** A playbook that loads in no time. */
const small = ['--playbook', join(folder, 'small')]
for (const [file, text] of smallPlaybook()) {
  const path = join(folder, 'small', file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const examples = readdirSync(join(root, 'templates/rehearsals'))

describe('npm run rehearse', () => {
  it('ships three examples', () => {
    expect(examples).toHaveLength(3)
  })

  it.each(examples)('plays %s: everything in it can be done, and nothing fails', async (example) => {
    const { status, stdout } = await play(join(root, 'templates/rehearsals', example))
    expect(status).toBe(0)
    expect(stdout).not.toMatch(/^.{22}(refused|failed) /m)
    expect(stdout).toMatch(/^.{22}email {6}(handoff|notify) to /m)
    expect(stdout).toMatch(/^At the end, /m)
  })

  it('tells the story of the tutorial: sign-up, confirmation, two weeks, demo and quote', async () => {
    const path = fileWith(`lead: { email: grete@werk.example.net, firstName: Grete, language: de }
start: 2026-03-02T09:00:00+01:00
activities:
  - { at: 0h, form: newsletter }
  - { at: 0h, confirm: newsletter }
  - { at: 14d, type: demo.requested }
  - { at: 14d, type: quote.requested }
until: 15d`)
    const { stdout } = await play(path, '--json')
    const lines: { at: string; type: string; email?: string; to?: string }[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const grete = 'grete@werk.example.net'
    expect(lines.filter(({ type }) => type === 'mail').map(({ at, email, to }) => [at, email, to])).toEqual([
      ['2026-03-02T08:00:00.000Z', 'confirm', grete],
      ['2026-03-02T08:00:00.000Z', 'welcome', grete],
      ['2026-03-05T08:00:00.000Z', 'savings-guide', grete],
      ['2026-03-09T08:00:00.000Z', 'three-minutes', grete],
      ['2026-03-16T08:00:00.000Z', 'handoff', 'anna@sales.example.com'],
      ['2026-03-16T10:00:00.000Z', 'reminder', 'anna@sales.example.com'],
      ['2026-03-16T12:00:00.000Z', 'escalation', 'lea@sales.example.com'],
      ['2026-03-16T16:00:00.000Z', 'handoff', 'ben@sales.example.com'],
    ])
    expect(lines.at(-1)).toMatchObject({ type: 'outcome', stage: 'intent', consent: 'granted' })
  })

  it('prints what stands in the emails when asked', async () => {
    const path = fileWith(
      'lead: { email: a@b.example, firstName: Ada, language: en }\nactivities: [{ at: 0h, form: newsletter }]',
    )
    const wording = /^ {33}Yes$/m
    expect((await play(path, ...small)).stdout).not.toMatch(wording)
    expect((await play(path, ...small, '--emails')).stdout).toMatch(wording)
  })

  it('exits with 1 for a file with faults, and says where they are', async () => {
    const path = fileWith('lead: { email: a@b.example }\nactivities: [{ at: 0h, form: newsleter }]')
    expect(await play(path, ...small)).toEqual({
      status: 1,
      stdout: '',
      stderr: `${path}:2:30: there is no form "newsleter"; did you mean "newsletter"?\n`,
    })
  })

  it('exits with 1 for a playbook with faults, a file that is not there, a system that is not', async () => {
    const [example = ''] = examples
    const path = join(root, 'templates/rehearsals', example)
    expect(await play(path, '--playbook', folder)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/settings\.yaml:1:1: the file is missing\n/),
    })
    expect(run(join(folder, 'gone.yaml'))).toMatchObject({ status: 1, stderr: /ENOENT/ })
    await expect(play('--lead', 'a@b.example', '--url', 'http://127.0.0.1:1')).rejects.toThrow(
      'http://127.0.0.1:1 does not answer',
    )
  })

  it('answers what it cannot make sense of with its usage', () => {
    const { status, stdout, stderr } = run('a.yaml', '--bogus')
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain('usage: npm run rehearse')
  })

  it.each([
    [[]],
    [['a.yaml', 'b.yaml']],
    [['a.yaml', '--lead', 'a@b.example']],
    [['a.yaml', '--from', 'monday']],
    [['a.yaml', '--until', 'later']],
    [['a.yaml', '--bogus']],
    [['--lead', 'a@b.example', '--url', 'nowhere']],
  ])('cannot make sense of %j', (args) => {
    expect(() => readOptions(args)).toThrow(TypeError)
  })
})
