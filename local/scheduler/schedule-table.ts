import { DueQueue } from './due-queue.ts'
import { type Schedule, scheduleKey } from './schedule.ts'
import type { ScheduleStore } from './schedule-store.ts'

/** The schedules in memory and when each is due, in step with the store. */
export class ScheduleTable {
  readonly #store: ScheduleStore
  readonly #schedules = new Map<string, Schedule>()
  readonly #due = new DueQueue()

  constructor(store: ScheduleStore) {
    this.#store = store
  }

  get(key: string): Schedule | undefined {
    return this.#schedules.get(key)
  }

  all(): readonly Schedule[] {
    return [...this.#schedules.values()]
  }

  /** Takes in a schedule that the store already has. */
  restore(schedule: Schedule): void {
    const key = scheduleKey(schedule.definition)
    this.#schedules.set(key, schedule)
    if (schedule.nextAt === null) this.#due.delete(key)
    else this.#due.set(key, schedule.nextAt)
  }

  save(schedule: Schedule): void {
    this.#store.put({ type: 'schedule', schedule })
    this.restore(schedule)
  }

  remove(key: string): void {
    this.#store.delete(key)
    this.#schedules.delete(key)
    this.#due.delete(key)
  }

  removeWhere(isUnwanted: (schedule: Schedule) => boolean): void {
    for (const [key, schedule] of this.#schedules) if (isUnwanted(schedule)) this.remove(key)
  }

  nextDue(): number | undefined {
    return this.#due.peek()?.at
  }

  /** Takes the earliest time that is not after `now` out of what is due, with all that is due then. */
  takeEarliest(now: number): { readonly at: number; readonly keys: readonly string[] } | undefined {
    return this.#due.takeEarliest(now)
  }
}
