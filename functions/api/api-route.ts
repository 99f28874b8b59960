import * as z from 'zod/mini'
import { isSendable, unsendableMessage } from '../../domain/activity/subject.ts'
import type { AuditAction } from '../audit-ports.ts'
import { type HttpApp, makeApp } from '../http/http-app.ts'
import { bodyOf, mediaTypeOf, queryOf } from '../http/http-message.ts'
import { problemReply } from '../http/problem.ts'
import {
  type ApiRequest,
  type ApiResult,
  callerOf,
  inputErrors,
  type Role,
  replyToApi,
  type Texts,
} from './api-request.ts'
import { type AuditPorts, makeNote } from './audit.ts'

interface Declared {
  readonly roles: readonly Role[]
  readonly query?: z.ZodMiniType
  /** A missing body is read as an empty object. */
  readonly body?: z.ZodMiniType
  /** Name in the audit log; every route that can change something declares it, or declares that it changes nothing. */
  readonly action?: AuditAction | undefined
}

type Changing = Declared & { readonly action: AuditAction | undefined }

/** A route of the console API before its ports are supplied. */
export interface ApiRoute<Ports> extends Declared {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Such as `/api/leads/:leadId`. */
  readonly path: string
  readonly make: (ports: Ports) => (request: ApiRequest) => Promise<ApiResult>
}

type Read<Schema, Otherwise> = Schema extends z.ZodMiniType ? z.infer<Schema> : Otherwise
/** The request type that follows from a route's declaration. */
type RequestOf<Parts extends Declared> = ApiRequest<Read<Parts['query'], Texts>, Read<Parts['body'], unknown>>
type Make<Ports, Parts extends Declared> = (ports: Ports) => (request: RequestOf<Parts>) => Promise<ApiResult>

const declare = <Ports, Parts extends Declared>(
  method: ApiRoute<Ports>['method'],
  path: string,
  parts: Parts,
  make: Make<Ports, Parts>,
): ApiRoute<Ports> => ({
  method,
  path,
  ...parts,
  make: (ports) => {
    const answer = make(ports)
    return async (request) => {
      const query = z.safeParse(parts.query ?? z.unknown(), request.query)
      if (!query.success) return { type: 'bad-input', errors: inputErrors(query.error) }
      const body = z.safeParse(parts.body ?? z.unknown(), parts.body ? (request.body ?? {}) : request.body)
      if (!body.success) return { type: 'bad-input', errors: inputErrors(body.error) }
      // The type is derived from the same schemas.
      return answer({ ...request, query: query.data, body: body.data } as RequestOf<Parts>)
    }
  },
})

/** Declares path, roles, schemas, audit name and handler in one expression. */
export const get = <Ports, const Parts extends Declared>(
  path: string,
  parts: Parts,
  make: Make<Ports, Parts>,
): ApiRoute<Ports> => declare('GET', path, parts, make)

const changing =
  (method: ApiRoute<unknown>['method']) =>
  <Ports, const Parts extends Changing>(
    path: string,
    parts: Parts,
    make: Make<Ports, Parts>,
  ): ApiRoute<Ports> =>
    declare(method, path, parts, make)

export const [post, put, remove] = [changing('POST'), changing('PUT'), changing('DELETE')]

interface ApiOptions {
  /** @default no route is audited */
  readonly audit?: AuditPorts
  /** Limit of a body. @default the limit of API Gateway */
  readonly maxBytes?: number
}

/** The console API, or a part of it: checks roles, parses input and writes the audit log. */
export const apiApp = <Ports>(
  routes: readonly ApiRoute<Ports>[],
  ports: Ports,
  { audit, maxBytes = Number.POSITIVE_INFINITY }: ApiOptions = {},
): HttpApp => {
  if (!audit && routes.some(({ action }) => action)) throw new Error('what these routes do has to be noted')
  const note = audit && makeNote(audit)
  const app = makeApp('The console API has no such address.')
  for (const route of routes) {
    const answer = route.make(ports)
    app.on(route.method, route.path, async (context) => {
      const caller = callerOf(context.env.claims ?? {})
      if (!caller) return problemReply(noIdToken)
      if (!route.roles.some((role) => caller.roles.includes(role)))
        return problemReply({
          type: 'forbidden',
          detail: `This needs one of the roles: ${route.roles.join(', ')}.`,
        })
      const bytes = await bodyOf(context)
      if (bytes.byteLength > maxBytes) return problemReply({ type: 'too-large', limit: maxBytes })
      const json = readJson(bytes, mediaTypeOf(context))
      if (json.type !== 'json') return problemReply(json)
      const params: Texts = context.req.param()
      const request = { caller, params, query: queryOf(context), body: json.value }
      const result = await answer(request)
      await note?.(route, request, result)
      return replyToApi(result, context)
    })
  }
  return app
}

const noIdToken = {
  type: 'unproven',
  detail: 'This is an access token, which does not say who you are: send the ID token.',
  challenge: 'Bearer error="invalid_token"',
} as const

type Json = { readonly type: 'json'; readonly value: unknown }

const readJson = (
  body: Uint8Array,
  mediaType: string,
): Json | Extract<ApiResult, { type: 'malformed' | 'unsupported-media-type' }> => {
  if (body.length === 0) return { type: 'json', value: undefined }
  if (mediaType !== 'application/json')
    return { type: 'unsupported-media-type', accepted: ['application/json'] }
  let isUnsendable = false
  const note = (name: string, value: unknown): unknown => {
    isUnsendable ||= !isSendable(name) || (typeof value === 'string' && !isSendable(value))
    return value
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), note)
    return isUnsendable
      ? { type: 'malformed', detail: `The texts of the body ${unsendableMessage}.` }
      : { type: 'json', value }
  } catch {
    return { type: 'malformed', detail: 'The body is not JSON.' }
  }
}
