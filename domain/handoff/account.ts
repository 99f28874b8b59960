import type { LeadState } from '../lead/lead-state.ts'
import { isFreeMail } from './free-mail.ts'

/** At the end of a company's name: the same company with and without. */
const legalForms =
  /(?: (?:gmbh(?: (?:und )?co kg)?|mbh|ug|ag|se|kg|kgaa|ohg|gbr|ek|eg|ev|inc|llc|llp|ltd|limited|corp|corporation|plc|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|aps))+$/

/** Without case, punctuation and legal form; empty where nothing is left that names a company. */
const companyKey = (name: string): string => {
  const words = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/(?<=\p{L})\.(?=\p{L}(?:\.|\s|$))/gu, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
  const bare = words.replace(legalForms, '')
  return bare.replaceAll(' ', '').length < 2 ? '' : bare
}

/**
 * What says that two leads are of one company, the surest first: the `company` that they gave, and the domain of their
 * address unless anybody may have one there. Texts to be hashed before they are a key.
 */
export const accountsOf = ({
  email,
  state,
}: {
  readonly email?: string
  readonly state: Pick<LeadState, 'attributes'>
}): readonly string[] => {
  const company = state.attributes.company?.value
  const name = typeof company === 'string' ? companyKey(company) : ''
  const domain = email?.slice(email.lastIndexOf('@') + 1).toLowerCase() ?? ''
  return [
    ...(name === '' ? [] : [`company:${name}`]),
    ...(domain === '' || isFreeMail(domain) ? [] : [`domain:${domain}`]),
  ]
}
