import * as z from 'zod/mini'
import {
  preferencesField,
  purposeField,
  renderPreferencePage,
  renderPreferencesSaved,
} from '../../domain/consent/preference-page.ts'
import {
  changesOf,
  choicesOf,
  type Frequency,
  frequencies,
  frequencyFields,
  frequencyOf,
  type PreferenceChange,
  type Preferences,
  type PurposeChoice,
  wordingOfChoice,
} from '../../domain/consent/preferences.ts'
import { chooseLanguage } from '../../domain/form/form-page.ts'
import type { Posted } from '../../domain/form/submission.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Activity, LeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { renderUnsubscribedPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import type { HttpContext } from '../http/http-app.ts'
import { bodyOf, pageReply, queryOf, wantsPage } from '../http/http-message.ts'
import { notFound } from '../intake/cross-origin.ts'
import { readPosted } from '../intake/form-routes.ts'
import type { Bus, Clock, Leads, Tokens } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

interface Choosing {
  readonly leadId: LeadId
  readonly language: string
  /** As the page showed them. */
  readonly choices: readonly PurposeChoice[]
  /** As it stood before. */
  readonly frequency: Frequency
  readonly chosen: Preferences
}

/**
 * Records what was chosen: a fact for each purpose that is granted or taken back, with the words on the page, and one for
 * the frequency. The link came by email: whoever has it has the mailbox, which is what a double opt-in asks for.
 */
const makeSavePreferences =
  ({ bus, clock, digest, newFactId }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest' | 'newFactId'>) =>
  async ({ leadId, language, choices, frequency, chosen }: Choosing): Promise<void> => {
    const now = clock()
    const activity = (type: string, properties: JsonObject): Activity => ({
      id: newFactId(),
      type,
      subject: { leadId },
      occurredAt: now,
      timeAssumed: true,
      properties,
    })
    const evidence = (change: PreferenceChange): Activity => {
      const how = 'preference-page'
      switch (change.type) {
        case 'grant': {
          const { purpose } = change.choice
          const wording = wordingOfChoice(change.choice)
          return activity('consent.granted', {
            purpose,
            wording,
            wordingHash: digest(wording),
            language,
            how,
          })
        }
        case 'withdraw':
          return activity('consent.withdrawn', { purpose: change.purpose, language, how })
        default:
          return change satisfies never
      }
    }
    const activities = changesOf(choices, chosen).map(evidence)
    if (chosen.frequency !== undefined && chosen.frequency !== frequency)
      activities.push(activity('profile.updated', { fields: frequencyFields(chosen.frequency, now) }))
    if (activities.length > 0) await bus.submit(activities)
  }

/** What an unsubscribe link stands for: a lead, and the message that it came in. */
interface Subscription {
  readonly leadId: LeadId
  readonly sendId?: string
  readonly email?: string
  readonly language?: string
}

const dataSchema = z.object({
  sendId: z.optional(z.string()),
  email: z.optional(z.string()),
  language: z.optional(z.string()),
})

/** @returns undefined when the link is forged, expired or for something else. */
const makeReadSubscription =
  ({ tokens, clock }: Pick<PreferencePorts, 'tokens' | 'clock'>) =>
  (token: string): Subscription | undefined => {
    const claims = tokens.verify('unsubscribe', token, clock())
    if (claims === undefined) return undefined
    const { sendId, email, language } = z.safeParse(dataSchema, claims.data).data ?? {}
    return {
      leadId: claims.leadId,
      ...(sendId === undefined ? {} : { sendId }),
      ...(email === undefined ? {} : { email }),
      ...(language === undefined ? {} : { language }),
    }
  }

interface Standing {
  readonly purpose: string
  readonly factId: string
}

/** What is taken back. */
const currentConsents = (state: Pick<LeadState, 'consent'> | undefined): readonly Standing[] =>
  Object.entries(state?.consent ?? {}).flatMap(([purpose, { status, factId }]) =>
    status === 'granted' || status === 'pending' ? [{ purpose, factId }] : [],
  )

/** Names it: as long as nobody consents again, leaving again is the same fact. */
const nameOf = (consents: readonly Standing[]): string =>
  consents
    .map(({ factId }) => factId)
    .toSorted()
    .join('\n')

/**
 * Takes back every consent to marketing mail: one `email.unsubscribed`. Repeats of a mail client change nothing, while a
 * later withdrawal after a new consent does, on the same day as well.
 * @param state undefined where it is not known: the same link then counts once a day.
 */
const makeUnsubscribe =
  ({ bus, clock, digest }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest'>) =>
  async (
    token: string,
    { leadId, sendId, email }: Subscription,
    how: 'one-click' | 'page',
    state: Pick<LeadState, 'consent'> | undefined,
  ): Promise<void> => {
    const now = clock()
    const consents = currentConsents(state)
    await bus.submit([
      {
        id: `unsubscribe-${digest(`${token}\n${nameOf(consents)}`).slice(0, 32)}-${now.slice(0, 10)}`,
        type: 'email.unsubscribed',
        subject: { leadId },
        occurredAt: now,
        timeAssumed: true,
        properties: {
          how,
          purposes: consents.map(({ purpose }) => purpose),
          ...(sendId === undefined ? {} : { sendId }),
          ...(email === undefined ? {} : { email }),
        },
      },
    ])
  }

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
const isOneClick = async (context: HttpContext, fields: Fields): Promise<boolean> => {
  const pairs = [...fields].map(([name, value]) => `${name}=${value.type === 'scalar' ? value.value : ''}`)
  const asked = Object.entries(queryOf(context)).map((pair) => pair.join('='))
  const body = fields.size === 0 ? (await bodyOf(context)).subarray(0, 200) : new Uint8Array()
  return [...pairs, ...asked, new TextDecoder().decode(body)].some((one) =>
    /^\s*list-unsubscribe\s*=\s*"?one-click"?\s*$/i.test(one),
  )
}

/**
 * `/u/{token}`: looking changes nothing. What the page posts is saved; any other post, such as a mail client's one click
 * (RFC 8058), unsubscribes at once. The answer is the same for somebody who was erased.
 */
export const makePreferenceRoutes = (ports: PreferencePorts) => {
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

  const asked = (context: HttpContext) => {
    const token = context.req.param('token') ?? ''
    const subscription = readSubscription(token)
    if (subscription === undefined) return undefined
    const language = chooseLanguage(settings.languages, {
      lang: context.req.query('lang') ?? subscription.language,
      acceptLanguage: context.req.header('accept-language'),
    })
    return { token, subscription, language, frame: frameOf(settings, language) }
  }

  const show = async (context: HttpContext): Promise<Response> => {
    const link = asked(context)
    if (link === undefined) return notFound(context, playbook, 'link')
    const { subscription, language, frame } = link
    const others = settings.languages
      .filter((one) => one !== language)
      .map((one) => ({ language: one, address: `?lang=${encodeURIComponent(one)}` }))
    const shown = await known(subscription.leadId, language)
    return pageReply(200, renderPreferencePage({ ...frame, others }, shown), frame)
  }

  const post = async (context: HttpContext): Promise<Response> => {
    const link = asked(context)
    if (link === undefined) return notFound(context, playbook, 'link')
    const { token, subscription, language, frame } = link
    const { leadId } = subscription
    const again = `?lang=${encodeURIComponent(language)}`
    const read = await readPosted(context)
    const fields = read.type === 'posted' ? read.fields : none
    if (fields.has(preferencesField)) {
      const shown = await known(leadId, language)
      await savePreferences({ leadId, language, ...shown, chosen: chosenIn(fields, shown.choices) })
      return wantsPage(context)
        ? pageReply(200, renderPreferencesSaved({ ...frame, others: [] }, again), frame)
        : Response.json({ status: 'saved' })
    }
    const how = (await isOneClick(context, fields)) ? 'one-click' : 'page'
    await unsubscribe(token, subscription, how, (await rootLead(leads, leadId))?.state)
    return wantsPage(context)
      ? pageReply(200, renderUnsubscribedPage({ ...frame, others: [] }, again), frame)
      : Response.json({ status: 'unsubscribed' })
  }
  return { show, post }
}

export interface PreferencePorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly bus: Pick<Bus, 'submit'>
  readonly tokens: Pick<Tokens, 'verify'>
  readonly clock: Clock
  readonly playbook: Playbook
  readonly newFactId: () => string
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
}
