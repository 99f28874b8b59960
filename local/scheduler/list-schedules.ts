import { AwsError } from '../aws-error.ts'
import { type Schedule, type ScheduleDefinition, scheduleKey } from './schedule.ts'

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
