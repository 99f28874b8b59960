import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { blocks, routes } from '../../bin/docs/blocks.ts'
import { describeEvents } from '../../bin/docs/event-schemas.ts'
import { renderPage } from '../../bin/docs/page.ts'
import { events } from '../../domain/model/event-table.ts'
import { describeRoutes } from '../../functions/api/describe-routes.ts'
import { ofType, synthFixture } from '../lib/synth-fixture.ts'

const read = (path: string): string => readFileSync(path, 'utf8')
const pages = globSync('docs/reference/**/*.md')

it.each(pages)('%s says what the code says (npm run docs)', async (page) => {
  expect(read(page)).toBe(await renderPage(read(page), blocks))
})

it('uses everything that is generated', () => {
  const used = pages.flatMap((page) =>
    [...read(page).matchAll(/<!-- generated: (.*) -->/g)].map(([, name]) => name),
  )
  expect(used.toSorted()).toEqual(Object.keys(blocks).toSorted())
})

it.each([
  'http',
  'conditions',
  'configuration',
  'email-variables',
  'command-line',
  'tokens',
  'activity-types',
  'figures',
])('%s has words for every row but names that speak for themselves', (page) => {
  const empty = [
    ...read(`docs/reference/${page}.md`).matchAll(/^\| `(.*?)` \|.* \| \|$|^\| `(.*?)` \| \|$/gm),
  ]
  const names = empty.map(([, long, short]) => long ?? short)
  expect(names).toEqual(
    page === 'activity-types' ? ['firstName', 'lastName', 'company', 'phone', 'role', 'employees'] : [],
  )
})

it('keeps words in the page, and drops rows that the code no longer has', async () => {
  const page =
    '<!-- generated: x -->\n| `a` | was | of a \\| b |\n| `gone` | 1 | of it |\n<!-- end -->\nThe rest.'
  const rows = [{ cells: ['`a`', 'is | now'] }, { cells: ['`b`', ''], words: 'told by the code' }]
  expect(await renderPage(page, { x: () => ({ head: ['name', 'value', ''], rows }) })).toBe(
    [
      ...['<!-- generated: x -->', '', '| name | value | |', '| --- | --- | --- |'],
      ...[
        '| `a` | is \\| now | of a \\| b |',
        '| `b` | | told by the code |',
        '',
        '<!-- end -->',
        'The rest.',
      ],
    ].join('\n'),
  )
  await expect(renderPage(page, {})).rejects.toThrow('"x"')
})

it('names every route that anybody may call', () => {
  const text = read('docs/reference/http.md')
  const open = ofType(synthFixture().app, 'AWS::ApiGatewayV2::Route')
    .filter(
      ([, { Properties }]) => Properties.AuthorizationType === 'NONE' && Properties.RouteKey !== '$default',
    )
    .map(([, { Properties }]) => String(Properties.RouteKey).replace(/^\w+ /, ''))
  expect(open).toContain('/f/{form}')
  expect(
    open.filter((path) => !new RegExp(`\`(\\w+ )?${path.replaceAll(/[{}.+]/g, '\\$&')}\``).test(text)),
  ).toEqual([])
})

it('describes every event for the schema registry (npm run docs)', () => {
  const text = read('docs/reference/events.json')
  expect(text).toBe(`${JSON.stringify(describeEvents(), null, 1)}\n`)
  const { schemas } = JSON.parse(text).components
  for (const type of Object.keys(events)) {
    expect(schemas[`${type}Event`]['x-amazon-events-detail-type']).toBe(type)
    expect(schemas[type].properties.data.type).toBe('object')
  }
  const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name)
  expect(named.filter((name = '') => !Object.hasOwn(schemas, name))).toEqual([])
})

it('has an OpenAPI document that says what the routes say (npm run docs)', () => {
  expect(read('functions/api/openapi.json')).toBe(`${JSON.stringify(describeRoutes(routes), null, 2)}\n`)
})
