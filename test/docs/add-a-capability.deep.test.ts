import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { plainText } from '../lib/plain-text.ts'
import { ofType, type Template } from '../lib/synth-fixture.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/how-to/add-a-capability.md'), 'utf8')

/** The blocks of one language, each with the file that the sentence before it names. */
const blocksOf = (language: string) =>
  [
    ...page.matchAll(new RegExp(`\`([^\`\\n]+\\.ts)\`:\\n\\n\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
  ].map(([, file = '', text = '']) => ({ file, text }))

const written = blocksOf('ts')
const changed = blocksOf('diff')

/** Puts each line with a plus behind the line before it. */
const patch = (source: string, diff: string): string => {
  let before = ''
  let patched = source
  for (const line of diff.trimEnd().split('\n')) {
    const text = line.slice(1)
    if (line.startsWith('+')) {
      expect(patched.split(`${before}\n`)).toHaveLength(2)
      patched = patched.replace(`${before}\n`, `${before}\n${text}\n`)
    }
    before = text
  }
  return patched
}

const copied = ['bin', 'console', 'domain', 'functions', 'lib', 'local', 'templates', 'test', 'docs']
const settings = ['package.json', 'tsconfig.json', 'biome.json', 'cdk.json', 'vitest.config.ts', 'README.md']

describe('a capability that is added as the page says', () => {
  const copy = mkdtempSync(join(tmpdir(), 'trichter-capability-'))
  const run = (command: string, ...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'node_modules', command), ...args], {
      cwd: copy,
      encoding: 'utf8',
      // Tests of the copy are found as `npm test` finds them.
      env: { ...process.env, DEEP: '' },
    })
  let template: Template

  beforeAll(() => {
    for (const name of [...copied, ...settings])
      cpSync(join(root, name), join(copy, name), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
    for (const { file, text } of written) {
      expect(existsSync(join(copy, file))).toBe(false)
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      writeFileSync(join(copy, file), text)
    }
    for (const { file, text } of changed)
      writeFileSync(join(copy, file), patch(readFileSync(join(copy, file), 'utf8'), text))
    const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
    const env = { ...process.env, CDK_OUTDIR: join(copy, 'out'), CDK_CONTEXT_JSON: JSON.stringify(context) }
    execFileSync(process.execPath, ['bin/app.ts'], { cwd: copy, env })
    template = JSON.parse(readFileSync(join(copy, 'out/TrichterApp.template.json'), 'utf8'))
  })
  afterAll(() => rmSync(copy, { recursive: true }))

  it('is three files, and a line in the list with its import', () => {
    expect(written.map(({ file }) => file)).toEqual([
      'functions/welcome/welcome-customer.ts',
      'functions/welcome/welcome-customer.lambda.ts',
      'lib/capabilities/welcome.ts',
    ])
    expect(changed.map(({ file }) => file)).toEqual(['lib/capabilities.ts'])
  })

  it('compiles and passes the linter', () => {
    const files = [...written, ...changed].map(({ file }) => file)
    writeFileSync(
      join(copy, 'tsconfig.page.json'),
      JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: { tsBuildInfoFile: 'page.tsbuildinfo' },
        include: ['bin', 'lib', 'functions', 'domain'],
      }),
    )
    for (const [command, ...args] of [
      ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.page.json'],
      ['@biomejs/biome/bin/biome', 'check', ...files],
    ] as const) {
      const { status, stdout, stderr } = run(command, ...args)
      expect([status, status === 0 ? '' : `${stdout}${stderr}`]).toEqual([0, ''])
    }
  })

  it('has a function, and a rule that brings its events to a queue of its own', () => {
    const [fn] = ofType(template, 'AWS::Lambda::Function').filter(([id]) => id.startsWith('WelcomeFunction'))
    expect(fn?.[1].Properties).toMatchObject({ Environment: { Variables: { BUS_NAME: expect.anything() } } })
    const [rule] = ofType(template, 'AWS::Events::Rule').filter(([id]) => id.startsWith('WelcomeWorkRule'))
    expect(rule?.[1].Properties).toMatchObject({
      EventPattern: { source: ['trichter'], 'detail-type': ['DealWon'] },
      Targets: [{ Arn: { 'Fn::GetAtt': [expect.stringMatching(/^WelcomeWorkQueue/), 'Arn'] } }],
    })
    const [source] = ofType(template, 'AWS::Lambda::EventSourceMapping').filter(([id]) =>
      id.startsWith('WelcomeWork'),
    )
    expect(plainText(source?.[1].Properties.FunctionName)).toBe('<WelcomeFunction>')
    expect(plainText(source?.[1].Properties.EventSourceArn)).toBe('<WelcomeWorkQueue.Arn>')
  })

  it('has alarms that name headings of the runbook', () => {
    const alarms = ofType(template, 'AWS::CloudWatch::Alarm').filter(([id]) => id.startsWith('WelcomeWork'))
    const headings = alarms.map(
      ([, { Properties }]) => /Runbook: \S+, "(.+)"/.exec(String(Properties.AlarmDescription))?.[1],
    )
    expect(headings).toEqual(expect.arrayContaining(['Dead letters', 'A queue falls behind']))
    const runbook = readFileSync(join(root, 'docs/operations/runbook.md'), 'utf8')
    for (const heading of headings) expect(runbook).toContain(`\n## ${heading}\n`)
  })

  it('passes the tests of the stack once its role is written down', () => {
    const vitest = ['vitest/vitest.mjs', 'run', '--project', 'systems'] as const
    const written = run(...vitest, 'test/lib/permissions.test.ts', '-u')
    expect([written.status, written.stdout]).toEqual([0, expect.stringContaining('1 updated')])
    const roles = JSON.parse(readFileSync(join(copy, 'test/lib/roles.json'), 'utf8'))
    expect(Object.keys(roles.WelcomeRole)).toEqual([
      '<ActivitiesBus.Arn>',
      '<WelcomeLogs.Arn>',
      '<WelcomeWorkQueue.Arn>',
    ])
    const tests = ['activity-bus', 'environment', 'functions', 'permissions', 'platform-alarms', 'workers']
    const { status, stdout } = run(...vitest, ...tests.map((name) => `test/lib/${name}.test.ts`))
    expect([status, status === 0 ? '' : stdout]).toEqual([0, ''])
  })
})
