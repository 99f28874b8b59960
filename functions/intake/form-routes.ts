import { askedForm, chooseLanguage, prefill, renderFormPage } from '../../domain/form/form-page.ts'
import {
  isTooOld,
  type Posted,
  readBefore,
  stampField,
  submissionIdField,
} from '../../domain/form/submission.ts'
import type { Form } from '../../domain/model/form.ts'
import type { FieldError } from '../../domain/model/json.ts'
import { renderThanksPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import type { HttpContext } from '../http/http-app.ts'
import {
  bodyOf,
  emptyReply,
  mediaTypeOf,
  pageReply,
  queryOf,
  redirectReply,
  scriptReply,
  wantsPage,
} from '../http/http-message.ts'
import { problemReply, type Refusal, statusOf } from '../http/problem.ts'
import {
  crossOriginHeaders,
  foreignSite,
  isForeignScript,
  notFound,
  preflightHeaders,
} from './cross-origin.ts'
import { embedScript } from './embed-script.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeReadProfile, makeSubmitForm } from './submit-form.ts'
import { visitorOf } from './tracking-routes.ts'

/** Bytes as a string of one character each, to search for boundaries and separators. */
const binaryOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const bytesOf = (binary: string): Uint8Array => Buffer.from(binary, 'latin1')

/** @returns undefined if the label is unknown or the bytes are invalid in that charset. */
const decode = (bytes: Uint8Array, label: string): string | undefined => {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const isUtf8 = (label: string): boolean => /^utf-?8$/i.test(label)

/** Browsers encode characters outside the page's charset as references: `&#26085;`. */
const references = /&#(\d{3,7});/g

const withReferences = (text: string): string =>
  text.replace(references, (whole, digits: string) => {
    const code = Number(digits)
    const isLetter = code > 0xff && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff)
    return isLetter ? String.fromCodePoint(code) : whole
  })

/** Forms on UTF-16 pages are posted in UTF-8 (HTML, form submission). */
const labelOf = (declared: string): string =>
  /^(utf-?16|ucs-?2|unicode)/i.test(declared) ? 'utf-8' : declared

/**
 * Chooses one charset for all of `parts`: the first declared one in which they are valid, else UTF-8, else windows-1252, the
 * default for pages that declare none (HTML, encoding sniffing), in which every byte is valid.
 */
const textReader = (
  parts: readonly string[],
  declared: readonly (string | undefined)[],
): ((binary: string) => string) => {
  const candidates = declared.flatMap((one) => (one === undefined || one === '' ? [] : [labelOf(one.trim())]))
  const all = bytesOf(parts.join('\n'))
  const label = [...candidates, 'utf-8'].find((one) => decode(all, one) !== undefined) ?? 'windows-1252'
  return (binary) => {
    const text = decode(bytesOf(binary), label) ?? decode(bytesOf(binary), 'windows-1252') ?? ''
    return isUtf8(label) ? text : withReferences(text)
  }
}

/** Value of a header parameter, quoted or not: `charset`, `boundary`, `name`. */
const parameterIn = (header: string, name: string): string | undefined => {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(header)
  return found?.[1]?.replace(/\\(["\\])/g, '$1') ?? found?.[2]
}

/** One part of a multipart body; `name` and `value` as bytes, one character each. */
interface Part {
  readonly name: string
  readonly value: string
  readonly charset?: string
  readonly isFile: boolean
}

const headersOf = (block: string): ReadonlyMap<string, string> =>
  new Map(
    block
      // A line that begins with white space continues the one before.
      .replace(/\r?\n[ \t]+/g, ' ')
      .split(/\r?\n/)
      .flatMap((line): [string, string][] => {
        const at = line.indexOf(':')
        return at < 1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]]
      }),
  )

const partOf = (text: string): Part | undefined => {
  const [head = '', end = ''] = /^(?:[^\r\n]+\r?\n)*?(\r?\n)/.exec(text) ?? []
  if (end === '') return undefined
  const headers = headersOf(head)
  const disposition = headers.get('content-disposition') ?? ''
  const name = parameterIn(disposition, 'name')
  if (!/^form-data\b/i.test(disposition) || name === undefined) return undefined
  const charset = parameterIn(headers.get('content-type') ?? '', 'charset')
  const body = text.slice(head.length)
  const isBase64 = /^base64$/i.test(headers.get('content-transfer-encoding') ?? '')
  return {
    // Browsers write quotes and line breaks in names as %22, %0D, %0A (HTML, multipart form data).
    name: name.replace(/%22/g, '"').replace(/%0D/gi, '\r').replace(/%0A/gi, '\n'),
    value: isBase64 ? Buffer.from(body, 'base64').toString('latin1') : body,
    isFile: /;\s*filename\*?\s*=/i.test(disposition),
    ...(charset === undefined ? {} : { charset }),
  }
}

/**
 * Parts of a `multipart/form-data` body (RFC 7578), without preamble and epilogue.
 * @param body bytes, one character each.
 * @returns undefined if the end is missing, or the name of a part.
 */
const readParts = (body: string, contentType: string): readonly Part[] | undefined => {
  const boundary = parameterIn(contentType, 'boundary')
  if (boundary === undefined || boundary === '' || boundary.length > 200) return undefined
  const pieces = `\r\n${body}`.split(`\n--${boundary}`).map((piece) => piece.replace(/\r$/, ''))
  const end = pieces.findIndex((piece, index) => index > 0 && piece.startsWith('--'))
  if (end < 0) return undefined
  const parts = pieces.slice(1, end).map((piece) => {
    const line = /^[ \t]*\r?\n/.exec(piece)?.[0]
    return line === undefined ? undefined : partOf(piece.slice(line.length))
  })
  return parts.every((part) => part !== undefined) ? parts : undefined
}

/** Limit of a public form's body. */
const maxBytes = 64 * 1024

const mediaTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json']

type Read =
  | { readonly type: 'posted'; readonly fields: ReadonlyMap<string, Posted> }
  | { readonly type: 'refusal'; readonly refusal: Refusal }

/** The last value of a field counts; a field with several answers keeps all of them. */
const posted = (entries: readonly (readonly [string, Posted])[]): Read => {
  const fields = new Map<string, Posted>()
  for (const [name, entry] of entries) {
    const before = fields.get(name)
    const all =
      entry.type === 'scalar' && before?.type === 'scalar'
        ? [...(before.all ?? [String(before.value)]), String(entry.value)]
        : undefined
    fields.set(name, all === undefined ? entry : ({ ...entry, all } as Posted))
  }
  return { type: 'posted', fields }
}
const refuse = (refusal: Refusal): Read => ({ type: 'refusal', refusal })
const malformed = (detail: string): Read => refuse({ type: 'malformed', detail })

const scalar = (value: string | number | boolean): Posted => ({ type: 'scalar', value })

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const ofJson = (value: unknown): Posted => {
  if (value === null) return scalar('')
  if (isScalar(value)) return scalar(value)
  if (Array.isArray(value) && value.every(isScalar)) return { type: 'list', values: value }
  return { type: 'other' }
}

/** JSON is UTF-8 (RFC 8259), but a body that declares another charset, and is valid in it, is read in that. */
const readJson = (body: Uint8Array, contentType: string): Read => {
  const charset = parameterIn(contentType, 'charset') ?? 'utf-8'
  try {
    const value: unknown = JSON.parse(decode(body, 'utf-8') ?? decode(body, charset) ?? '')
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return malformed('The body is to be a JSON object of fields.')
    return posted(Object.entries(value).map(([name, field]) => [name, ofJson(field)]))
  } catch {
    return malformed('The body is not JSON in UTF-8.')
  }
}

/** Field for the charset of the form; browsers fill it in (HTML, form submission). */
const charsetField = '_charset_'

const readMultipart = (body: Uint8Array, contentType: string): Read => {
  const parts = readParts(binaryOf(body), contentType)
  if (parts === undefined) return malformed('The body is not multipart/form-data.')
  const named = parts.find(({ name }) => name === charsetField)?.value
  const declared = [named, parameterIn(contentType, 'charset')]
  const texts = parts.filter(({ charset, isFile }) => charset === undefined && !isFile)
  const read = textReader(
    texts.map(({ value }) => value),
    declared,
  )
  return posted(
    parts.map(({ name, value, charset, isFile }): [string, Posted] => {
      // Browsers send an empty file control as a file without name and content.
      if (isFile) return [read(name), value === '' ? scalar('') : { type: 'file' }]
      const own = charset === undefined ? read : textReader([value], [charset, ...declared])
      return [read(name), scalar(own(value))]
    }),
  )
}

/** Decodes `%FC` and `+` to bytes; a `%` without two digits stays as it is. */
const unescaped = (text: string): string =>
  text
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

const readUrlencoded = (body: Uint8Array, contentType: string): Read => {
  const pairs = binaryOf(body)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const [, name = pair, value = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
      return [unescaped(name), unescaped(value)]
    })
  const named = pairs.find(([name]) => name === charsetField)?.[1]
  const read = textReader(pairs.flat(), [parameterIn(contentType, 'charset'), named])
  return posted(pairs.map(([name, value]) => [read(name), scalar(read(value))]))
}

/** Reads a posted form of any of the three media types. */
export const readPosted = async (context: HttpContext): Promise<Read> => {
  const body = await bodyOf(context)
  const contentType = context.req.header('content-type') ?? ''
  if (body.byteLength > maxBytes) return refuse({ type: 'too-large', limit: maxBytes })
  switch (mediaTypeOf(context)) {
    case 'application/x-www-form-urlencoded':
      return readUrlencoded(body, contentType)
    case 'multipart/form-data':
      return readMultipart(body, contentType)
    case 'application/json':
      return readJson(body, contentType)
    default:
      return refuse({ type: 'unsupported-media-type', accepted: mediaTypes })
  }
}

const scalarText = (posted: Posted | undefined): string | undefined =>
  posted?.type === 'scalar' ? String(posted.value) : undefined

/** Text to show in the form again; several answers take a line each. */
const enteredText = (posted: Posted): string => {
  if (posted.type === 'list') return posted.values.join('\n')
  return posted.type === 'scalar' ? (posted.all?.join('\n') ?? String(posted.value)) : ''
}

/** The referring page without its query, which may contain personal data. */
const refererOf = ({ req }: HttpContext): string | undefined => {
  const referer = req.header('referer')
  if (!referer || !URL.canParse(referer)) return undefined
  const { origin, pathname } = new URL(referer)
  return origin === 'null' ? undefined : `${origin}${pathname}`.slice(0, 500)
}

/** Everything under `/f/{form}`. */
export const makeFormRoutes = (ports: IntakePorts) => {
  const { playbook, newFactId, publicUrl, stamps, clock } = ports
  const readProfile = makeReadProfile(ports)
  const submitForm = makeSubmitForm(ports)
  const { settings } = playbook
  const ownOrigin = new URL(publicUrl).origin

  const languageOf = (form: Form, { req }: HttpContext) =>
    chooseLanguage(form.languages, {
      lang: req.query('lang'),
      acceptLanguage: req.header('accept-language'),
    })
  const targetsOf = ({ thanks }: Form) => (typeof thanks === 'string' ? [new URL(thanks).origin] : [])

  const showForm = (form: Form, context: HttpContext): Response => {
    const language = languageOf(form, context)
    const frame = frameOf(settings, language)
    if (context.req.query('done') !== undefined) {
      const own = typeof form.thanks === 'object' ? form.thanks : undefined
      const page = renderThanksPage(
        { ...frame, privacy: form.privacy },
        form.consent === 'double-opt-in',
        own,
      )
      return pageReply(200, page, frame)
    }
    const entry = {
      submissionId: newFactId(),
      stamp: stamps.issue(clock()),
      profile: context.req.query('p'),
      entered: prefill(form, queryOf(context)),
      errors: [],
    }
    return pageReply(200, renderFormPage(form, frame, entry), frame, targetsOf(form))
  }

  /** A site that names the language has it: who may switch is told by `switch`. */
  const showScript = (form: Form, context: HttpContext): Response => {
    const language = languageOf(form, context)
    const { lang, p } = queryOf(context)
    const maySwitch = lang === undefined || context.req.query('switch') !== undefined
    const base = `${publicUrl}/f/${encodeURIComponent(form.id)}`
    const queryIn = (one: string) => `?lang=${encodeURIComponent(one)}`
    const ofVisitor = p === undefined ? '' : `&p=${encodeURIComponent(p)}`
    const others = form.languages
      .filter((one) => maySwitch && one !== language)
      .map((one) => ({ language: one, address: `${base}${queryIn(one)}${ofVisitor}` }))
    const addresses = {
      action: `${base}${queryIn(language)}${ofVisitor}`,
      known: p === undefined ? `${base}.js${queryIn(language)}${maySwitch ? '&switch=1' : ''}&p=` : undefined,
    }
    const frame = { ...frameOf(settings, language), others }
    return scriptReply(embedScript(form, frame, addresses, stamps.issue(clock())))
  }

  /** Keeps a valid stamp: correcting an error takes less time than filling in the form. */
  const stampAgain = (stamp: string | undefined): string => {
    const shownAt = stamp === undefined ? undefined : stamps.read(stamp)
    const goesOn = shownAt !== undefined && !isTooOld(shownAt, clock())
    return goesOn && stamp !== undefined ? stamp : stamps.issue(readBefore(clock()))
  }

  /** Sent to the embedded form, whose stamp expires when the page stays open for long. */
  const againOf = (errors: readonly FieldError[]) =>
    errors.some(({ path }) => path === stampField) ? { stamp: stamps.issue(readBefore(clock())) } : {}

  const postForm = async (form: Form, context: HttpContext, linkedTo?: string): Promise<Response> => {
    const read = await readPosted(context)
    if (read.type === 'refusal') return problemReply(read.refusal)
    const language = languageOf(form, context)
    const submissionId = scalarText(read.fields.get(submissionIdField))
    const key = context.req.header('idempotency-key') || submissionId
    const visitorId = visitorOf(context, read.fields)
    const page = refererOf(context)
    const isFromOwnPage = wantsPage(context) && context.req.header('origin') === ownOrigin
    const posted = read.fields
    const result = await submitForm({ form, posted, language, key, page, visitorId, isFromOwnPage, linkedTo })
    if (result.type === 'refused') {
      const refusal = { type: 'bad-input', errors: result.errors } as const
      if (!wantsPage(context)) return problemReply(refusal, againOf(result.errors))
      const entered = new Map([...read.fields].map(([name, value]) => [name, enteredText(value)]))
      const entry = {
        submissionId: submissionId ?? newFactId(),
        stamp: stampAgain(scalarText(read.fields.get(stampField))),
        profile: context.req.query('p'),
        entered,
        errors: result.errors,
      }
      const frame = frameOf(settings, language)
      return pageReply(statusOf(refusal), renderFormPage(form, frame, entry), frame, targetsOf(form))
    }
    if (wantsPage(context))
      return redirectReply(
        typeof form.thanks === 'string'
          ? form.thanks
          : `/f/${encodeURIComponent(form.id)}?done=1&lang=${encodeURIComponent(language)}`,
      )
    const status = result.confirmationSent ? 'confirmation_sent' : 'accepted'
    return Response.json({ status, id: result.id }, { status: 202 })
  }

  /** Calls `answer` with the form of this id, without the fields that the visitor's link says are known. */
  const withForm =
    (
      parameter: 'form' | 'script',
      answer: (form: Form, context: HttpContext, linkedTo?: string) => Response | Promise<Response>,
    ) =>
    (context: HttpContext) => {
      const id = context.req.param(parameter)?.replace(/\.js$/, '') ?? ''
      const form = Object.hasOwn(playbook.forms, id) ? playbook.forms[id] : undefined
      if (form === undefined) return notFound(context, playbook, 'form')
      const { known, to } = readProfile(context.req.query('p'))
      return answer(askedForm(form, known), context, to)
    }

  const post = async (form: Form, context: HttpContext, linkedTo?: string): Promise<Response> => {
    if (isForeignScript(form, context, ownOrigin)) return problemReply(foreignSite)
    const reply = await postForm(form, context, linkedTo)
    for (const [name, value] of Object.entries(crossOriginHeaders(form, context)))
      reply.headers.set(name, value)
    return reply
  }

  return {
    script: withForm('script', showScript),
    show: withForm('form', showForm),
    post: withForm('form', post),
    preflight: withForm('form', (form, context) =>
      emptyReply({ ...preflightHeaders, ...crossOriginHeaders(form, context) }),
    ),
  }
}
