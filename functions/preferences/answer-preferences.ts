import {
  preferencesField,
  purposeField,
  renderPreferencePage,
  renderPreferencesSaved,
} from '../../domain/consent/preference-page.ts'
import {
  choicesOf,
  frequencies,
  frequencyOf,
  type Preferences,
  type PurposeChoice,
} from '../../domain/consent/preferences.ts'
import type { Posted } from '../../domain/form/check-field.ts'
import { chooseLanguage } from '../../domain/form/choose-language.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { renderUnsubscribedPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { problemReply } from '../http/problem.ts'
import { jsonReply, pageReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import { notFound } from '../intake/not-found.ts'
import { readPosted } from '../intake/read-posted.ts'
import { rootLead } from '../root-lead.ts'
import type { PreferencePorts } from './preference-ports.ts'
import { makeSavePreferences } from './save-preferences.ts'
import { makeReadSubscription, makeUnsubscribe } from './unsubscribe.ts'

type Fields = ReadonlyMap<string, Posted>

const textOf = (fields: Fields, name: string): string | undefined => {
  const field = fields.get(name)
  return field?.type === 'scalar' ? String(field.value) : undefined
}

const chosenIn = (fields: Fields, choices: readonly PurposeChoice[]): Preferences => ({
  purposes: new Set(
    choices.map(({ purpose }) => purpose).filter((purpose) => fields.has(purposeField(purpose))),
  ),
  frequency: frequencies.find((one) => one === textOf(fields, 'frequency')),
})

const none: Fields = new Map()

/** What RFC 8058 has mail clients post, however they write it: in any case, with a line break, as form, as text or in the address. */
const isOneClick = ({ body, query }: HttpRequest, fields: Fields): boolean => {
  const pairs = [...fields].map(([name, value]) => `${name}=${value.type === 'scalar' ? value.value : ''}`)
  const asked = Object.entries(query).map((pair) => pair.join('='))
  const text = fields.size === 0 ? [new TextDecoder().decode(body.subarray(0, 200))] : []
  return [...pairs, ...asked, ...text].some((one) =>
    /^\s*list-unsubscribe\s*=\s*"?one-click"?\s*$/i.test(one),
  )
}

/**
 * `/u/{token}`: looking changes nothing. What the page posts is saved; any other post, such as a mail client's one click
 * (RFC 8058), unsubscribes at once. The answer is the same for somebody who was erased.
 */
export const makeAnswerPreferences = (ports: PreferencePorts) => {
  const { leads, clock, playbook } = ports
  const { settings } = playbook
  const readSubscription = makeReadSubscription(ports)
  const unsubscribe = makeUnsubscribe(ports)
  const savePreferences = makeSavePreferences(ports)

  const known = async (leadId: LeadId, language: string) => {
    const lead = await rootLead(leads, leadId)
    const consented = Object.values(lead?.state?.consent ?? {}).some(({ status }) => status === 'granted')
    const facts = lead && consented ? await leads.facts(lead.leadId) : []
    return {
      choices: choicesOf(settings, lead?.state, facts, language),
      frequency: frequencyOf(lead?.state?.attributes, clock()),
      timeZone: settings.timeZone,
    }
  }

  return async (request: HttpRequest): Promise<Reply> => {
    const token = request.params.token ?? ''
    const subscription = readSubscription(token)
    if (subscription === undefined) return notFound(request, playbook, 'link')
    const { leadId } = subscription
    const language = chooseLanguage(settings.languages, {
      lang: request.query.lang ?? subscription.language,
      acceptLanguage: request.headers['accept-language'],
    })
    const frame = {
      ...frameOf(settings, language),
      others: settings.languages
        .filter((one) => one !== language)
        .map((one) => ({ language: one, address: `?lang=${encodeURIComponent(one)}` })),
    }
    const again = `?lang=${encodeURIComponent(language)}`
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return pageReply(200, renderPreferencePage(frame, await known(leadId, language)), frame)
      case 'POST': {
        const read = readPosted(request)
        const fields = read.type === 'posted' ? read.fields : none
        if (fields.has(preferencesField)) {
          const shown = await known(leadId, language)
          await savePreferences({ leadId, language, ...shown, chosen: chosenIn(fields, shown.choices) })
          return wantsPage(request)
            ? pageReply(200, renderPreferencesSaved({ ...frame, others: [] }, again), frame)
            : jsonReply(200, { status: 'saved' })
        }
        const how = isOneClick(request, fields) ? 'one-click' : 'page'
        await unsubscribe(token, subscription, how, (await rootLead(leads, leadId))?.state)
        return wantsPage(request)
          ? pageReply(200, renderUnsubscribedPage({ ...frame, others: [] }, again), frame)
          : jsonReply(200, { status: 'unsubscribed' })
      }
      default:
        return problemReply({ type: 'method-not-allowed', allow: ['GET', 'POST'] })
    }
  }
}
