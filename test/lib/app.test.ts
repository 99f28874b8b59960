import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { capabilities } from '../../lib/capabilities.ts'
import { makeApp } from './synth-fixture.ts'

const root = join(import.meta.dirname, '../..')
const temporary = () => mkdtempSync(join(tmpdir(), 'trichter-app-'))

/** Runs the app as the CLI would, with an environment that holds no account, no region and no credentials. */
const synthesize = async (outdir: string, context: Readonly<Record<string, string>> = {}) => {
  const { context: standing } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: temporary(),
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...standing, ...context }),
  }
  await promisify(execFile)(process.execPath, ['bin/app.ts'], { cwd: root, env })
}

/** Every file by name, with a hash of what is in it. */
const contentOf = (folder: string): readonly string[] =>
  globSync('**/*', { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map(
      (path) =>
        `${path} ${createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex')}`,
    )
    .sort()

test('two syntheses at once, without an account, give the same to the byte; no bundle is over a megabyte but the one with MJML', async () => {
  const [one, two] = [temporary(), temporary()]
  await Promise.all([synthesize(one), synthesize(two)])
  const files = contentOf(one)
  expect(files).toEqual(contentOf(two))
  const count = capabilities.length
  expect(files.filter((file) => /index\.mjs /.test(file))).toHaveLength(count)
  expect(files.filter((file) => /playbook\.json /.test(file))).toHaveLength(count)
  expect(files.join()).toContain('TrichterData.template.json')
  const [withSources] = globSync('asset.*/playbook-files.json', { cwd: one })
  // Previews are rendered where MJML is.
  const limitOf = (path: string) => (dirname(path) === dirname(withSources ?? '') ? 2.25 : 1) * 1024 * 1024
  const bundles = globSync('asset.*/index.mjs', { cwd: one })
  expect(bundles.filter((path) => statSync(join(one, path)).size > limitOf(path))).toEqual([])
})

test('the CDK command line that is installed can deploy what is synthesized', async () => {
  const { app } = makeApp()
  const { directory } = app.synth()
  const cdk = join(root, 'node_modules/aws-cdk/bin/cdk')
  const { stdout } = await promisify(execFile)(process.execPath, [cdk, 'ls', '--app', directory])
  expect(stdout.trim().split('\n')).toEqual(['TrichterData', 'TrichterApp'])
})

test('a playbook with a fault is not deployed: place and reason are told', async () => {
  const playbook = temporary()
  cpSync(join(root, 'templates'), playbook, { recursive: true })
  rmSync(join(playbook, 'emails/confirm.de.mjml'))
  rmSync(join(playbook, 'emails/confirm.en.mjml'))
  const failure: unknown = await synthesize(temporary(), { playbook }).catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 65, stderr: expect.stringMatching(/:\d+:\d+: .*confirm/) })
})
