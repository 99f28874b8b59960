import { describe, expect, it } from 'vitest'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { positionAt } from '../../../domain/playbook/yaml-file.ts'
import { plantedMistakes } from './planted-mistakes.ts'

/** What is said of each mistake, by its mark. */
const said: Readonly<Record<string, string>> = {
  url: 'must be an https:// address (http://localhost is allowed)',
  address: 'not an email address',
  'unknown-key': 'unknown key "replyto"; did you mean "replyTo"?',
  zone: 'not a time zone of the IANA database, such as Europe/Berlin; did you mean "Europe/Berlin"?',
  language: 'not a language tag (BCP 47), such as de or en-GB',
  weekday:
    'expected one of "mon", "tue", "wed", "thu", "fri", "sat", "sun", found "tues"; did you mean "tue"?',
  'identity-key': 'unknown key "plustags"; did you mean "plusTags"?',
  'identity-case': 'expected one of "same", "distinct", found "ignore"',
  few: 'must be at least 1',
  duration: 'a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w',
  syntax: 'something is missing here: the condition ends too early',
  twice: '"dach" is repeated: each id must be unique',
  number: 'expected a number, found a string',
  circular: 'a fit rule is part of the score and cannot depend on "score"',
  attribute: 'unknown attribute "contry"; did you mean "country"?',
  'deep-type': 'true or false is needed here; this is text',
  flag: '"lead.newsletter" may hold any value and is not a condition: compare it, as in lead.newsletter == true, or ask has(lead.newsletter)',
  'nothing-unknown': 'the condition mentions no attribute',
  'near-type': 'unknown activity type "demo.requestd"; did you mean "demo.requested"?',
  'half-life': 'a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w',
  type: 'an activity type is noun.verb in lower case, such as demo.requested',
  'activity-name': 'unknown name "activty"; did you mean "activity"?',
  negative: 'must be more than 0',
  'no-points': '"points" is missing',
  bare: '"activity.path" may hold any value and is not a condition: compare it, as in activity.path == true, or ask has(activity.path)',
  operand:
    '"activity.returning" may hold any value and is not a condition: compare it, as in activity.returning == true, or ask has(activity.returning)',
  method: 'unknown function "startsWidth"; did you mean "startsWith"?',
  library: '"string" is not available',
  hangs:
    'a group cannot be repeated: write a character class such as [a-z/]+, or several parts with startsWith, endsWith or contains',
  'text-as-number': 'lead.employees is a number; "100" is a text',
  'number-as-text': 'lead.country is a text; 5 is a number',
  'out-of-range': 'activity.rating is a number from 1 to 5: this is never true',
  'other-type': 'the rule only counts "page.viewed": activity.type is never another',
  zero: '5 / 0 divides by zero',
  'second-name': 'unknown name "scoer"; did you mean "score"?',
  'third-name': 'unknown function "dit"; did you mean "did"?',
  'ways-through': 'the pattern can be read in too many ways: use fewer of ? {n,m} and |',
  never:
    'this condition is always false: this contradicts what the condition asks of activity.seconds elsewhere',
  'points-name': 'unknown name "hundred"; names and texts need quotes: "hundred"',
  'points-kind': 'a number is needed; this is string',
  'both-fade': 'use either "halfLife" or "expires", not both',
  group: 'unknown group "siet"; did you mean "site"?',
  'first-max': 'a rule that counts once ("first") has no other award to choose from',
  'same-per': 'there is a cap for 7d already: only the lower one counts',
  per: 'write day (a calendar day of the company), or a duration: 90m, 4h, 3d, 2w',
  'idle-group': 'the group has no effect: no rule belongs to it',
  grades: 'three descending numbers are needed',
  floor: 'one band must begin at 0, for leads without points',
  metric:
    '"visit" is not a metric of the stage awareness (visits, impressions, reach); did you mean "visits"?',
  first: 'every lead begins in the first stage, so it must not have a condition',
  list: 'expected a list, found a string',
  window: '"7 days" is not a duration: write 90m, 4h, 3d or 2w',
  'cel-name': 'unknown name "scor"; did you mean "score"?',
  unreached: '"enter" is missing: the stage "intent" can never be reached',
  contradiction:
    'the stage "evaluation" can never be reached: a lead that enters "evaluation" is in a stage before it',
  'own-program': 'nothing in the playbook produces "trial.started": it must come from your own programs',
  'stage-id':
    'expected one of "awareness", "interest", "consideration", "intent", "evaluation", "purchase", found "purchse"; did you mean "purchase"?',
  band: 'unknown band "hott"; there is: cold, warm',
  stage: 'unknown stage "intnt"; did you mean "intent"?',
  required: 'no form asks for "telephone"',
  hours: '"to" must be later than "from" (17:00)',
  date: 'not a date (YYYY-MM-DD)',
  strategy:
    'expected one of "round-robin", "weighted", "least-loaded", found "roundrobin"; did you mean "round-robin"?',
  member: 'not an email address',
  members: 'needs at least one entry',
  leaderless: '"escalate" has no effect: the team "uk" has no "lead"',
  team: 'unknown team "dahc"; did you mean "dach"?',
  'last-route': 'the last route must match every lead: remove "when"',
  deadline: '"escalate" must come later than "remind"',
  recycle:
    'expected one of "awareness", "interest", "consideration", "intent", "evaluation", "purchase", found "interrest"; did you mean "interest"?',
  'reject-key': 'unknown key "closed"; did you mean "close"?',
  'form-id': `the id must be the file's name, "newsletter"`,
  translation: 'the text in "en" is missing',
  purpose: '"purpose" is missing: consent needs a purpose, and a wording that is kept',
  wording: '"wording" is missing: consent needs a purpose, and a wording that is kept',
  'near-form': 'unknown activity type "newsletter.subscribd"; did you mean "newsletter.subscribed"?',
  thanks: 'must be an https:// address (http://localhost is allowed)',
  origin:
    'must be an origin: https://host, without a path or a slash at its end; on this machine also http://localhost:PORT and http://127.0.0.1:PORT',
  'required-email': 'the field "email" must be required: true',
  options: 'a select needs "options"',
  'same-field': '"plant" is repeated: each name must be unique',
  'no-meaning': '"min" has no meaning for a field of type text',
  trigger: 'unknown key "stag"; did you mean "stage"?',
  assign: 'equal is ==',
  reenter: 'expected never, always or a duration (90d)',
  'type-error': 'true or false is needed here; this is text',
  email: 'unknown email "welcom"; did you mean "welcome"?',
  'of-system': '"confirm" is sent by the system, not by a sequence',
  until: 'a local moment is HH:MM, or a weekday and HH:MM: tuesday 10:00',
  step: 'unknown key "emial"; did you mean "email"?',
  clicked: 'unknown email "wellcome"; did you mean "welcome"?',
  wait: 'a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w',
  'notify-team': 'unknown team "dack"; did you mean "dach"?',
  awaited: 'unknown activity type "demo.requestd"; did you mean "demo.requested"?',
  forever: 'a wait is at most 10 years (3650d)',
  'date-attribute': 'unknown attribute "renwsAt"; did you mean "renewsAt"?',
  'whole-days': 'the time before or after a date is given in days or weeks: 60d, 8w',
  'no-date': '"employees" is a number, and never a date',
  'date-time': 'a time is HH:MM, from 00:00 to 23:59',
  'other-text': '"country" is never a date',
  'two-sided': 'use either "before" or "after", not both',
  enters: 'unknown sequence "coolng"; did you mean "cooling"?',
  exit: 'expected true, or the reason as a text',
  circle: 'this leads back here: interest → cooling → interest',
  back: 'this leads back here: cooling → interest → cooling',
  stale: 'a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w',
  ways: 'a split needs at least two ways',
  'own-trigger': 'nothing in the playbook produces "factory.visited": it must come from your own programs',
  apart: 'this condition is always false: this contradicts what the condition asks of score elsewhere',
  always: 'this condition is always true',
  'below-zero': 'this condition is always false: no value of count(page.viewed) fulfils this',
  constant: 'this condition is always false',
  terms: 'longer than 4000 characters',
  nested: 'nested more than 40 deep',
  'right-operand': 'true or false is needed here; this is text',
  unsaid:
    'the email does not say what is confirmed: write {{ consent.wording }}, the wording of the form; this email is the evidence',
  'confirm-link': 'unknown variable "links.confirmation"; did you mean "confirm"?',
  'no-default': 'without "firstName" this email is not sent: write {{ lead.firstName | default: "…" }}',
  braces: 'expected a text, found a mapping (a text that begins with { needs quotes)',
  kind: 'expected one of "marketing", "transactional", found "advert"',
  filter: 'unknown filter "upcas"; did you mean "upcase"?',
  unsubscribe: 'a marketing email must have a link to {{ links.unsubscribe }}',
  root: 'unknown variable "led"; did you mean "lead"?',
  'email-attribute': 'no form asks for "lead.firstNam"; did you mean "firstName"?',
  'sales-only': 'unknown variable "explanation"; there is: lead, company, links, brand, email',
  'open-output': 'output "{{ lead.firstName </mjml> " not closed',
  tag: 'unknown tag "fro"; did you mean "for"?',
  'end-tag': 'unknown tag "endfor"',
  'no-value': 'invalid value expression: "| upcase"',
}

const mark = /«([^»]*)»/

/** The text without its marks, and a line for each: `file:line:column: what is said`. */
const unmark = (file: string, marked: string): { text: string; lines: string[]; marks: string[] } => {
  let text = marked
  const lines: string[] = []
  const marks: string[] = []
  for (let found = mark.exec(text); found !== null; found = mark.exec(text)) {
    const name = found[1] ?? ''
    const { line, column } = positionAt(text, found.index)
    lines.push(`${file}:${line}:${column}: ${said[name]}`)
    marks.push(name)
    text = text.replace(found[0], '')
  }
  return { text, lines, marks }
}

describe('a playbook with a slip in every corner', () => {
  const read = Object.entries(plantedMistakes).map(([file, text]) => ({ file, ...unmark(file, text) }))
  const faults = parsePlaybook(new Map(read.map(({ file, text }) => [file, text]))).faults.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  )

  it('is told each of them at its line and column, and nothing else, in one run', () => {
    const planted = read.flatMap(({ lines }) => lines)
    expect(planted.length).toBeGreaterThanOrEqual(100)
    expect([...faults].sort()).toEqual(
      [...planted, 'emails/handoff.de.mjml:1:1: the email "handoff" is required'].sort(),
    )
  })

  it('has a mark for everything that is said', () => {
    expect(read.flatMap(({ marks }) => marks).sort()).toEqual(Object.keys(said).sort())
  })
})
