import { isSendable, unsendableMessage } from '../../domain/activity/unsendable.ts'
import type { HttpRequest } from '../http/request.ts'
import type { ApiResult, ApiRoute } from './api-request.ts'
import { type AuditPorts, makeNote } from './audit.ts'
import { callerOf } from './caller.ts'

/** Finds the route, checks the role, reads the body, notes what was done. The answer is still a value: status codes are chosen elsewhere. */
export const makeRouteRequest = (routes: readonly ApiRoute[], ports?: AuditPorts) => {
  if (!ports && routes.some(({ action }) => action)) throw new Error('what these routes do has to be noted')
  const note = ports && makeNote(ports)
  const known = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }))

  return async ({ method, path, query, headers, body, claims }: HttpRequest): Promise<ApiResult> => {
    const here = known.flatMap(({ route, pattern }) => {
      const match = pattern.exec({ pathname: path })
      return match ? [{ route, params: match.pathname.groups }] : []
    })
    if (here.length === 0) return { type: 'not-found', detail: 'The console API has no such address.' }
    const found = here.find(({ route }) => route.method === method)
    if (!found) return { type: 'method-not-allowed', allow: here.map(({ route }) => route.method) }

    const caller = callerOf(claims)
    if (!caller)
      return {
        type: 'unproven',
        detail: 'This is an access token, which does not say who you are: send the ID token.',
        challenge: 'Bearer error="invalid_token"',
      }
    if (!found.route.roles.some((role) => caller.roles.includes(role)))
      return { type: 'forbidden', detail: `This needs one of the roles: ${found.route.roles.join(', ')}.` }

    const json = readJson(body, headers['content-type'])
    if (json.type !== 'json') return json
    const params = Object.entries(found.params).map(([name, value]) => [name, decode(value ?? '')])
    const request = { caller, params: Object.fromEntries(params), query, body: json.value }
    const result = await found.route.answer(request)
    await note?.(found.route, request, result)
    return result
  }
}

const readJson = (
  body: Uint8Array,
  contentType = '',
):
  | Extract<ApiResult, { type: 'malformed' | 'unsupported-media-type' }>
  | { type: 'json'; value: unknown } => {
  if (body.length === 0) return { type: 'json', value: undefined }
  if (!contentType.startsWith('application/json'))
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

/** A part of a path that is no proper percent-encoding names nothing that we know. */
const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
