import { execFile } from 'node:child_process'
import { cpSync, globSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { capabilities } from '../../lib/capabilities.ts'
import { makeApp } from './synth-fixture.ts'
import { contentOf, root, synthesize, temporary } from './synthesize.ts'

test('a synthesis needs no account; no bundle is over a megabyte but the one with MJML', async () => {
  const folder = temporary()
  await synthesize(folder)
  const files = contentOf(folder)
  const count = capabilities.length
  expect(files.filter((file) => /index\.mjs /.test(file))).toHaveLength(count)
  expect(files.filter((file) => /playbook\.json /.test(file))).toHaveLength(count)
  expect(files.join()).toContain('TrichterData.template.json')
  const [withSources] = globSync('asset.*/playbook-files.json', { cwd: folder })
  // Previews are rendered where MJML is.
  const limitOf = (path: string) => (dirname(path) === dirname(withSources ?? '') ? 2.25 : 1) * 1024 * 1024
  const bundles = globSync('asset.*/index.mjs', { cwd: folder })
  expect(bundles.filter((path) => statSync(join(folder, path)).size > limitOf(path))).toEqual([])
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
