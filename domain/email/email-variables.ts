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

/** Control and format characters that mean nothing in a text, and may hide or turn what stands there; line breaks and tabs may stay. */
const meaningless = /(?![\t\n\r])[\p{Cc}\p{Cf}]/gu

export const withoutHidden = (text: string): string => text.replace(meaningless, '')

/** What mail programs and channels make a link of, each with the sign that is set in brackets. */
const linkMarks: readonly RegExp[] = [
  /(?<=[\p{L}\p{N}]):(?=\/\/)/gu,
  /(?<=\b(?:tel|sms|mailto|callto|skype|whatsapp|javascript|data)):/giu,
  /(?<=\p{L}):(?=\d)/gu,
  /(?<=[^\s@])@(?=[^\s@])/gu,
  /(?<=[\p{L}\p{N}-])[.。．｡](?=\p{L}{2,})/gu,
  /(?<=\d)\.(?=\d{1,3}\.|\d{1,3}[/:])|(?<=\.\d{1,3})\.(?=\d)/gu,
]

/** The same to read, and nothing to follow: what a form says to colleagues leads nowhere by a click. */
export const neutralText = (text: string): string =>
  linkMarks.reduce((shown, mark) => shown.replace(mark, (sign) => `[${sign}]`), withoutHidden(text))

/** Longer than a name of a person. */
const longestName = 40

/** Writing systems whose letters have no cases, as names are written in them: in others such letters look like dots and slashes. */
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

/** Each full stop ends an initial or a short title (`J.`, `Dr.`): nobody makes a link of that. */
const hasStopsOfInitials = (text: string): boolean =>
  [...text.matchAll(/\./g)].every(
    ({ index }) =>
      /(?:^|[ -])\p{L}\p{M}*\p{L}?\p{M}*$/u.test(text.slice(0, index)) &&
      /^\.(?:[ -]|$)/.test(text.slice(index)),
  )

/** Whether it can be nothing but a name: no address, no number, no sentence. */
const isName = (text: string): boolean =>
  text.length <= longestName && [...text].every(isOfName) && /\p{L}/u.test(text) && hasStopsOfInitials(text)

type Shown = (name: string, attribute: Attribute) => Json | undefined

/** A blank value counts as missing, so that an author's `default` takes its place. */
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

/** `lead.*` in what colleagues read: what a form said leads nowhere by a click. */
export const leadVariables = (lead: { readonly email?: string; readonly state: LeadState }): JsonObject =>
  variablesOf(lead, (_, { value, given }) => (given === undefined ? value : neutral(value)))

/** What forms said that nobody has confirmed, and that counts for nothing: for colleagues, who may ask. */
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

/** `company.*`, in the language of the email. `privacy`: address of the policy, false where none is named, so that `if` can ask. */
export const companyVariables = ({ company }: Settings, language: string): JsonObject => ({
  name: company.name,
  address: company.address,
  imprint: company.imprint,
  privacy: privacyOf(company.privacy, language) ?? false,
})

/**
 * `consent.*`: what the link in an email confirms. `wording`: all of it; `furtherWording`: that of the box which was
 * ticked beside the form, where it is confirmed by the same link, else false. `tracking`: leave to measure opens and
 * clicks besides, as the form's wording asks for. Links in a wording `[text](https://…)` are links in the email, too. What nobody can say (the form is gone) is empty and false.
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

/** What mail programs make a link of: a scheme, `www.`, a mail address, or a name with a dot and letters after it. */
const address = /:\/\/|\bwww\.|@|(?:^|[^\p{L}\p{N}-])[\p{L}\p{N}][\p{L}\p{N}-]*[.。．｡]\p{L}{2,}/iu

/** What a greeting is made of: nothing but a name ever stands there. */
const names: readonly string[] = ['firstName', 'lastName', 'name', 'fullName', 'title', 'salutation']

const every = (value: Json, isFine: (text: string) => boolean): boolean => {
  if (typeof value === 'string') return isFine(value)
  return Array.isArray(value) ? value.every((item: Json) => every(item, isFine)) : typeof value !== 'object'
}

/** A form was filled in for the address, and nobody has shown that they read what comes there. */
const mayBeStranger = ({ confirmed, consent, seen }: LeadState): boolean =>
  confirmed === undefined &&
  seen['form.submitted'] !== undefined &&
  !Object.values(consent).some((one) => one.confirmed === true)

/** A program has said that they may be written to: what a form says since has nothing to do with that. */
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
 * `lead.*` in an email to the lead. Anybody may fill in a form with anybody's address: until its owner has confirmed,
 * what was written there is what a stranger may want them to read. What is no name counts as missing then, and the
 * author's `default` takes its place: else our own confirmation would carry a spammer's words under our name. Whoever
 * confirms a form may not have filled it in: it still brings no link, and greets nobody by a sentence.
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

/** A person who does not exist, for previews that name no lead; the telephone number is one kept free for fiction. */
export const sampleLead: JsonObject = {
  email: 'erika.beispiel@example.com',
  firstName: 'Erika',
  lastName: 'Beispiel',
  company: 'Beispiel AG',
  country: 'DE',
  phone: '+49 30 23125 000',
  employees: 250,
}

/** What a handoff email says beside the lead, as of `now` (RFC 3339 UTC). */
export const sampleHandoff = (now: string): JsonObject => ({
  recipient: { name: 'Sales' },
  handoff: {
    id: 'preview',
    score: 87.4,
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

/** What a confirmation says of the consent: as of the first form that asks for one. */
export const sampleConsent = ({ forms }: Pick<Playbook, 'forms'>, language: string): JsonObject => {
  const form = Object.values(forms).find(({ consent }) => consent === 'double-opt-in')
  const { id = '', purpose = '' } = form ?? {}
  return confirmationVariables(forms, { form: id, purpose, language })
}

const day = (at: string): string => readableDay('en', at, 'UTC')

/**
 * The language of `available` that suits best: for each wish in turn the same tag, else one that shares its primary
 * language (`de-AT` and `de`, RFC 4647 lookup). Nothing suits: the first.
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

/** The email that a link stands in. */
interface CampaignEmail {
  readonly email: string
  /** Absent where no sequence sends it. */
  readonly sequence?: string
}

/** Adds what is not there yet; the address stays as it was written otherwise. */
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

/** What becomes of the links of an email: undefined for those that stay as they are. */
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
