import { mailboxKey } from '../../domain/email/suppressed-address.ts'
import { knownFields } from '../../domain/form/asked-form.ts'
import type { Form } from '../../domain/form/form.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Tokens } from '../ports.ts'

/** A form asked for everything again is no harm. */
const profileFor = 90 * 24 * 3_600_000

export interface FormLinksOptions {
  readonly tokens: Pick<Tokens, 'sign'>
  readonly markMailbox: (mailbox: string) => string
  /** Without a slash at the end. */
  readonly publicUrl: string
  readonly forms: Readonly<Record<string, Form>>
  readonly leadId: LeadId
  /** The address that the email goes to. */
  readonly to: string
  /** What emails know, under `lead`. */
  readonly variables: JsonObject
  readonly language: string
  /** RFC 3339 UTC. */
  readonly now: string
}

const attributesIn = ({ lead }: JsonObject): Readonly<Record<string, unknown>> =>
  typeof lead === 'object' ? { ...lead } : {}

/**
 * `links.forms.*`: each form, asking this lead for what is not known yet. Whoever comes by the link and gives the address
 * that it was sent to is known to read what comes there.
 */
export const formLinks = ({
  tokens,
  markMailbox,
  publicUrl,
  forms,
  leadId,
  to,
  variables,
  language,
  now,
}: FormLinksOptions): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.values(forms).map((form) => {
      const known = knownFields(form, attributesIn(variables))
      const link = `${publicUrl}/f/${encodeURIComponent(form.id)}?lang=${encodeURIComponent(language)}`
      const token = tokens.sign(
        'profile',
        { leadId, data: { known: [...known], to: markMailbox(mailboxKey(to)) } },
        addMilliseconds(now, profileFor),
      )
      return [form.id, `${link}&p=${token}`]
    }),
  )
