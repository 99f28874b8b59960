import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compileMjml } from '../../../functions/adapters/mjml/compile-mjml.ts'
import { bundleFunctions } from '../../../lib/bundle/bundle-functions.ts'
import { fixture, root, run } from './run-bundle.ts'

test('MJML makes the same of an email when it is bundled without what it does not use', async () => {
  const fresh = mkdtempSync(join(tmpdir(), 'trichter-bundles-'))
  const email = {
    file: 'emails/a.en.mjml',
    subject: 'A',
    preheader: 'Short',
    kind: 'marketing',
    bodyLine: 1,
  } as const
  const inlined =
    '<mj-style inline="inline">.a { color: red }</mj-style><mj-attributes><mj-all padding="0" /></mj-attributes>'
  const rows =
    '<mj-navbar><mj-navbar-link href="/">x</mj-navbar-link></mj-navbar><mj-carousel><mj-carousel-image src="a.png" alt="a" /></mj-carousel>'
  const mjml = `<mjml><mj-head>${inlined}</mj-head><mj-body><mj-section><mj-column><mj-text css-class="a">Hi {{ lead.firstName }}</mj-text>${rows}</mj-column></mj-section></mj-body></mjml>`
  const { mjml: bundle } = await bundleFunctions({
    ...{ root, playbook: '{"version":"1"}', outDir: fresh },
    entries: { mjml: `${fixture}/mjml.lambda.ts` },
  })
  const source = JSON.stringify({ ...email, mjml })
  const compiled: unknown = JSON.parse(
    await run(bundle, `console.log(JSON.stringify(await bundle.handler(${source})))`),
  )
  const whole = await compileMjml({ ...email, mjml })
  // Carousels have a random id.
  const settled = (one: unknown) => JSON.stringify(one).replace(/\b[0-9a-f]{16}\b/g, 'id')
  expect(settled(compiled)).toBe(settled(whole))
  expect(whole.faults).toEqual([])
  expect(whole.html).toContain('color: red')
})
