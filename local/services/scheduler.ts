import type { Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import {
  type AwsRequest,
  jsonAnswer,
  type Operation,
  readJson,
  refuseJson,
  type Service,
} from '../gateway/gateway.ts'
import { type Json, objectOf, textOf } from '../json.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import { arnOf } from '../template/intrinsics.ts'

/** One operation of a REST-JSON service: `POST /schedules/{Name}`. */
export interface RestOperation {
  readonly name: string
  readonly method: string
  readonly path: string
  /** Query parameters with the input member each one fills. */
  readonly query?: Readonly<Record<string, string>>
}

/** Path labels, query and body in one input, as the SDK was given them. */
export function readRest(request: AwsRequest, operations: readonly RestOperation[]): Operation {
  for (const operation of operations) {
    if (operation.method !== request.method) continue
    const labels = matchPath(operation.path, request.path)
    if (!labels) continue
    const input: Record<string, Json | undefined> = { ...readJson(request.body), ...labels }
    for (const [parameter, member] of Object.entries(operation.query ?? {})) {
      const value = request.query.get(parameter)
      if (value !== null) input[member] = value
    }
    return { name: operation.name, input }
  }
  throw new AwsError(
    'UnknownOperationException',
    `${request.method} ${request.path} is not offered locally`,
    404,
  )
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.replace(/\/$/, '').split('/')
  if (wanted.length !== given.length) return undefined
  const labels: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith('{')) labels[part.slice(1, -1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return labels
}

const BY_NAME = { groupName: 'GroupName', clientToken: 'ClientToken' }
const PAGE = { MaxResults: 'MaxResults', NextToken: 'NextToken', NamePrefix: 'NamePrefix' }

const OPERATIONS: readonly RestOperation[] = [
  { name: 'CreateSchedule', method: 'POST', path: '/schedules/{Name}' },
  { name: 'UpdateSchedule', method: 'PUT', path: '/schedules/{Name}' },
  { name: 'GetSchedule', method: 'GET', path: '/schedules/{Name}', query: BY_NAME },
  { name: 'DeleteSchedule', method: 'DELETE', path: '/schedules/{Name}', query: BY_NAME },
  {
    name: 'ListSchedules',
    method: 'GET',
    path: '/schedules',
    query: { ...PAGE, ScheduleGroup: 'GroupName', State: 'State' },
  },
  { name: 'GetScheduleGroup', method: 'GET', path: '/schedule-groups/{Name}' },
  { name: 'ListScheduleGroups', method: 'GET', path: '/schedule-groups', query: PAGE },
]

/** @param changed called after each operation that may bring a schedule forward */
export function schedulerService(scheduler: Scheduler, changed: () => void): Service {
  return {
    read: (request) => withNumbers(readRest(request, OPERATIONS)),
    needs,
    invoke: async ({ name, input }) => {
      const result = await scheduler.handle(name, input)
      changed()
      return jsonAnswer(result, 200, 'rest')
    },
    refuse: refuseJson,
  }
}

/** Query parameters arrive as text. */
function withNumbers({ name, input }: Operation): Operation {
  const limit = input.MaxResults
  const changed: Record<string, Json | undefined> = { ...input }
  if (typeof limit === 'string') changed.MaxResults = Number(limit)
  return { name, input: changed }
}

function needs({ name, input }: Operation): Need[] {
  const action = `scheduler:${name}`
  if (name.startsWith('List')) return [{ action, resource: '*' }]
  if (name.endsWith('Group'))
    return [{ action, resource: arnOf('scheduler', `schedule-group/${textOf(input.Name)}`) }]
  const group = textOf(input.GroupName) ?? 'default'
  const needed: Need[] = [{ action, resource: arnOf('scheduler', `schedule/${group}/${textOf(input.Name)}`) }]
  const role = textOf(objectOf(input.Target).RoleArn)
  if (role !== undefined && (name === 'CreateSchedule' || name === 'UpdateSchedule')) {
    const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' }
    needed.push({ action: 'iam:PassRole', resource: role, context })
  }
  return needed
}
