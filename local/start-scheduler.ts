import type { VirtualClock } from './clock.ts'
import type { Deliveries } from './deliveries.ts'
import { type Json, textOf } from './json.ts'
import { FileScheduleStore } from './scheduler/file-schedule-store.ts'
import { MemoryScheduleStore } from './scheduler/schedule-store.ts'
import { Scheduler } from './scheduler/scheduler.ts'
import type { StackModel } from './template/model.ts'
import { ACCOUNT, REGION } from './template/place.ts'

/** The scheduler with the template's groups and schedules. `close` ends its store. */
export function startScheduler(
  model: StackModel,
  clock: VirtualClock,
  file: string | undefined,
  deliveries: Deliveries,
  log: (line: string) => void,
): Scheduler & { close(): void } {
  const store = file === undefined ? new MemoryScheduleStore() : new FileScheduleStore(file)
  const scheduler = new Scheduler({
    clock,
    store,
    account: ACCOUNT,
    region: REGION,
    deliver: (target, payload, context) => deliveries.fromSchedule(target, payload, context),
    onDropped: (target, _payload, error) => log(`a schedule for ${target.Arn} was dropped: ${error.message}`),
  })
  for (const group of model.ofType('AWS::Scheduler::ScheduleGroup')) scheduler.addGroup(group.name)
  const kept: string[] = []
  for (const schedule of model.ofType('AWS::Scheduler::Schedule')) {
    const properties: Record<string, Json | undefined> = { ...schedule.properties, Name: schedule.name }
    scheduler.addTemplateSchedule(properties)
    kept.push(`${textOf(properties.GroupName) ?? 'default'}/${schedule.name}`)
  }
  scheduler.retainTemplateSchedules(kept)
  return Object.assign(scheduler, { close: () => store.close() })
}
