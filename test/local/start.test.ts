import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../local/control/timekeeper.ts'
import { readOptions, UsageError } from '../../local/options.ts'
import { synthesize } from '../../local/synth/synthesize.ts'

describe('options', () => {
  it('have defaults, the port also from the environment', () => {
    expect(readOptions([], {})).toMatchObject({ port: 3000, fresh: false, memory: false, demo: false })
    expect(readOptions([], { PORT: '3005' }).port).toBe(3005)
    expect(readOptions(['--port', '3100', '--memory'], { PORT: '3005' })).toMatchObject({
      port: 3100,
      memory: true,
    })
  })

  it.each([['--prot', '3000'], ['--port', 'x'], ['--seed', 'x'], ['--port', '70000'], ['extra']])(
    'refuse %s %s',
    (...args) => {
      expect(() => readOptions(args, {})).toThrow(UsageError)
    },
  )

  it('that are unknown end the program with code 2 and the right ones', () => {
    const start = fileURLToPath(new URL('../../local/start.ts', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [start, '--prot', '1'], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([2, expect.stringMatching(/--prot[\s\S]*--port N/)])
  })
})

it.each([
  ['90m', 5_400_000],
  ['1d12h', 129_600_000],
  ['0.5s', 500],
  ['2w', 1_209_600_000],
  ['', undefined],
  ['3', undefined],
  ['3x', undefined],
])('the duration %s is %s ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

describe('synth', () => {
  const project = () => {
    const folder = mkdtempSync(join(tmpdir(), 'fixture-project-'))
    mkdirSync(join(folder, 'templates'))
    writeFileSync(join(folder, 'templates/a.yaml'), 'a')
    const app = `node -e "const fs=require('fs');fs.mkdirSync(process.env.CDK_OUTDIR,{recursive:true});fs.writeFileSync(process.env.CDK_OUTDIR+'/manifest.json',process.env.CDK_CONTEXT_JSON)"`
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app, context: { own: true } }))
    return folder
  }

  it('runs the app again when a file of the project changed, and only then', async () => {
    const folder = project()
    const first = await synthesize(folder, join(folder, 'templates'))
    expect(first.ran).toBe(true)
    utimesSync(join(folder, 'templates/a.yaml'), 1, 1)
    expect(await synthesize(folder, join(folder, 'templates'))).toEqual({ folder: first.folder, ran: false })
    writeFileSync(join(folder, 'templates/a.yaml'), 'b')
    const second = await synthesize(folder, join(folder, 'templates'))
    expect([second.ran, second.folder === first.folder]).toEqual([true, false])
    writeFileSync(join(folder, 'templates/a.yaml'), 'a')
    expect(await synthesize(folder, join(folder, 'templates'))).toEqual({ folder: first.folder, ran: false })
  })

  it('keeps the newest few assemblies', async () => {
    const folder = project()
    for (const text of ['1', '2', '3', '4', '5', '6', '7', '8']) {
      writeFileSync(join(folder, 'templates/a.yaml'), text)
      await synthesize(folder, join(folder, 'templates'))
    }
    expect(readdirSync(join(folder, 'cdk.out')).filter((name) => name.startsWith('local-'))).toHaveLength(6)
  })

  it('says when the app fails and leaves nothing half', async () => {
    const folder = project()
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: 'exit 3' }))
    await expect(synthesize(folder, join(folder, 'templates'))).rejects.toThrow('ended with code 3')
    expect(readdirSync(join(folder, 'cdk.out'))).toEqual(['fingerprints.json'])
  })
})
