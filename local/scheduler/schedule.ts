import { AwsError } from '../aws-error.ts'
import { isTimeZone, parseTiming } from './cron.ts'

/** What a schedule hands over, and to whom; names as in the Scheduler API. */
export interface ScheduleTarget {
  readonly Arn: string
  readonly RoleArn: string
  readonly Input?: string
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number
    readonly MaximumEventAgeInSeconds?: number
  }
  readonly DeadLetterConfig?: { readonly Arn?: string }
  readonly SqsParameters?: { readonly MessageGroupId?: string }
  readonly EventBridgeParameters?: { readonly Source: string; readonly DetailType: string }
}

interface FlexibleTimeWindow {
  readonly Mode: 'OFF' | 'FLEXIBLE'
  readonly MaximumWindowInMinutes?: number
}

/** A schedule as its owner wrote it. Dates are milliseconds since the epoch. */
export interface ScheduleDefinition {
  readonly Name: string
  readonly GroupName: string
  readonly Description?: string
  readonly ScheduleExpression: string
  readonly ScheduleExpressionTimezone: string
  readonly StartDate?: number
  readonly EndDate?: number
  readonly State: 'ENABLED' | 'DISABLED'
  readonly ActionAfterCompletion: 'NONE' | 'DELETE'
  readonly FlexibleTimeWindow: FlexibleTimeWindow
  readonly KmsKeyArn?: string
  readonly Target: ScheduleTarget
}

/** A schedule as it is kept. */
export interface Schedule {
  readonly definition: ScheduleDefinition
  readonly createdAt: number
  readonly modifiedAt: number
  /** When it fires next, ms; null: never again, or not while it is disabled. */
  readonly nextAt: number | null
  /** Makes a repeated CreateSchedule answer like the first. */
  readonly clientToken: string | null
  /** Comes from the template and goes with it. */
  readonly fromTemplate: boolean
}

/** Identifies a schedule: names are unique within a group. */
export function scheduleKey({ GroupName, Name }: { GroupName: string; Name: string }): string {
  return `${GroupName}/${Name}`
}

type Fields = Readonly<Record<string, unknown>>

const NAME = /^[0-9a-zA-Z\-_.]{1,64}$/
const ARN = /^arn:aws[^:]*:[^:]+:[^:]*:[^:]*:.+/
const MAX_INPUT_BYTES = 256 * 1024

/**
 * Reads what CreateSchedule, UpdateSchedule or a template says. Dates are seconds since the epoch (API) or RFC 3339
 * (template).
 * @throws AwsError(ValidationException) that lists every fault.
 */
export function readSchedule(input: object): ScheduleDefinition {
  const reader = new Reader({ ...input })
  const timeZone = reader.text('ScheduleExpressionTimezone', 'UTC')
  if (!isTimeZone(timeZone)) reader.fault('Invalid Schedule Expression Timezone.')
  const expression = reader.text('ScheduleExpression')
  if (isTimeZone(timeZone) && !parseTiming(expression, timeZone)) {
    reader.fault(`Invalid Schedule Expression ${expression}.`)
  }
  const StartDate = reader.date('StartDate')
  const EndDate = reader.date('EndDate')
  if (StartDate !== undefined && EndDate !== undefined && EndDate < StartDate) {
    reader.fault('The EndDate you specify cannot be earlier than the StartDate.')
  }
  const definition: ScheduleDefinition = {
    Name: reader.text('Name', undefined, NAME),
    GroupName: reader.text('GroupName', 'default', NAME),
    ...(reader.has('Description') && { Description: reader.text('Description') }),
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timeZone,
    ...(StartDate !== undefined && { StartDate }),
    ...(EndDate !== undefined && { EndDate }),
    State: reader.oneOf('State', ['ENABLED', 'DISABLED'], 'ENABLED'),
    ActionAfterCompletion: reader.oneOf('ActionAfterCompletion', ['NONE', 'DELETE'], 'NONE'),
    FlexibleTimeWindow: readWindow(reader.inner('FlexibleTimeWindow')),
    ...(reader.has('KmsKeyArn') && { KmsKeyArn: reader.text('KmsKeyArn', undefined, ARN) }),
    Target: readTarget(reader.inner('Target')),
  }
  reader.finish()
  return definition
}

function readWindow(reader: Reader): FlexibleTimeWindow {
  const Mode = reader.oneOf('Mode', ['OFF', 'FLEXIBLE'])
  if (Mode === 'OFF') {
    if (reader.has('MaximumWindowInMinutes')) reader.fault('A window of mode OFF has no maximum.')
    return { Mode }
  }
  return { Mode, MaximumWindowInMinutes: reader.integer('MaximumWindowInMinutes', 1, 1440) }
}

function readTarget(reader: Reader): ScheduleTarget {
  const Input = reader.has('Input') ? reader.text('Input') : undefined
  if (Input !== undefined && Buffer.byteLength(Input) > MAX_INPUT_BYTES) reader.fault('Input is over 256 KB.')
  const retry = reader.optional('RetryPolicy')
  const letters = reader.optional('DeadLetterConfig')
  const sqs = reader.optional('SqsParameters')
  const bus = reader.optional('EventBridgeParameters')
  return {
    Arn: reader.text('Arn', undefined, ARN),
    RoleArn: reader.text('RoleArn', undefined, ARN),
    ...(Input !== undefined && { Input }),
    RetryPolicy: {
      MaximumRetryAttempts: retry?.integer('MaximumRetryAttempts', 0, 185, 185) ?? 185,
      MaximumEventAgeInSeconds: retry?.integer('MaximumEventAgeInSeconds', 60, 86_400, 86_400) ?? 86_400,
    },
    ...(letters?.has('Arn') && { DeadLetterConfig: { Arn: letters.text('Arn', undefined, ARN) } }),
    ...(sqs?.has('MessageGroupId') && { SqsParameters: { MessageGroupId: sqs.text('MessageGroupId') } }),
    ...(bus && { EventBridgeParameters: { Source: bus.text('Source'), DetailType: bus.text('DetailType') } }),
  }
}

/** Takes fields one by one and collects what is wrong with them. */
class Reader {
  readonly #fields: Fields
  readonly #path: string
  readonly #faults: string[]

  constructor(fields: Fields, path = '', faults: string[] = []) {
    this.#fields = fields
    this.#path = path
    this.#faults = faults
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null
  }

  fault(message: string): void {
    this.#faults.push(message)
  }

  text(name: string, absent?: string, form?: RegExp): string {
    const value = this.has(name) ? this.#fields[name] : absent
    if (typeof value !== 'string')
      this.#wrong(name, value === undefined ? 'must not be null' : 'must be a string')
    else if (form && !form.test(value))
      this.#wrong(name, `must satisfy regular expression pattern: ${form.source}`)
    return typeof value === 'string' ? value : ''
  }

  oneOf<const Value extends string>(
    name: string,
    values: readonly [Value, ...Value[]],
    absent?: Value,
  ): Value {
    const value = this.has(name) ? this.#fields[name] : absent
    const known = values.find((one) => one === value)
    if (known === undefined) this.#wrong(name, `must satisfy enum value set: [${values.join(', ')}]`)
    return known ?? values[0]
  }

  integer(name: string, min: number, max: number, absent?: number): number {
    const value = Number(this.has(name) ? this.#fields[name] : absent)
    if (!Number.isInteger(value) || value < min || value > max) {
      this.#wrong(name, `must be a whole number from ${min} to ${max}`)
    }
    return value
  }

  date(name: string): number | undefined {
    if (!this.has(name)) return undefined
    const value = this.#fields[name]
    const ms = typeof value === 'number' ? value * 1000 : Date.parse(String(value))
    if (!Number.isFinite(ms)) this.#wrong(name, 'must be an instant')
    return ms
  }

  optional(name: string): Reader | undefined {
    return this.has(name) ? this.inner(name) : undefined
  }

  inner(name: string): Reader {
    const value = this.#fields[name]
    if (typeof value !== 'object' || value === null) {
      this.#wrong(name, 'must not be null')
      return new Reader({})
    }
    return new Reader({ ...value }, `${this.#path}${name}.`, this.#faults)
  }

  finish(): void {
    const [only, ...more] = this.#faults
    if (only === undefined) return
    const count = more.length + 1
    const message = count === 1 ? only : `${count} validation errors detected: ${this.#faults.join('; ')}`
    throw new AwsError('ValidationException', message)
  }

  #wrong(name: string, reason: string): void {
    this.#faults.push(`Value at '${this.#path}${name}' failed to satisfy constraint: Member ${reason}`)
  }
}

interface Place {
  readonly account: string
  readonly region: string
}

interface ListInput {
  readonly GroupName?: unknown
  readonly NamePrefix?: unknown
  readonly State?: unknown
  readonly MaxResults?: unknown
  readonly NextToken?: unknown
}

/** What GetSchedule answers; dates are seconds, as the protocol has them. */
export function describeSchedule(schedule: Schedule, place: Place): object {
  const { StartDate, EndDate, ...rest } = schedule.definition
  return {
    Arn: scheduleArn(schedule.definition, place),
    ...rest,
    ...(StartDate !== undefined && { StartDate: StartDate / 1000 }),
    ...(EndDate !== undefined && { EndDate: EndDate / 1000 }),
    ...dates(schedule),
  }
}

/** What ListSchedules answers: by group and name, up to `MaxResults` (100) at a time. */
export function listSchedules(schedules: readonly Schedule[], input: ListInput, place: Place): object {
  const { GroupName, NamePrefix, State, MaxResults, NextToken } = input
  const limit = Number(MaxResults ?? 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw new AwsError('ValidationException', "Value at 'MaxResults' must be a whole number from 1 to 100")
  }
  const after = NextToken === undefined ? '' : Buffer.from(String(NextToken), 'base64url').toString()
  const wanted = schedules
    .filter(({ definition }) => GroupName === undefined || definition.GroupName === GroupName)
    .filter(({ definition }) => NamePrefix === undefined || definition.Name.startsWith(String(NamePrefix)))
    .filter(({ definition }) => State === undefined || definition.State === State)
    .map((schedule) => ({ schedule, key: scheduleKey(schedule.definition) }))
    .filter(({ key }) => key > after)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  const page = wanted.slice(0, limit)
  const last = page.at(-1)
  return {
    Schedules: page.map(({ schedule }) => summary(schedule, place)),
    ...(last && wanted.length > limit && { NextToken: Buffer.from(last.key).toString('base64url') }),
  }
}

function summary(schedule: Schedule, place: Place): object {
  const { Name, GroupName, State, Target } = schedule.definition
  return {
    Arn: scheduleArn(schedule.definition, place),
    Name,
    GroupName,
    State,
    Target: { Arn: Target.Arn },
    ...dates(schedule),
  }
}

function dates({ createdAt, modifiedAt }: Schedule): object {
  return { CreationDate: createdAt / 1000, LastModificationDate: modifiedAt / 1000 }
}

/** The ARN by which roles and events name a schedule. */
export function scheduleArn(definition: ScheduleDefinition, { account, region }: Place): string {
  return `arn:aws:scheduler:${region}:${account}:schedule/${scheduleKey(definition)}`
}
