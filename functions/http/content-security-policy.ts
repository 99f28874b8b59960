import { createHash } from 'node:crypto'
import { pageStyle } from '../../domain/page/page-style.ts'

const styleHash = createHash('sha256').update(pageStyle).digest('base64')

/** Our pages run no script and load nothing; the one stylesheet in them is known by its hash. */
export const contentSecurityPolicy = (formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    // Browsers hold redirects after a form post against this list, too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
