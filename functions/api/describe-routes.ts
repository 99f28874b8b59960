import * as z from 'zod/mini'
import type { ApiRoute } from './api-route.ts'

/** The public part of a route. */
type Told = Pick<ApiRoute<never>, 'method' | 'path' | 'roles' | 'action' | 'query' | 'body'>

interface JsonSchema {
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
}

/** The input side of a schema: a cursor is sent as text, whatever it contains. */
const sentAs = (schema: z.ZodMiniType): JsonSchema => {
  const { $schema: _, ...described }: object & { $schema?: unknown } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  })
  return described
}

const parametersOf = ({ path, query }: Told) => {
  const { properties = {}, required = [] } = query ? sentAs(query) : {}
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...Object.entries(properties).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.includes(name),
      schema,
    })),
  ]
}

const jsonOf = (schema: object) => ({ 'application/json': { schema } })

const operationOf = (route: Told) => {
  const { method, path, roles, action, body } = route
  return {
    operationId: `${method.toLowerCase()}${path.replace(/^\/api|:/g, '').replace(/[/-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    description: `For ${roles.join(', ')}.${action ? ` Noted in the audit log as ${action}.` : ''}`,
    'x-roles': roles,
    parameters: parametersOf(route),
    ...(body && { requestBody: { content: jsonOf(sentAs(body)) } }),
    responses: {
      '2XX': { description: 'Done, or accepted (202).', content: jsonOf({ type: 'object' }) },
      default: { $ref: '#/components/responses/Problem' },
    },
  }
}

const text = { type: 'string' }

/** RFC 9457. */
const problem = {
  description: 'Why it was not answered as asked.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        required: ['type', 'title', 'status', 'detail'],
        properties: {
          ...{ type: text, title: text, status: { type: 'integer' }, detail: text },
          errors: { type: 'array', items: { type: 'object', properties: { path: text, message: text } } },
        },
      },
    },
  },
}

/** The OpenAPI 3.1 document of the console API, generated from its routes. */
export const describeRoutes = (routes: readonly Told[]) => {
  const byPath = Map.groupBy(routes, ({ path }) => path.replace(/:(\w+)/g, '{$1}'))
  const paths = [...byPath].map(([path, here]) => [
    path,
    Object.fromEntries(here.map((route) => [route.method.toLowerCase(), operationOf(route)])),
  ])
  return {
    openapi: '3.1.0',
    info: { title: 'Trichter', version: '1' },
    security: [{ idToken: [] }],
    paths: Object.fromEntries(paths),
    components: {
      securitySchemes: { idToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      responses: { Problem: problem },
    },
  }
}
