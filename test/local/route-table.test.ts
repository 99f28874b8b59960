import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RouteTable } from '../../local/http/http-api.ts'

const keys = [
  '$default',
  'ANY /{proxy+}',
  'GET /f/{form}',
  'POST /f/{form}',
  'ANY /f/{form}',
  'GET /f/special',
  'GET /api/{proxy+}',
  'GET /api/leads/{leadId}/timeline',
  'GET /',
]
const table = new RouteTable(keys.map((routeKey) => ({ routeKey })))
const found = (method: string, path: string) => {
  const match = table.find(method, path)
  return [match?.route.routeKey, match?.pathParameters]
}

describe('the route', () => {
  it.each([
    ['GET', '/f/newsletter', 'GET /f/{form}', { form: 'newsletter' }],
    ['GET', '/f/special', 'GET /f/special', {}],
    ['PUT', '/f/special', 'ANY /f/{form}', { form: 'special' }],
    ['GET', '/api/leads/7/timeline', 'GET /api/leads/{leadId}/timeline', { leadId: '7' }],
    ['GET', '/api/leads/7/other', 'GET /api/{proxy+}', { proxy: 'leads/7/other' }],
    ['POST', '/api/leads', 'ANY /{proxy+}', { proxy: 'api/leads' }],
    ['GET', '/', 'GET /', {}],
    ['POST', '/', '$default', {}],
  ])('of %s %s is %s', (method, path, routeKey, parameters) => {
    expect(found(method, path)).toEqual([routeKey, parameters])
  })

  it('does not depend on the order of definition', () => {
    const path = fc.constantFrom('/', '/f/a', '/f/special', '/api/x', '/api/leads/1/timeline', '/else')
    fc.assert(
      fc.property(fc.shuffledSubarray(keys, { minLength: keys.length }), path, (shuffled, one) => {
        const other = new RouteTable(shuffled.map((routeKey) => ({ routeKey })))
        expect(other.find('GET', one)).toEqual(table.find('GET', one))
      }),
    )
  })

  it('is none where nothing matches', () => {
    expect(new RouteTable([{ routeKey: 'GET /a/{b}' }]).find('GET', '/a/')).toBeUndefined()
  })
})
