import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { jsonSchemas } from '../../../domain/playbook/json-schemas.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { checkPlaybook, loadPlaybook, schemaText } from '../../../lib/playbook/load-playbook.ts'
import { changed, smallPlaybook } from '../../domain/playbook/small-playbook.ts'

const templates = join(import.meta.dirname, '../../../templates')
const folders: string[] = []

const folderOf = async (files: ReadonlyMap<string, string>): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'playbook-'))
  folders.push(folder)
  for (const [file, text] of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }
  return folder
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true })
})

describe('a playbook in a folder', () => {
  it('is loaded with its emails compiled', async () => {
    const { playbook, faults } = await loadPlaybook(await folderOf(smallPlaybook()))
    expect(faults).toEqual([])
    expect(playbook?.emails.welcome?.de).toMatchObject({ kind: 'marketing', preheader: 'Good to have you' })
    expect(playbook?.emails.welcome?.de?.html).toMatch(
      /^<!doctype html>[\s\S]*Good to have you[\s\S]*links\.unsubscribe/,
    )
    expect(Object.keys(playbook?.emails.welcome?.de ?? {}).sort()).toEqual([
      'html',
      'kind',
      'preheader',
      'subject',
    ])
  })

  it('has a version made of its content alone', async () => {
    const versionOf = async (files: ReadonlyMap<string, string>) =>
      (await loadPlaybook(await folderOf(files))).playbook
    const first = await versionOf(smallPlaybook())
    const again = await versionOf(smallPlaybook({ 'README.md': 'not a part of it' }))
    const other = await versionOf(changed('emails/welcome.en.mjml', 'Welcome!', 'Hello!'))
    const renamed = await versionOf(changed('handoff.yaml', 'name: Anna', 'name: Anne'))
    const slower = await versionOf(changed('sequences/interest.yaml', 'wait: 3d', 'wait: 4d'))
    expect(first?.version).toMatch(/^[0-9a-f]{64}$/)
    expect(again).toEqual(first)
    expect(other?.version).not.toBe(first?.version)
    expect(other?.rulesVersion).toBe(first?.rulesVersion)
    // Whom sales has moves no lead: nobody is judged anew because of it.
    expect(renamed?.version).not.toBe(first?.version)
    expect(renamed?.rulesVersion).toBe(first?.rulesVersion)
    expect(slower?.rulesVersion).not.toBe(first?.rulesVersion)
    expect(other?.sequences.interest?.version).toBe(first?.sequences.interest?.version)
    expect(slower?.sequences.interest?.version).not.toBe(first?.sequences.interest?.version)
  })

  it('is plain JSON', async () => {
    const { playbook } = await loadPlaybook(await folderOf(smallPlaybook()))
    expect(JSON.parse(JSON.stringify(playbook))).toEqual(playbook)
  })

  it('is not there when MJML or anything else is wrong, and both are told at once', async () => {
    const files = changed('emails/welcome.en.mjml', '<mj-text>', '<mj-text colour="red">')
    files.set('settings.yaml', (files.get('settings.yaml') ?? '').replace('Europe/Berlin', 'Europe/Berln'))
    const { playbook, faults } = await loadPlaybook(await folderOf(files))
    expect(playbook).toBeUndefined()
    expect(faults.map(({ file, line, column }) => `${file}:${line}:${column}`)).toEqual([
      'emails/welcome.en.mjml:8:14',
      'settings.yaml:3:11',
    ])
  })

  it('warns of an email that mail programs would cut off', async () => {
    const long = changed('emails/welcome.en.mjml', 'Welcome!', 'long '.repeat(18_000))
    const { playbook, faults } = await loadPlaybook(await folderOf(long))
    expect(playbook).toBeDefined()
    expect(faults).toMatchObject([{ file: 'emails/welcome.en.mjml', line: 6, severity: 'warning' }])
    expect(faults[0]?.message).toMatch(/^9\d KB of HTML/)
  })

  it('refuses one that they would cut off once it is filled', async () => {
    const links = '<a href="https://www.example.com/a">a</a> {{ lead.firstName | default: "" }} '.repeat(140)
    const long = changed('emails/welcome.en.mjml', 'Welcome!', links)
    const { playbook, faults } = await loadPlaybook(await folderOf(long))
    expect(playbook).toBeUndefined()
    expect(faults).toMatchObject([{ file: 'emails/welcome.en.mjml', line: 6, severity: 'error' }])
    expect(faults[0]?.message).toMatch(/^1\d\d KB of HTML once long values/)
  })

  it('keeps the purpose of an email', async () => {
    const purposes =
      'purposes: { news: { name: { en: N }, description: { en: D } }, tips: { name: { en: T }, description: { en: D } } }'
    const files = changed('emails/welcome.en.mjml', 'kind: marketing', 'kind: marketing\npurpose: tips')
    files.set('settings.yaml', `${files.get('settings.yaml')}\n${purposes}\n`)
    files.set(
      'forms/newsletter.yaml',
      (files.get('forms/newsletter.yaml') ?? '').replace('purpose: newsletter', 'purpose: news'),
    )
    const { playbook, faults } = await loadPlaybook(await folderOf(files))
    expect(faults.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(playbook?.emails.welcome?.en).toMatchObject({ kind: 'marketing', purpose: 'tips' })
  })

  it('must be there', async () => {
    const { playbook, faults } = await loadPlaybook('/nowhere/at/all')
    expect(playbook).toBeUndefined()
    expect(faults).toMatchObject([{ file: '/nowhere/at/all', line: 1, column: 1, severity: 'error' }])
  })
})

describe('the check', () => {
  const run = async (files: ReadonlyMap<string, string>): Promise<[number, string[]]> => {
    const lines: string[] = []
    return [await checkPlaybook(await folderOf(files), (line) => lines.push(line)), lines]
  }

  it('says in one line what is in a good playbook', async () => {
    expect(await run(smallPlaybook())).toEqual([
      0,
      ['The playbook is fine: 6 stages, 3 scoring rules, 1 form, 1 sequence, 3 emails (6 files)'],
    ])
  })

  it('lets warnings pass', async () => {
    const [code, lines] = await run(changed('scoring.yaml', 'on: demo.requested', 'on: demo.requestd'))
    expect(code).toBe(0)
    expect(lines[0]).toBe(
      'scoring.yaml:4:21: warning: unknown activity type "demo.requestd"; did you mean "demo.requested"?',
    )
    expect(lines.at(-1)).toMatch(/, 1 warning$/)
  })

  it('fails for an error', async () => {
    expect(await run(changed('sequences/interest.yaml', '- email: welcome', '- email: welcom'))).toEqual([
      1,
      ['sequences/interest.yaml:8:12: unknown email "welcom"; did you mean "welcome"?', '1 error'],
    ])
  })
})

describe('the shipped playbook', () => {
  it('has no faults, and rules that compile', async () => {
    const { playbook, faults } = await loadPlaybook(templates)
    expect(faults).toEqual([])
    if (playbook === undefined) throw new Error('no playbook')
    expect(() => compileRules(playbook)).not.toThrow()
  })

  it.each([
    ['settings', ['settings.yaml']],
    ['scoring', ['scoring.yaml']],
    ['funnel', ['funnel.yaml']],
    ['handoff', ['handoff.yaml']],
    ['form', ['forms/newsletter.yaml', 'forms/demo.yaml', 'forms/quote.yaml']],
    ['sequence', ['sequences/interest.yaml', 'sequences/intent.yaml']],
  ])('agrees with the schema %s.json that editors read', async (name, files) => {
    const schema = z.fromJSONSchema(
      JSON.parse(await readFile(join(templates, 'schema', `${name}.json`), 'utf8')),
    )
    for (const file of files) {
      const data: unknown = parse(await readFile(join(templates, file), 'utf8'))
      expect(schema.safeParse(data).error).toBeUndefined()
      expect(schema.safeParse(typeof data === 'object' ? { ...data, other: 1 } : {}).success).toBe(false)
    }
  })

  it.each(Object.entries(jsonSchemas()))('has its schema %s as generated', async (name, schema) => {
    expect(await readFile(join(templates, 'schema', name), 'utf8')).toBe(schemaText(schema))
  })
})
