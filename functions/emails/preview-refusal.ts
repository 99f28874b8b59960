import type { Previewed } from '../../domain/email/preview-email.ts'
import type { ApiResult } from '../api/api-request.ts'

/** Why there is no preview, as the API tells it. */
export const refusalOf = (
  refused: Exclude<Previewed, { type: 'previewed' }> | { readonly type: 'unknown-lead' },
): ApiResult => {
  switch (refused.type) {
    case 'unknown-email':
      return { type: 'not-found', detail: 'The playbook has no such email.' }
    case 'unknown-language':
      return {
        type: 'bad-input',
        errors: [{ path: 'language', message: `must be one of: ${refused.languages.join(', ')}` }],
      }
    case 'unknown-lead':
      return { type: 'bad-input', errors: [{ path: 'lead', message: 'is no lead that we know' }] }
    case 'unrenderable':
      return { type: 'bad-input', errors: [{ path: 'email', message: refused.reason }] }
    default:
      return refused satisfies never
  }
}
