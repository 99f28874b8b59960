import type { AuditAction, AuditValue } from '../audit-ports.ts'
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

/** What the audit log says of it beside who, when and what: by default the target that the path names. */
export interface Change {
  readonly target?: string
  readonly before?: AuditValue
  readonly after?: AuditValue
}

export type ApiResult =
  | {
      readonly type: 'ok'
      readonly body: unknown
      readonly change?: Change
      /** A document that a browser is shown instead, which is not ours: it runs nothing and sends nothing. */
      readonly document?: string
    }
  | { readonly type: 'accepted'; readonly body: unknown; readonly change?: Change }
  | Refusal

/** What reads needs no name in the audit log; whatever may change something says its name, or that it changes nothing. */
export type ApiRoute = RouteParts &
  (
    | { readonly method: 'GET'; readonly action?: AuditAction | undefined }
    | { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly action: AuditAction | undefined }
  )

interface RouteParts {
  /** A URLPattern path such as `/api/leads/:leadId`. */
  readonly path: string
  readonly roles: readonly Role[]
  readonly answer: (request: ApiRequest) => Promise<ApiResult>
}
