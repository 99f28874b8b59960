import { type Schedule, scheduleKey } from './schedule.ts'

/** A group made through the API; those of the template are named anew at each start. */
export interface ScheduleGroup {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export type StoredItem =
  | { readonly type: 'schedule'; readonly schedule: Schedule }
  | { readonly type: 'group'; readonly group: ScheduleGroup }

/** Names hold no slash, so a group's key is never a schedule's. */
export function itemKey(item: StoredItem): string {
  return item.type === 'schedule' ? scheduleKey(item.schedule.definition) : item.group.name
}

/**
 * Where schedules outlive the process. A change is on its way to the disk, beyond the reach of a killed process,
 * when the call returns.
 */
export interface ScheduleStore {
  /** All that is kept; called once, before anything is put. */
  load(): Iterable<StoredItem>
  /** Replaces the item with the same key. */
  put(item: StoredItem): void
  delete(key: string): void
  close(): void
}

/** Keeps nothing beyond the process. */
export class MemoryScheduleStore implements ScheduleStore {
  load(): Iterable<StoredItem> {
    return []
  }

  put(): void {}

  delete(): void {}

  close(): void {}
}
