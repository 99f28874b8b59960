import { z } from 'zod'
import type { Segment } from '../../model/playbook.ts'
import { mainVariant } from '../../model/playbook.ts'
import type { Sequence } from '../../model/sequence.ts'
import { inRow, type Laid, type StepSchemas } from '../../step/step-kind.ts'
import { stepKinds } from '../../step/step-kinds.ts'
import { type Checks, checked } from '../faults.ts'
import { activityType, attributeName, duration, id, object, text, time } from './common-schema.ts'
import { condition, stageId } from './scoring-schema.ts'

const longestWait = 10 * 365 * 86_400_000

/** A longer wait is a mistake, and exceeds what Scheduler accepts. */
const waitDuration = duration.refine((wait) => wait <= longestWait, 'a wait is at most 10 years (3650d)')

/** It becomes part of schedule names, tags and keys, which have limits. */
const sequenceId = id.max(40, 'the id of a sequence has at most 40 characters')

const stepsSchema = (checks: Checks): z.ZodArray<z.ZodType<Laid>> => {
  const step: z.ZodType<Laid> = z.lazy(() => union)
  const steps = z.array(step)
  const yaml: StepSchemas = {
    z,
    object,
    id,
    text,
    time,
    duration: waitDuration,
    attributeName,
    condition: condition(checks.leadCondition),
    activityType: checked(activityType, checks.activityType),
    dateAttribute: checked(attributeName, checks.dateAttribute),
    email: checked(z.string(), checks.email),
    team: checked(z.string(), checks.team),
    sequence: checked(z.string(), checks.sequence),
    variantsOf: checks.variantsOf,
    steps,
  }
  const written = Object.values(stepKinds).flatMap(({ written }) => written ?? [])
  const waits = written.flatMap((form) => ('wait' in form ? [form.wait(yaml)] : []))
  const union = z.union([
    ...written.flatMap((form) => ('step' in form ? [form.step(yaml)] : [])),
    object({ wait: z.union(waits) }).transform(({ wait }) => wait),
  ])
  return steps
}

export const sequenceSchema = (checks: Checks): z.ZodType<Omit<Sequence, 'version'>> =>
  object({
    id: sequenceId,
    enter: z.union([
      object({ stage: stageId }),
      object({ activity: checked(activityType, checks.activityType) }),
      object({ when: condition(checks.leadCondition) }),
      object({
        segment: checked(z.string(), checks.segment).describe('Whoever comes into the segment enters'),
      }).transform(({ segment }) => ({ when: checks.conditionOf(segment), segment })),
    ]),
    audience: condition(checks.leadCondition).exactOptional(),
    reenter: z
      .union([z.enum(['never', 'always']), duration], 'expected never, always or a duration (90d)')
      .default('never'),
    exit: condition(checks.leadCondition).exactOptional(),
    goal: condition(checks.leadCondition).exactOptional(),
    withSales: z
      .enum(['hold', 'continue'])
      .describe(
        'While sales has the lead: "hold" keeps marketing emails until the lead is returned, "continue" sends them. ' +
          'Absent: hold, unless it begins with the stage "purchase" or a sales activity',
      )
      .exactOptional(),
    stale: duration
      .exactOptional()
      .describe('An email that is late by more than this is skipped; absent: 3d'),
    steps: stepsSchema(checks).min(1),
  }).transform(({ steps, ...sequence }) => ({ ...sequence, program: inRow(steps).from(0) }))

export const segmentSchema = (checks: Checks): z.ZodType<Segment> =>
  object({
    id: id.max(40, 'the id of a segment has at most 40 characters'),
    name: text.max(100).describe('What people call it'),
    where: condition(checks.segmentCondition),
  })

export interface FrontMatter {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  readonly purpose?: string
  /** Why the reader gets it, for the footer: `email.reason`. */
  readonly reason?: string
  /** What else may stand in it, by name: a split tries them out. */
  readonly variants?: Readonly<Record<string, { readonly subject?: string; readonly preheader?: string }>>
}

const oneLine = text.max(500).regex(/^[^\r\n]*$/, 'must be a single line')

/** The front matter of an email, between two `---` lines. */
export const frontMatterSchema = (): z.ZodType<FrontMatter> =>
  object({
    subject: oneLine,
    preheader: oneLine.describe('What the inbox shows beside the subject'),
    kind: z.enum(['marketing', 'transactional']),
    purpose: id
      .exactOptional()
      .describe('Purpose in settings.yaml that the reader must have consented to; absent: the first one'),
    reason: oneLine
      .exactOptional()
      .describe('Why the reader gets this email, for the footer: {{ email.reason }} in emails/_layout.mjml'),
    variants: z
      .record(
        id.refine((name) => name !== mainVariant, 'main is what the front matter itself says'),
        object({ subject: oneLine.exactOptional(), preheader: oneLine.exactOptional() }),
      )
      .exactOptional()
      .describe(
        'Other subjects and preheaders by name, for a split to try out: { short: { subject: … } }. The text may differ, too: {% if email.variant == "short" %}',
      ),
  })
