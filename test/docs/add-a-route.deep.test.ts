import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followRecipe } from './recipe.ts'

describe('a route, added as the page says', () => {
  let recipe: ReturnType<typeof followRecipe>
  beforeAll(() => {
    recipe = followRecipe('add-a-route')
  })
  afterAll(() => recipe.remove())

  it('touches no other files than the page lists', () => {
    expect(recipe.run('bin/docs.ts')).toEqual({ status: 0, output: '' })
    expect(recipe.changed()).toEqual(recipe.listed.toSorted())
    const route = '| `GET /api/teams/{team}/open` | `?member` | sales, admin | |'
    expect(recipe.read('docs/reference/http.md')).toContain(route)
    expect(recipe.read('functions/api/openapi.json')).toContain('"/api/teams/{team}/open"')
  })

  it('answers whom it is for, and nobody else', () => {
    const { output } = recipe.run('try/open.ts')
    expect(output.match(/type: '.*?'/g)).toEqual(["type: 'ok'", "type: 'forbidden'", "type: 'not-found'"])
  })

  it('fails the tests of the reference until the page says what it answers', () => {
    const test = () => recipe.vitest('test/docs/reference.test.ts', '-t', 'http')
    expect(test().output).toContain('+   "GET /api/teams/{team}/open"')
    const [page, row] = [
      'docs/reference/http.md',
      '| `GET /api/teams/{team}/open` | `?member` | sales, admin |',
    ]
    recipe.write(page, recipe.read(page).replace(`${row} |`, `${row} how many handoffs are open |`))
    expect(test()).toMatchObject({ status: 0 })
  })
})
