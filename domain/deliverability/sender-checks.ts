import { deChecks } from '../texts/de-checks.ts'
import { type CheckTexts, enChecks } from '../texts/en-checks.ts'

/** What SES knows of a domain or an address. */
export interface SenderIdentity {
  /** The domain, or the address. */
  readonly name: string
  readonly isVerified: boolean
  readonly dkim: {
    readonly status: 'success' | 'pending' | 'off'
    /** Of Easy DKIM: three, each a record. */
    readonly tokens: readonly string[]
  }
  /** Where bounces come back. @default amazonses.com */
  readonly mailFrom?: string
}

export interface SenderAccount {
  /** Out of the sandbox. */
  readonly isOpen: boolean
  readonly maySend: boolean
  /** Emails in 24 hours; absent: no limit. */
  readonly most?: number
  readonly sent: number
  readonly perSecond?: number
}

/** TXT records of a name; empty where there are none. */
type Texts = readonly string[]

/** What was found out; undefined where that did not work. */
export interface SenderFacts {
  /** Of the playbook. */
  readonly address: string
  readonly region: string
  /** `absent`: SES knows neither domain nor address. */
  readonly identity: SenderIdentity | 'absent' | undefined
  readonly account: SenderAccount | undefined
  /** Of the MAIL FROM domain. */
  readonly spf: Texts | undefined
  /** Of the name that has a policy, the domain's own before that of a domain above it. */
  readonly dmarc: { readonly name: string; readonly texts: Texts } | undefined
}

interface DnsRecord {
  readonly name: string
  readonly type: 'CNAME' | 'MX' | 'TXT'
  readonly value: string
}

const checkIds = ['sender', 'dkim', 'spf', 'dmarc', 'sandbox', 'quota'] as const

export interface SenderCheck {
  readonly id: (typeof checkIds)[number]
  readonly state: 'ok' | 'missing' | 'unknown'
  readonly detail: string
  /** What to do; null where nothing is. */
  readonly fix: string | null
  /** What to enter in the DNS. */
  readonly records: readonly DnsRecord[]
}

type Finding = Omit<SenderCheck, 'id'>

/** By primary tag. English stands in for a language that is not spoken. */
const texts: Readonly<Record<string, CheckTexts>> = { en: enChecks, de: deChecks }

const ok = (detail: string): Finding => ({ state: 'ok', detail, fix: null, records: [] })

const missing = (detail: string, fix: string, records: readonly DnsRecord[] = []): Finding => ({
  state: 'missing',
  detail,
  fix,
  records,
})

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1)

/** Names that may say what becomes of a domain's mail: its own, then those above it. */
export const dmarcNames = (domain: string): readonly string[] => {
  const labels = domain.split('.')
  return labels.slice(0, -1).map((_, from) => `_dmarc.${labels.slice(from).join('.')}`)
}

/** The domain that stands in the envelope, whose SPF counts; undefined for SES's own. */
export const mailFromOf = (identity: SenderFacts['identity']): string | undefined =>
  identity === undefined || identity === 'absent' ? undefined : identity.mailFrom

const dkimRecords = (domain: string, tokens: readonly string[]): readonly DnsRecord[] =>
  tokens.map((token) => ({
    name: `${token}._domainkey.${domain}`,
    type: 'CNAME',
    value: `${token}.dkim.amazonses.com`,
  }))

const judgeSender = ({ identity, address }: SenderFacts, { sender }: CheckTexts): Finding | undefined => {
  if (identity === undefined) return undefined
  const domain = domainOf(address)
  if (identity === 'absent') return missing(sender.absent(domain), sender.fix)
  if (identity.isVerified) return ok(sender.ok(identity.name))
  return missing(sender.unverified(identity.name), sender.fix, dkimRecords(domain, identity.dkim.tokens))
}

const judgeDkim = ({ identity, address }: SenderFacts, { dkim }: CheckTexts): Finding | undefined => {
  if (identity === undefined) return undefined
  const domain = domainOf(address)
  if (identity === 'absent' || identity.dkim.status === 'off') return missing(dkim.absent, dkim.begin)
  if (identity.dkim.status === 'success') return ok(dkim.ok(domain))
  return missing(dkim.pending(domain), dkim.fix, dkimRecords(domain, identity.dkim.tokens))
}

const isSpf = (text: string): boolean => /^v=spf1(\s|$)/i.test(text)

const judgeSpf = (
  { identity, spf, region }: SenderFacts,
  { spf: words }: CheckTexts,
): Finding | undefined => {
  if (identity === undefined) return undefined
  const mailFrom = mailFromOf(identity)
  if (mailFrom === undefined) return missing(words.shared, words.begin)
  if (spf === undefined) return undefined
  if (spf.some((text) => isSpf(text) && /\binclude:amazonses\.com\b/i.test(text)))
    return ok(words.ok(mailFrom))
  return missing(words.absent(mailFrom), words.fix, [
    { name: mailFrom, type: 'MX', value: `10 feedback-smtp.${region}.amazonses.com` },
    { name: mailFrom, type: 'TXT', value: 'v=spf1 include:amazonses.com ~all' },
  ])
}

const judgeDmarc = ({ dmarc, address }: SenderFacts, { dmarc: words }: CheckTexts): Finding | undefined => {
  if (dmarc === undefined) return undefined
  const domain = domainOf(address)
  for (const text of dmarc.texts) {
    const [, policy] = /^v=DMARC1\b.*?;\s*p=(\w+)/i.exec(text) ?? []
    if (policy !== undefined) return ok(words.ok(dmarc.name.replace('_dmarc.', ''), `p=${policy}`))
  }
  return missing(words.absent(domain), words.fix, [
    { name: `_dmarc.${domain}`, type: 'TXT', value: 'v=DMARC1; p=quarantine; adkim=r; aspf=r' },
  ])
}

const judgeSandbox = ({ account }: SenderFacts, { sandbox }: CheckTexts): Finding | undefined => {
  if (account === undefined) return undefined
  if (!account.maySend) return missing(sandbox.off, sandbox.begin)
  return account.isOpen ? ok(sandbox.ok) : missing(sandbox.missing, sandbox.fix)
}

/** From this part of the day's mail on, a larger send would not get through. */
const nearlyUsed = 0.9

const judgeQuota = (
  { account }: SenderFacts,
  { quota }: CheckTexts,
  numberText: (value: number) => string,
): Finding | undefined => {
  if (account === undefined) return undefined
  const { sent, most, perSecond } = account
  const rate = perSecond === undefined ? '' : ` ${quota.rate(numberText(perSecond))}`
  if (most === undefined) return ok(`${quota.unlimited(numberText(sent))}${rate}`)
  const words = [numberText(sent), numberText(most)] as const
  return sent < nearlyUsed * most
    ? ok(`${quota.ok(...words)}${rate}`)
    : missing(`${quota.missing(...words)}${rate}`, quota.fix)
}

/** Whether mail can leave, and arrive, as things stand; what is missing comes with what to do. @param language BCP 47 */
export const checkSender = (facts: SenderFacts, language: string): readonly SenderCheck[] => {
  const [primary = ''] = language.toLowerCase().split('-')
  const words = (Object.hasOwn(texts, primary) ? texts[primary] : undefined) ?? enChecks
  const { format } = new Intl.NumberFormat(language)
  const findings = {
    sender: judgeSender(facts, words),
    dkim: judgeDkim(facts, words),
    spf: judgeSpf(facts, words),
    dmarc: judgeDmarc(facts, words),
    sandbox: judgeSandbox(facts, words),
    quota: judgeQuota(facts, words, format),
  }
  const unknown = { state: 'unknown', detail: words.unreadable, fix: words.readAgain, records: [] } as const
  return checkIds.map((id) => ({ id, ...(findings[id] ?? unknown) }))
}
