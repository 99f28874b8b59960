import * as z from 'zod/mini'
import { purposeOf } from '../../domain/email/judge-send.ts'
import { didYouMeanOneOf } from '../../domain/model/did-you-mean.ts'
import type { FieldError } from '../../domain/model/json.ts'
import { type Playbook, variantsOf } from '../../domain/model/playbook.ts'
import { type BroadcastPlan, type BroadcastSplit, splitMetrics } from '../../domain/sending/broadcast.ts'
import { isMarketing } from '../../domain/sequence/run.ts'
import { hasRest } from '../../domain/split/broadcast-split.ts'
import { parseDuration } from '../../domain/time/local-time.ts'
import { moment, shortText } from '../api/api-request.ts'
import { type CountAudiencePorts, readWhere } from '../audience/count-audience.ts'
import { segmentOf } from '../audience/segment-routes.ts'

type PlanPorts = Pick<CountAudiencePorts, 'rules' | 'clock'>

const mostPerHour = 1_000_000
const pace = `must be a whole number from 1 to ${mostPerHour}`

const aShare = 'must be a whole number from 1 to 99: percent of the audience'
const splitBody = z.object(
  {
    shares: z.record(
      z.string(),
      z.number(aShare).check(z.int(aShare), z.minimum(1, aShare), z.maximum(99, aShare)),
      'must give each variant its share',
    ),
    by: z._default(z.enum(splitMetrics, `must be one of: ${splitMetrics.join(', ')}`), 'clicked'),
    within: z.optional(
      z.string('must be a duration such as 4h').check(z.maxLength(8, 'must be a duration such as 4h')),
    ),
  },
  'must be { shares, by, within }',
)

/** The body of a request that makes or changes a broadcast. */
export const planBody = z.object({
  name: z
    .string('must be a text')
    .check(z.minLength(1, 'must not be empty'), z.maxLength(200, 'must have at most 200 characters')),
  segment: shortText(64),
  where: shortText(4_000),
  email: z
    .string('must be an email of the playbook')
    .check(z.maxLength(64, 'must be an email of the playbook')),
  at: z._default(z.union([z.literal('now'), moment], 'must be "now" or a time with an offset'), 'now'),
  inLeadZone: z.optional(z.boolean('must be true or false')),
  perHour: z.optional(z.number(pace).check(z.int(pace), z.minimum(1, pace), z.maximum(mostPerHour, pace))),
  split: z.optional(splitBody),
})
export type PlanBody = z.infer<typeof planBody>

export const wrong = (path: string, message: string): FieldError => ({ path, message })

const whoFaults = ({ segment, where }: PlanBody, ports: PlanPorts): readonly FieldError[] => {
  const { playbook } = ports.rules
  if ((segment === undefined) === (where === undefined))
    return [wrong('segment', 'name a segment, or a condition (where): one of the two')]
  if (segment !== undefined && !segmentOf(playbook, segment))
    return [
      wrong('segment', `unknown segment${didYouMeanOneOf(segment, Object.keys(playbook.segments ?? {}))}`),
    ]
  const read = where === undefined ? undefined : readWhere(where, ports.rules)
  return read && 'errors' in read ? read.errors : []
}

const emailFaults = ({ email }: PlanBody, playbook: Playbook): readonly FieldError[] => {
  const translations = Object.hasOwn(playbook.emails, email) ? playbook.emails[email] : undefined
  if (!translations)
    return [wrong('email', `unknown email "${email}"${didYouMeanOneOf(email, Object.keys(playbook.emails))}`)]
  if (!isMarketing(playbook, email))
    return [
      wrong(
        'email',
        'is not a marketing email: nobody has agreed to get it, and a broadcast needs a purpose',
      ),
    ]
  return purposeOf(translations, playbook.settings) === undefined
    ? [wrong('email', 'has no purpose: name one in its front matter, or list purposes in settings.yaml')]
    : []
}

const timeFaults = ({ at, inLeadZone }: PlanBody, now: string): readonly FieldError[] => {
  if (at === 'now') return inLeadZone ? [wrong('inLeadZone', 'needs a time: everybody has the same now')] : []
  return at < now ? [wrong('at', 'lies in the past')] : []
}

/** A variant needs some time to be opened and clicked, and nobody waits longer for news. */
const [shortestTrial, longestTrial] = [3_600_000, 14 * 86_400_000]

const trialFaults = ({ split, inLeadZone }: PlanBody): readonly FieldError[] => {
  const { within } = split ?? {}
  if (!hasRest(split))
    return within === undefined
      ? []
      : [wrong('split.within', 'nobody is left to wait: the shares add up to 100 percent')]
  if (inLeadZone)
    return [
      wrong(
        'inLeadZone',
        'cannot be with a winner for the rest: when that is known, their time has passed in some zones',
      ),
    ]
  const time = within === undefined ? undefined : parseDuration(within)
  return time === undefined || time < shortestTrial || time > longestTrial
    ? [wrong('split.within', 'must be from 1h to 14d: how long the rest wait for a winner at most')]
    : []
}

const splitFaults = (body: PlanBody, { emails }: Playbook): readonly FieldError[] => {
  const { email, split } = body
  if (!split || !Object.hasOwn(emails, email)) return []
  const known = variantsOf(emails, email)
  if (known.length < 2) return [wrong('split', `"${email}" has no variants: its front matter names them`)]
  const given = Object.keys(split.shares)
  const unknown = given.filter((variant) => !known.includes(variant))
  if (unknown.length > 0)
    return unknown.map((variant) =>
      wrong(`split.shares.${variant}`, `unknown variant${didYouMeanOneOf(variant, known)}`),
    )
  if (given.length < 2) return [wrong('split.shares', `give two or more of ${known.join(', ')} a share`)]
  const sum = Object.values(split.shares).reduce((total, share) => total + share, 0)
  return sum > 100
    ? [wrong('split.shares', `the shares add up to ${sum} percent, to more than 100`)]
    : trialFaults(body)
}

/** The shares in the order in which the email names its variants: the first is what the others are held against. */
const splitOf = (
  { shares, by, within }: z.infer<typeof splitBody>,
  known: readonly string[],
): BroadcastSplit => ({
  shares: Object.fromEntries(
    Object.entries(shares).toSorted(([a], [b]) => known.indexOf(a) - known.indexOf(b)),
  ),
  by,
  ...(within !== undefined && { within }),
})

export const planOf = (
  { inLeadZone, segment, where, perHour, split, ...plan }: PlanBody,
  { emails }: Playbook,
): BroadcastPlan => ({
  ...plan,
  ...(segment !== undefined && { segment }),
  ...(where !== undefined && { where }),
  ...(inLeadZone && { inLeadZone }),
  ...(perHour !== undefined && { perHour }),
  ...(split && { split: splitOf(split, variantsOf(emails, plan.email)) }),
})

/** What speaks against it. */
export const faultsOf = (body: PlanBody, ports: PlanPorts): readonly FieldError[] => [
  ...whoFaults(body, ports),
  ...emailFaults(body, ports.rules.playbook),
  ...splitFaults(body, ports.rules.playbook),
  ...timeFaults(body, ports.clock()),
]
