import type { z } from 'zod'

/** Something wrong with one text, before it is known where that text stands. */
export interface Finding {
  readonly message: string
  /** Into the text; absent: the whole of it. */
  readonly offset?: number
  readonly severity?: 'warning'
}

type Check = (text: string) => readonly Finding[]

/** What a text at a leaf of a schema must agree with elsewhere in the playbook. */
export interface Checks {
  readonly leadCondition: Check
  /** One that has to be reachable: whether it ever holds is told with what depends on it. */
  readonly entryCondition: Check
  readonly activityCondition: Check
  /** An expression that gives points for an activity. */
  readonly points: Check
  /** On what a program outside reports, and an expression about that. */
  readonly eventCondition: Check
  readonly eventExpression: Check
  readonly email: Check
  readonly team: Check
  readonly sequence: Check
  readonly activityType: Check
  /** One that a form brings in. */
  readonly newActivityType: Check
  readonly attribute: Check
  /** One that is to hold a date. */
  readonly dateAttribute: Check
}

const nothing: Check = () => []

/** Accepts every name: for schemas that only read the shape. */
export const noChecks: Checks = {
  leadCondition: nothing,
  entryCondition: nothing,
  activityCondition: nothing,
  points: nothing,
  eventCondition: nothing,
  eventExpression: nothing,
  email: nothing,
  team: nothing,
  sequence: nothing,
  activityType: nothing,
  newActivityType: nothing,
  attribute: nothing,
  dateAttribute: nothing,
}

/** A schema for a text that passes `check`; findings become issues that carry offset and severity as `params`. */
export const checked = (schema: z.ZodString, check: Check) =>
  schema.superRefine((text, context) => {
    for (const { message, offset, severity } of check(text))
      context.addIssue({ code: 'custom', message, params: { offset, severity } })
  })
