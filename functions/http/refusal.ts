import type { FieldError } from '../../domain/field-error.ts'

/** Why a request was not answered as asked. */
export type Refusal =
  | { readonly type: 'malformed'; readonly detail: string }
  | { readonly type: 'unauthorized' }
  /** What it says of who sends it does not hold. `challenge`: how to do it, for the header. */
  | { readonly type: 'unproven'; readonly detail: string; readonly challenge: string }
  | { readonly type: 'forbidden'; readonly detail: string }
  | { readonly type: 'not-found'; readonly detail: string }
  | { readonly type: 'method-not-allowed'; readonly allow: readonly string[] }
  | { readonly type: 'conflict'; readonly detail: string; readonly current?: unknown }
  /** It is all there, and more than one answer can be made of. */
  | { readonly type: 'too-much'; readonly detail: string }
  | { readonly type: 'too-large'; readonly limit: number }
  | { readonly type: 'unsupported-media-type'; readonly accepted: readonly string[] }
  | { readonly type: 'bad-input'; readonly errors: readonly FieldError[] }
  /** `retryAfter` in seconds. */
  | { readonly type: 'too-many'; readonly retryAfter: number }
  | { readonly type: 'unavailable' }
  | { readonly type: 'defect' }
