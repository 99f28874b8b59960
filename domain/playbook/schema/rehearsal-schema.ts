import { z } from 'zod'
import { addMilliseconds, parseDuration, parseInstant } from '../../time/local-time.ts'
import { activityType, address, attributeName, object, text } from './common-schema.ts'

/** A moment in a rehearsal: relative to its start, or absolute. */
export type Moment = { readonly after: number } | { readonly at: string }

const zeroPattern = /^0[mhdw]?$/

/** `0h`, `5m`, `3d`, or RFC 3339 with an offset. @returns undefined for anything else. */
export const parseMoment = (text: string): Moment | undefined => {
  const after = zeroPattern.test(text) ? 0 : parseDuration(text)
  if (after !== undefined) return { after }
  const at = parseInstant(text)
  return at === undefined ? undefined : { at }
}

export const momentAfter = (start: string, moment: Moment): string =>
  'at' in moment ? moment.at : addMilliseconds(start, moment.after)

const momentMessage = 'a moment is a time since the start (0h, 5m, 3d) or a date: 2026-03-20T10:00:00+01:00'

const moment = z
  .string(momentMessage)
  .transform((source, context): Moment => {
    const parsed = parseMoment(source)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: momentMessage })
    return z.NEVER
  })
  .describe('Time since the start (0h, 5m, 3d) or a date: 2026-03-20T10:00:00+01:00')

const scalar = z.union(
  [z.string().max(4000), z.number(), z.boolean()],
  'expected a text, a number, true or false',
)
const fields = z.record(attributeName, scalar)

/** Further keys of each action. */
const companions = {
  form: ['fields'],
  confirm: [],
  enters: [],
  type: ['properties'],
  opens: [],
  clicks: [],
  sales: ['reason'],
}
const kinds = Object.keys(companions)

/** One object instead of a union, so that typos are compared with all keys. */
const deed = object({
  at: moment,
  form: text.exactOptional(),
  fields: fields.exactOptional(),
  confirm: text.exactOptional(),
  enters: text.exactOptional().describe('A sequence: it begins whatever it usually begins with'),
  type: activityType.exactOptional(),
  properties: z.record(z.string(), z.json()).exactOptional(),
  opens: text.exactOptional(),
  clicks: text.exactOptional(),
  sales: z.enum(['accept', 'reject']).exactOptional(),
  reason: text.exactOptional(),
}).superRefine((given, context) => {
  const fault = (message: string, path: string[]) =>
    context.addIssue({ code: 'custom', message, path, params: { at: 'key' } })
  const [kind, ...more] = kinds.filter((key) => key in given)
  if (kind === undefined) return fault(`one of ${kinds.join(', ')} is missing`, [])
  for (const key of more) fault(`"${kind}" is another action: write one per entry`, [key])
  for (const [owner, keys] of Object.entries(companions))
    for (const key of keys)
      if (key in given && !(owner in given)) fault(`"${key}" goes with "${owner}"`, [key])
  if (given.sales === 'reject' && given.reason === undefined) fault('a rejection needs a "reason"', ['sales'])
})

export const rehearsalSchema = z.strictObject(
  {
    lead: z.object({ email: address }).catchall(scalar),
    start: moment.exactOptional(),
    activities: z.array(deed).min(1),
    until: moment.exactOptional(),
  },
  {
    error: (issue) => (issue.code === 'unrecognized_keys' ? 'lead start activities until' : undefined),
  },
)

export type RawRehearsal = z.infer<typeof rehearsalSchema>
export type RawDeed = RawRehearsal['activities'][number]
