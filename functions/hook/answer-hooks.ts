import { compileHook } from '../../domain/hook/compile-hook.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { replyToApi } from '../api/reply-to-api.ts'
import { makeRouteRequest } from '../api/route-request.ts'
import type { Reply } from '../http/reply.ts'
import type { HttpRequest } from '../http/request.ts'
import { type HookApiPorts, makeHookApiRoutes } from './hook-api-routes.ts'
import { type HookRoutePorts, makeHookRoute } from './hook-route.ts'

export type AnswerHooksPorts = Omit<HookRoutePorts & HookApiPorts, 'hooks' | 'playbook'> & {
  readonly playbook: Playbook
}

/** Whether a signed-in user asks; the other addresses are open. */
export const isForConsole = ({ path }: Pick<HttpRequest, 'path'>): boolean => path.startsWith('/api/')

/** `POST /hooks/{source}` for programs, `/api/hooks` for users of the console. @throws when an expression does not compile. */
export const makeAnswerHooks = (ports: AnswerHooksPorts): ((request: HttpRequest) => Promise<Reply>) => {
  const hooks = new Map(
    Object.entries(ports.playbook.hooks ?? {}).map(([source, hook]) => [source, compileHook(hook)] as const),
  )
  const receive = makeHookRoute({ ...ports, hooks })
  const route = makeRouteRequest(makeHookApiRoutes({ ...ports, hooks }))
  return async (request) =>
    isForConsole(request) ? replyToApi(await route(request), request) : receive(request)
}
