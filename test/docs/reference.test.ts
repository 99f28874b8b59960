import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { functionNames, variableNames } from '../../domain/condition/environment.ts'

import { scopeOf } from '../../domain/email/liquid.ts'
import { builtInActivityTypes, builtInAttributes } from '../../domain/model/built-in-names.ts'
import { describeRoutes } from '../../functions/api/describe-routes.ts'
import { consoleRoutes } from '../../functions/api/routes.ts'
import { emailRoutes } from '../../functions/emails/email-routes.ts'
import { hookRoutes } from '../../functions/hook/hook-routes.ts'
import { playbookRoutes } from '../../functions/playbook/playbook-routes.ts'

const page = (name: string): string => readFileSync(`docs/reference/${name}.md`, 'utf8')
/** Names that the page does not show as code, alone or with something after them. */
const missing = (name: string, names: readonly string[]): readonly string[] =>
  names.filter((one) => !page(name).includes(`\`${one}`))

it('names every activity type and attribute with a meaning of its own', () => {
  expect(missing('activity-types', [...builtInActivityTypes, ...builtInAttributes])).toEqual([])
})

it('names every function and variable of conditions', () => {
  expect(
    missing('conditions', [...functionNames, ...variableNames('activity'), ...variableNames('event')]),
  ).toEqual([])
})

it('names every variable of every email', () => {
  const scopes = ['welcome', 'confirm', 'handoff', 'reassigned'].map((email) =>
    scopeOf(email, { attributes: [], forms: ['a-form'] }),
  )
  const names = scopes.flatMap((scope) => Object.keys(scope).filter((name) => name !== 'lead'))
  const links = scopes.flatMap(({ links }) => (links?.type === 'fields' ? Object.keys(links.fields) : []))
  expect(missing('email-variables', [...names, ...links.map((link) => `links.${link}`)])).toEqual([])
})

it('names every kind of form field and every key of every file', () => {
  for (const [file, name] of [
    ['form', 'forms'],
    ['scoring', 'scoring'],
    ['handoff', 'handoff'],
    ['settings', 'settings'],
    ['sequence', 'sequences'],
    ['funnel', 'funnel'],
    ['hook', 'hooks'],
    ['front-matter', 'emails'],
  ] as const) {
    const schema: { properties: Record<string, unknown> } = JSON.parse(
      readFileSync(`templates/schema/${file}.json`, 'utf8'),
    )
    const text = page(`playbook/${name}`)
    const keys = Object.keys(schema.properties).filter((key) => !new RegExp(`\\b${key}\\b`).test(text))
    expect(keys, name).toEqual([])
  }
  const form = readFileSync('templates/schema/form.json', 'utf8')
  const kinds: readonly string[] = JSON.parse(/\[\s*"text",\s*"email"[^\]]*\]/.exec(form)?.[0] ?? '[]')
  expect(kinds).toContain('hidden')
  expect(missing('playbook/forms', kinds)).toEqual([])
})

const routes = [...consoleRoutes, ...playbookRoutes, ...emailRoutes, ...hookRoutes]

it('names every route of the API', () => {
  const text = page('http').replace(/\{[A-Za-z]+\}/g, '{}')
  const unnamed = routes.filter(({ path }) => {
    const written = path.replace(/:[A-Za-z]+/g, '{}')
    const [, parent = '', last = ''] = /^(.*)(\/[^/]+)$/.exec(written) ?? []
    return !text.includes(written) && !(text.includes(parent) && text.includes(`${last}\``))
  })
  expect(unnamed).toEqual([])
})

it('has an OpenAPI document that says what the routes say (npm run openapi)', () => {
  const written = readFileSync('functions/api/openapi.json', 'utf8')
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(describeRoutes(routes))))
})
