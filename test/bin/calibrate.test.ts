import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'trichter-calibrate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const csv = (name: string, lines: readonly string[]): string => {
  const file = join(folder, name)
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/calibrate.ts', ...args], {
    encoding: 'utf8',
    cwd: root,
  })
  return { status, stdout, stderr }
}

/** Seven of ten bigger ones are won; `signed` is filled in afterwards. */
const lines = Array.from({ length: 400 }, (_, row) => {
  const isBig = row % 2 === 0
  const isWon = isBig ? row % 20 < 14 : row % 20 < 5
  return `2026-01-${String(28 - (row % 28)).padStart(2, '0')},${isBig ? 'big' : 'small'},${isWon ? row : ''},${isWon ? 'won' : 'lost'}`
})
const file = csv('leads.csv', ['day,size,signed,ended', ...lines])

describe('a table of outcomes', () => {
  it('is answered as JSON, by time, with what looks like a leak left out', () => {
    const { status, stdout, stderr } = run('--csv', file, '--label', 'ended', '--time', 'day', '--json')
    expect([status, stderr]).toEqual([0, ''])
    const { judged, auc, fields, leaks } = JSON.parse(stdout)
    expect(judged).toBe(400)
    expect(leaks.map(({ field }: { field: string }) => field)).toEqual(['signed'])
    expect(fields.map(({ field }: { field: string }) => field)).toEqual(['size'])
    expect(auc.folds).toBeGreaterThan(0.65)
    expect(auc.folds).toBeLessThan(0.8)
  })

  it('is answered in words', () => {
    const { status, stdout } = run('--csv', file, '--label', 'ended')
    expect(status).toBe(0)
    expect(stdout).toContain('400 leads are judged')
    expect(stdout).toMatch(/Leak\? signed: /)
  })

  it('takes the ending hoped for from --positive', () => {
    const { stdout } = run('--csv', file, '--label', 'ended', '--positive', 'lost', '--json')
    expect(JSON.parse(stdout).rarer).toBe(180)
    expect(run('--csv', file, '--label', 'ended', '--positive', 'gone')).toMatchObject({
      status: 1,
      stderr: 'no lead ended with ended "gone". There are: won, lost\n',
    })
  })
})

describe('a table that says nothing', () => {
  const refused = (...args: string[]) => {
    const { status, stdout, stderr } = run(...args)
    expect([status, stdout]).toEqual([1, ''])
    return stderr
  }

  it('has no such column', () => {
    expect(refused('--csv', file, '--label', 'outcome')).toBe(
      'no column "outcome". There are: day, size, signed, ended\n',
    )
    expect(refused('--csv', file, '--label', 'ended', '--time', 'when')).toContain('no column "when"')
    expect(refused('--csv', file)).toContain('--label')
  })

  it('has one ending, no lines, or times that are none', () => {
    const one = csv('one.csv', ['size,ended', 'big,won', 'small,won'])
    expect(refused('--csv', one, '--label', 'ended')).toBe(
      'every lead ended with ended "won": there is nothing to learn from one ending\n',
    )
    expect(refused('--csv', csv('none.csv', ['size,ended']), '--label', 'ended')).toContain('has no lines')
    expect(refused('--csv', file, '--label', 'ended', '--time', 'size')).toBe(
      'line 2: size "big" is no date, time or number\n',
    )
    expect(refused('--csv', join(folder, 'gone.csv'), '--label', 'ended')).toContain('no such file')
  })
})
