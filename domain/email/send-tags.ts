/**
 * What a message carries through SES so that its events find their way back. SES allows only `A-Z a-z 0-9 _ - . @` in
 * tag values and 256 characters each, so ids are escaped (`:` as `@`, other bytes as `_hh`) and long ones run on in
 * `sendId-2`, `sendId-3`, …
 */
export interface SendTags {
  readonly sendId: string
  readonly leadId: string
  /** The email's id in the playbook. */
  readonly email: string
  readonly recipient: 'lead' | 'owner'
  /** Of the mail, as the playbook has it: marketing mail alone counts towards the limits of sending. */
  readonly kind?: EmailKind
}

type EmailKind = 'marketing' | 'transactional'

const limit = 255
const plain = /^[A-Za-z0-9.-]$/

const escapeByte = (byte: number): string => `_${byte.toString(16).padStart(2, '0')}`

const escapeText = (text: string): string => {
  let escaped = ''
  for (const character of text) {
    if (plain.test(character)) escaped += character
    else if (character === ':') escaped += '@'
    else for (const byte of new TextEncoder().encode(character)) escaped += escapeByte(byte)
  }
  return escaped
}

const unescapeText = (escaped: string): string | undefined => {
  const bytes: number[] = []
  for (let at = 0; at < escaped.length; at++) {
    const character = escaped.charAt(at)
    if (plain.test(character)) bytes.push(character.charCodeAt(0))
    else if (character === '@') bytes.push(':'.charCodeAt(0))
    else {
      const hex = escaped.slice(at + 1, at + 3)
      if (character !== '_' || !/^[0-9a-f]{2}$/.test(hex)) return undefined
      bytes.push(Number.parseInt(hex, 16))
      at += 2
    }
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}

const spread = (name: string, text: string): [string, string][] => {
  const escaped = escapeText(text)
  const parts: [string, string][] = []
  for (let at = 0; at < escaped.length; at += limit)
    parts.push([at === 0 ? name : `${name}-${parts.length + 1}`, escaped.slice(at, at + limit)])
  return parts
}

/** Tag names and values as SES accepts them. */
export const encodeSendTags = (tags: SendTags): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ...spread('sendId', tags.sendId),
    ...spread('leadId', tags.leadId),
    ...spread('email', tags.email),
    ['recipient', tags.recipient],
    ...(tags.kind === undefined ? [] : [['kind', tags.kind]]),
  ])

/**
 * Reads the tags of an SES event (`mail.tags`), where every value stands in a list; plain strings do as well.
 * @returns undefined when the message was not sent by us.
 */
export const decodeSendTags = (tags: unknown): SendTags | undefined => {
  if (typeof tags !== 'object' || tags === null) return undefined
  const given = new Map<string, unknown>(Object.entries(tags))
  const single = (name: string): string | undefined => {
    const value = given.get(name)
    const first: unknown = Array.isArray(value) ? value[0] : value
    return typeof first === 'string' ? first : undefined
  }
  const joined = (name: string): string | undefined => {
    let escaped = single(name)
    if (escaped === undefined) return undefined
    for (let part = 2; given.has(`${name}-${part}`); part++) escaped += single(`${name}-${part}`) ?? ''
    return unescapeText(escaped)
  }
  const sendId = joined('sendId')
  const leadId = joined('leadId')
  const email = joined('email')
  const recipient = single('recipient')
  if (sendId === undefined || leadId === undefined || email === undefined) return undefined
  if (recipient !== 'lead' && recipient !== 'owner') return undefined
  const kind = single('kind')
  return {
    sendId,
    leadId,
    email,
    recipient,
    ...((kind === 'marketing' || kind === 'transactional') && { kind }),
  }
}
