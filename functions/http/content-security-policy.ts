import { createHash } from 'node:crypto'
import { pageStyle } from '../../domain/page/page-style.ts'
import type { Brand } from '../../domain/playbook/settings.ts'

const hashes = new Map<string, string>()

/** Of the stylesheet of a brand: made once, there are few. */
const styleHash = (brand: Brand | undefined): string => {
  const name = JSON.stringify(brand ?? {})
  const known = hashes.get(name) ?? createHash('sha256').update(pageStyle(brand)).digest('base64')
  hashes.set(name, known)
  return known
}

/** Our pages run no script and load nothing but the brand's logo; the one stylesheet in them is known by its hash. */
export const contentSecurityPolicy = (brand: Brand | undefined, formTargets: readonly string[]): string =>
  [
    "default-src 'none'",
    `style-src 'sha256-${styleHash(brand)}'`,
    ...(brand?.logo === undefined ? [] : [`img-src ${new URL(brand.logo).origin}`]),
    // Browsers hold redirects after a form post against this list, too.
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
