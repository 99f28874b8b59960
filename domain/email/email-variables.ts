import { originOf } from '../activity/subject.ts'
import { type Attribute, isBlank } from '../lead/attributes.ts'
import { asksForTracking } from '../lead/consent.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { ConfirmationRequest } from '../model/email-request.ts'
import { type Form, localize } from '../model/form.ts'
import type { Json, JsonObject } from '../model/json.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Settings } from '../model/settings.ts'
import { privacyOf } from '../page/page-layout.ts'
import { readableDay } from '../time/local-time.ts'

/** Control and format characters without meaning, which may hide or reverse text; line breaks and tabs are allowed. */
const meaningless = /(?![\t\n\r])[\p{Cc}\p{Cf}]/gu

export const withoutHidden = (text: string): string => text.replace(meaningless, '')

/** Patterns that mail programs and channels turn into links, with the character to put in brackets. */
const linkMarks: readonly RegExp[] = [
  /(?<=[\p{L}\p{N}]):(?=\/\/)/gu,
  /(?<=\b(?:tel|sms|mailto|callto|skype|whatsapp|javascript|data)):/giu,
  /(?<=\p{L}):(?=\d)/gu,
  /(?<=[^\s@])@(?=[^\s@])/gu,
  /(?<=[\p{L}\p{N}-])[.。．｡](?=\p{L}{2,})/gu,
  /(?<=\d)\.(?=\d{1,3}\.|\d{1,3}[/:])|(?<=\.\d{1,3})\.(?=\d)/gu,
]

/** Makes URLs in a text unclickable: input of forms must not become links for colleagues. */
export const neutralText = (text: string): string =>
  linkMarks.reduce((shown, mark) => shown.replace(mark, (sign) => `[${sign}]`), withoutHidden(text))

/** Longer than any person's name. */
const longestName = 40

/** Caseless scripts in which names are written; some letters of other scripts look like dots and slashes. */
const scripts = (
  'Arabic Hebrew Georgian Ethiopic Devanagari Bengali Gurmukhi Gujarati Tamil Telugu Kannada Malayalam Sinhala Thai Lao ' +
  'Khmer Myanmar Han Hiragana Katakana Hangul'
)
  .split(' ')
  .map((script) => `\\p{Script=${script}}`)
  .join('')
const letter = new RegExp(`^(?:[\\p{Lu}\\p{Ll}\\p{Lt}\\p{M}ー々]|(?![ㆍᆞᆢ丶丿])(?=\\p{Lo})[${scripts}])$`, 'u')

const isOfName = (character: string): boolean =>
  /^[ \u00a0\-‐'’ʼ.]$/u.test(character) || letter.test(character)

/** Whether each full stop ends an initial or a short title (`J.`, `Dr.`), which never becomes a link. */
const hasStopsOfInitials = (text: string): boolean =>
  [...text.matchAll(/\./g)].every(
    ({ index }) =>
      /(?:^|[ -])\p{L}\p{M}*\p{L}?\p{M}*$/u.test(text.slice(0, index)) &&
      /^\.(?:[ -]|$)/.test(text.slice(index)),
  )

/** Whether it can only be a name: not an address, number or sentence. */
const isName = (text: string): boolean =>
  text.length <= longestName && [...text].every(isOfName) && /\p{L}/u.test(text) && hasStopsOfInitials(text)

type Shown = (name: string, attribute: Attribute) => Json | undefined

/** Blank values count as missing, so that an author's `default` applies. */
const variablesOf = (
  lead: { readonly email?: string; readonly state: Pick<LeadState, 'attributes'> },
  shown: Shown,
): JsonObject => {
  const known = Object.entries(lead.state.attributes).flatMap(([name, attribute]) => {
    const value = shown(name, { ...attribute, value: readable(attribute.value) })
    return isBlank(value) ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(known), ...(lead.email !== undefined && { email: lead.email }) }
}

const readable = (value: Json): Json => (typeof value === 'string' ? withoutHidden(value).trim() : value)

const neutral = (value: Json): Json => {
  if (typeof value === 'string') return neutralText(value)
  return Array.isArray(value) ? value.map((item: Json) => neutral(item)) : value
}

/** `lead.*` in texts for colleagues, with unclickable URLs. */
export const leadVariables = (lead: { readonly email?: string; readonly state: LeadState }): JsonObject =>
  variablesOf(lead, (_, { value, given }) => (given === undefined ? value : neutral(value)))

/** Unconfirmed form values, which count for nothing, for colleagues who may ask. */
export const unconfirmedRows = (
  { unconfirmed = {} }: Pick<LeadState, 'unconfirmed'>,
  { forms }: Pick<Playbook, 'forms'>,
  language: string,
): readonly JsonObject[] => {
  const fields = Object.values(forms).flatMap((form) => form.fields)
  return Object.entries(
    variablesOf({ state: { attributes: unconfirmed } }, (_, { value }) => neutral(value)),
  ).map(([name, value]) => {
    const label = fields.find((field) => field.name === name)?.label
    return { name, label: label ? localize(label, language) : name, value: value ?? '' }
  })
}

/** `company.*`, in the language of the email. `privacy`: address of the policy; false if there is none, so that `if` can test it. */
export const companyVariables = ({ company }: Settings, language: string): JsonObject => ({
  name: company.name,
  address: company.address,
  imprint: company.imprint,
  privacy: privacyOf(company.privacy, language) ?? false,
})

/**
 * `consent.*`: what the link in an email confirms. `wording`: the full text; `furtherWording`: that of the opt-in box if the
 * same link confirms it, else false. `tracking`: whether the wording also covers measuring opens and clicks. Links in a wording
 * `[text](https://…)` become links in the email. If the form was removed, values are empty and false.
 */
export const confirmationVariables = (
  forms: Readonly<Record<string, Form>>,
  { form: id, purpose, furtherPurpose, language }: Omit<ConfirmationRequest, 'factId'>,
): JsonObject => {
  const form = Object.hasOwn(forms, id) ? forms[id] : undefined
  const isBox = form?.purpose !== purpose && form?.optIn?.purpose === purpose
  const box = form?.optIn?.purpose === furtherPurpose ? form?.optIn?.wording : undefined
  const wordings = [isBox ? form?.optIn?.wording : form?.wording, box]
  return {
    purpose,
    wording: wordings.flatMap((one) => (one === undefined ? [] : localize(one, language))).join(' '),
    furtherWording: box === undefined ? false : localize(box, language),
    tracking: form !== undefined && !isBox && asksForTracking(form),
  }
}

/** Patterns that mail programs turn into links: a scheme, `www.`, an email address, or a name with a dot and letters after it. */
const address = /:\/\/|\bwww\.|@|(?:^|[^\p{L}\p{N}-])[\p{L}\p{N}][\p{L}\p{N}-]*[.。．｡]\p{L}{2,}/iu

/** Variables of greetings, which may only contain names. */
const names: readonly string[] = ['firstName', 'lastName', 'name', 'fullName', 'title', 'salutation']

const every = (value: Json, isFine: (text: string) => boolean): boolean => {
  if (typeof value === 'string') return isFine(value)
  return Array.isArray(value) ? value.every((item: Json) => every(item, isFine)) : typeof value !== 'object'
}

/** A form was submitted for the address, whose owner has not confirmed it. */
const mayBeStranger = ({ confirmed, consent, seen }: LeadState): boolean =>
  confirmed === undefined &&
  seen['form.submitted'] !== undefined &&
  !Object.values(consent).some((one) => one.confirmed === true)

/** A program has recorded consent, independently of any form. */
const isKnown = ({ confirmed, consent }: LeadState): boolean =>
  confirmed !== undefined ||
  Object.values(consent).some(({ status, factId }) => status === 'granted' && originOf(factId) === undefined)

const mayBeRead = (name: string, { value, given }: Attribute, isStranger: boolean): boolean => {
  if (given === 'form' || (given === undefined && isStranger))
    return every(value, (text) => isName(name === 'company' ? text.replaceAll('&', '') : text))
  if (given === undefined) return true
  return every(value, (text) => (names.includes(name) ? isName(text) : !address.test(text)))
}

/**
 * `lead.*` in an email to the lead. Anybody can enter anybody's address in a form: until its owner confirms, the values may be
 * a stranger's message. Anything but a name then counts as missing, and the author's `default` applies; otherwise our own
 * confirmation would carry spam under our name. Even a confirmed form may have been filled in by somebody else, so its values
 * never become links, and greetings never contain sentences.
 */
export const recipientVariables = (lead: {
  readonly email?: string
  readonly state: LeadState
}): JsonObject => {
  const isStranger = mayBeStranger(lead.state)
  return variablesOf(lead, (name, attribute) =>
    (attribute.given === 'form' && isKnown(lead.state)) || !mayBeRead(name, attribute, isStranger)
      ? undefined
      : attribute.value,
  )
}

/** A fictitious person for previews without a lead; the telephone number is reserved for fiction. */
export const sampleLead: JsonObject = {
  email: 'erika.beispiel@example.com',
  firstName: 'Erika',
  lastName: 'Beispiel',
  company: 'Beispiel AG',
  country: 'DE',
  phone: '+49 30 23125 000',
  employees: 250,
}

/** Sample variables of a handoff email, as of `now` (RFC 3339 UTC). */
export const sampleHandoff = (now: string): JsonObject => ({
  recipient: { name: 'Sales' },
  handoff: {
    id: 'preview',
    score: 87.4,
    explored: false,
    scoreNow: 87.4,
    gained: 55,
    stage: 'Intent',
    stageId: 'intent',
    team: 'sales',
    owner: 'Sales',
    previousOwner: 'Sam Sample',
    reassignedBecause: 'On parental leave',
    because: 'Asked for a quote',
    becauseAt: now,
    becauseOn: day(now),
    requestedAt: now,
    requested: day(now),
    dueAt: now,
    due: day(now),
    confirmed: false,
    phoneUnproven: true,
  },
  explanation: [
    { rule: 'demo', label: 'Asked for a demo', points: 40, decayedTo: 35.8, at: now, when: day(now) },
  ],
  timeline: [{ at: now, when: day(now), type: 'demo.requested', text: 'Asked for a demo', count: 1 }],
  emails: [
    {
      at: now,
      when: day(now),
      email: 'welcome',
      subject: 'Welcome',
      clicked: true,
      opened: true,
      reaction: 'clicked',
    },
  ],
  unconfirmed: [{ name: 'phone', label: 'Phone', value: '+49 30 23125 001' }],
  answers: [
    {
      form: 'quote',
      title: 'Request for a quote',
      at: '2026-03-02T08:55:00.000Z',
      when: '2 Mar 2026, 09:55',
      answers: [
        {
          label: 'What is it about?',
          text: 'Two halls, three shifts.\nWith maintenance, please.',
          phone: '',
        },
        { label: 'Phone', text: '+49 30 123456', phone: '+4930123456' },
      ],
    },
  ],
  opening: 'Which of our two offers fits better?',
})

/** Sample variables of a confirmation, from the first form with one. */
export const sampleConsent = ({ forms }: Pick<Playbook, 'forms'>, language: string): JsonObject => {
  const form = Object.values(forms).find(({ consent }) => consent === 'double-opt-in')
  const { id = '', purpose = '' } = form ?? {}
  return confirmationVariables(forms, { form: id, purpose, language })
}

const day = (at: string): string => readableDay('en', at, 'UTC')

/**
 * The best match among `available`: for each wish in turn the same tag, else one with the same primary language (`de-AT` and
 * `de`, RFC 4647 lookup); else the first.
 */
export const chooseLanguage = (
  available: readonly [string, ...string[]],
  preferred: readonly (string | undefined)[],
): string => {
  for (const tag of preferred) {
    if (tag === undefined) continue
    const exact = available.find((language) => language.toLowerCase() === tag.toLowerCase())
    const found = exact ?? available.find((language) => primary(language) === primary(tag))
    if (found !== undefined) return found
  }
  return available[0]
}

const primary = (tag: string): string => (tag.split(/[-_]/)[0] ?? tag).toLowerCase()

/** The email that contains a link. */
interface CampaignEmail {
  readonly email: string
  /** Absent for emails outside of sequences. */
  readonly sequence?: string
}

/** Adds missing parameters; otherwise leaves the URL as written. */
const withParameters = (address: string, parameters: readonly (readonly [string, string])[]): string => {
  const hash = address.indexOf('#')
  const [page, place] = hash < 0 ? [address, ''] : [address.slice(0, hash), address.slice(hash)]
  const present = new URL(address).searchParams
  const added = parameters
    .filter(([name]) => !present.has(name))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  if (added === '') return address
  const joint = !page.includes('?') ? '?' : /[?&]$/.test(page) ? '' : '&'
  return `${page}${joint}${added}${place}`
}

/** Adds campaign parameters to a link; undefined for links that stay unchanged. */
export const campaignLinks = (
  { utm, company }: Pick<Settings, 'utm' | 'company'>,
  { email, sequence }: CampaignEmail,
): ((address: string) => string | undefined) => {
  if (!utm) return () => undefined
  const hosts = utm.hosts ?? [new URL(company.imprint).host]
  const parameters = [
    ['utm_source', utm.source],
    ['utm_medium', utm.medium],
    ...(sequence === undefined ? [] : [['utm_campaign', sequence] as const]),
    ['utm_content', email],
  ] as const
  return (address) =>
    hosts.includes(new URL(address).host) ? withParameters(address, parameters) : undefined
}
