import type { FieldError } from '../../domain/field-error.ts'
import { askedForm } from '../../domain/form/asked-form.ts'
import type { Posted } from '../../domain/form/check-field.ts'
import { chooseLanguage } from '../../domain/form/choose-language.ts'
import { isTooOld, readBefore, stampField } from '../../domain/form/filling-time.ts'
import type { Form } from '../../domain/form/form.ts'
import { renderFormPage } from '../../domain/form/form-page.ts'
import { prefill } from '../../domain/form/prefill.ts'
import { submissionIdField } from '../../domain/form/validate-submission.ts'
import { renderThanksPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { problemReply, statusOf } from '../http/problem.ts'
import { emptyReply, jsonReply, pageReply, type Reply, redirectReply, scriptReply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import { crossOriginHeaders, foreignSite, isForeignScript, preflightHeaders } from './cross-origin.ts'
import { embedScript } from './embed-script.ts'
import type { IntakePorts } from './intake-ports.ts'
import { notFound } from './not-found.ts'
import { readPosted } from './read-posted.ts'
import { makeReadProfile } from './read-profile.ts'
import { makeSubmitForm } from './submit-form.ts'
import { visitorOf } from './visitor.ts'

const scalarText = (posted: Posted | undefined): string | undefined =>
  posted?.type === 'scalar' ? String(posted.value) : undefined

/** As it is shown again: of several answers one a line. */
const enteredText = (posted: Posted): string => {
  if (posted.type === 'list') return posted.values.join('\n')
  return posted.type === 'scalar' ? (posted.all?.join('\n') ?? String(posted.value)) : ''
}

/** Where the visitor was, without what a query may tell about them. */
const refererOf = ({ headers }: HttpRequest): string | undefined => {
  if (!headers.referer || !URL.canParse(headers.referer)) return undefined
  const { origin, pathname } = new URL(headers.referer)
  return origin === 'null' ? undefined : `${origin}${pathname}`.slice(0, 500)
}

/** Everything under `/f/{form}`. */
export const makeFormRoutes = (ports: IntakePorts) => {
  const { playbook, newFactId, publicUrl, stamps, clock } = ports
  const readProfile = makeReadProfile(ports)
  const submitForm = makeSubmitForm(ports)
  const { settings } = playbook
  const ownOrigin = new URL(publicUrl).origin

  const languageOf = (form: Form, { query, headers }: HttpRequest) =>
    chooseLanguage(form.languages, { lang: query.lang, acceptLanguage: headers['accept-language'] })
  const targetsOf = ({ thanks }: Form) => (typeof thanks === 'string' ? [new URL(thanks).origin] : [])

  const showForm = (form: Form, request: HttpRequest): Reply => {
    const language = languageOf(form, request)
    const frame = frameOf(settings, language)
    if (request.query.done !== undefined) {
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
      profile: request.query.p,
      entered: prefill(form, request.query),
      errors: [],
    }
    return pageReply(200, renderFormPage(form, frame, entry), frame, targetsOf(form))
  }

  const showScript = (form: Form, request: HttpRequest): Reply => {
    const language = languageOf(form, request)
    const action = `${publicUrl}/f/${encodeURIComponent(form.id)}?lang=${encodeURIComponent(language)}`
    return scriptReply(embedScript(form, frameOf(settings, language), action, stamps.issue(clock())))
  }

  /** The first one goes on as long as it counts: whoever mends a slip is quick. */
  const stampAgain = (stamp: string | undefined): string => {
    const shownAt = stamp === undefined ? undefined : stamps.read(stamp)
    const goesOn = shownAt !== undefined && !isTooOld(shownAt, clock())
    return goesOn && stamp !== undefined ? stamp : stamps.issue(readBefore(clock()))
  }

  /** For the script in another site's page, which has stood open for long. */
  const againOf = (errors: readonly FieldError[]) =>
    errors.some(({ path }) => path === stampField) ? { stamp: stamps.issue(readBefore(clock())) } : {}

  const postForm = async (form: Form, request: HttpRequest, linkedTo?: string): Promise<Reply> => {
    const read = readPosted(request)
    if (read.type === 'refusal') return problemReply(read.refusal)
    const language = languageOf(form, request)
    const submissionId = scalarText(read.fields.get(submissionIdField))
    const key = request.headers['idempotency-key'] || submissionId
    const visitorId = visitorOf(request, read.fields)
    const page = refererOf(request)
    const isFromOwnPage = wantsPage(request) && request.headers.origin === ownOrigin
    const posted = read.fields
    const result = await submitForm({ form, posted, language, key, page, visitorId, isFromOwnPage, linkedTo })
    if (result.type === 'refused') {
      const refusal = { type: 'bad-input', errors: result.errors } as const
      if (!wantsPage(request)) return problemReply(refusal, againOf(result.errors))
      const entered = new Map([...read.fields].map(([name, value]) => [name, enteredText(value)]))
      const entry = {
        submissionId: submissionId ?? newFactId(),
        stamp: stampAgain(scalarText(read.fields.get(stampField))),
        profile: request.query.p,
        entered,
        errors: result.errors,
      }
      const frame = frameOf(settings, language)
      return pageReply(statusOf(refusal), renderFormPage(form, frame, entry), frame, targetsOf(form))
    }
    if (wantsPage(request))
      return redirectReply(
        typeof form.thanks === 'string'
          ? form.thanks
          : `/f/${encodeURIComponent(form.id)}?done=1&lang=${encodeURIComponent(language)}`,
      )
    return jsonReply(202, {
      status: result.confirmationSent ? 'confirmation_sent' : 'accepted',
      id: result.id,
    })
  }

  return async (request: HttpRequest): Promise<Reply> => {
    const [, id = '', script] = /^(.*?)(\.js)?$/.exec(request.params.form ?? '') ?? []
    const whole = Object.hasOwn(playbook.forms, id) ? playbook.forms[id] : undefined
    if (whole === undefined) return notFound(request, playbook, 'form')
    const { known, to } = readProfile(request.query.p)
    const form = askedForm(whole, known)
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return script ? showScript(form, request) : showForm(form, request)
      case 'POST': {
        if (isForeignScript(form, request, ownOrigin)) return problemReply(foreignSite)
        const reply = await postForm(form, request, to)
        return { ...reply, headers: { ...reply.headers, ...crossOriginHeaders(form, request) } }
      }
      case 'OPTIONS':
        return emptyReply({ ...preflightHeaders, ...crossOriginHeaders(form, request) })
      default:
        return problemReply({ type: 'method-not-allowed', allow: ['GET', 'POST', 'OPTIONS'] })
    }
  }
}
