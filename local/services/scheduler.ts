import type { Need } from '../access/guard.ts'
import { jsonAnswer, type Operation, refuseJson, type Service } from '../gateway/service.ts'
import { type Json, objectOf, textOf } from '../json.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'
import { arnOf } from '../template/place.ts'
import { type RestOperation, readRest } from './rest-paths.ts'

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
