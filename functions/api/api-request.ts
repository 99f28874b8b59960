import type { Refusal } from '../http/refusal.ts'
import type { Caller, Role } from './caller.ts'

/** One call of the console API, after sign-in and role check. */
export interface ApiRequest {
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown
}

export type ApiResult =
  | { readonly type: 'ok'; readonly body: unknown }
  | { readonly type: 'accepted'; readonly body: unknown }
  | Refusal

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** A URLPattern path such as `/api/leads/:leadId`. */
  readonly path: string
  readonly roles: readonly Role[]
  readonly answer: (request: ApiRequest) => Promise<ApiResult>
}
