import { AwsError } from '../aws-error.ts'
import type { VirtualClock } from '../clock.ts'
import type { ScheduleGroup, ScheduleStore, ScheduleTable } from './schedule-store.ts'

interface Options {
  readonly clock: Pick<VirtualClock, 'now'>
  readonly store: ScheduleStore
  readonly account: string
  readonly region: string
}

/** The groups that schedules live in; `default` is always there. */
export class ScheduleGroups {
  readonly #options: Options
  readonly #groups = new Map<string, ScheduleGroup>()

  constructor(options: Options) {
    this.#options = options
    this.add('default')
  }

  add(name: string): void {
    if (!this.#groups.has(name)) this.restore({ name, createdAt: this.#options.clock.now() })
  }

  restore(group: ScheduleGroup): void {
    this.#groups.set(group.name, group)
  }

  /** @throws AwsError(ResourceNotFoundException) */
  require(name: string): ScheduleGroup {
    const group = this.#groups.get(name)
    if (!group) throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404)
    return group
  }

  handle(operation: string, input: object, table: Pick<ScheduleTable, 'removeWhere'>): object {
    switch (operation) {
      case 'CreateScheduleGroup':
        return this.#create(nameOf(input))
      case 'GetScheduleGroup':
        return this.#describe(this.require(nameOf(input)))
      case 'DeleteScheduleGroup':
        return this.#delete(nameOf(input), table)
      case 'ListScheduleGroups':
        return { ScheduleGroups: [...this.#groups.values()].map((group) => this.#describe(group)) }
      default:
        throw new AwsError('UnknownOperationException', `The scheduler here does not know ${operation}.`, 404)
    }
  }

  #create(name: string): object {
    if (this.#groups.has(name)) {
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409)
    }
    const group = { name, createdAt: this.#options.clock.now() }
    this.#options.store.put({ type: 'group', group })
    this.restore(group)
    return { ScheduleGroupArn: this.#arn(name) }
  }

  #delete(name: string, table: Pick<ScheduleTable, 'removeWhere'>): object {
    this.require(name)
    if (name === 'default') throw new AwsError('ValidationException', 'The default schedule group stays.')
    table.removeWhere(({ definition }) => definition.GroupName === name)
    this.#options.store.delete(name)
    this.#groups.delete(name)
    return {}
  }

  #describe({ name, createdAt }: ScheduleGroup): object {
    const seconds = createdAt / 1000
    return {
      Arn: this.#arn(name),
      Name: name,
      State: 'ACTIVE',
      CreationDate: seconds,
      LastModificationDate: seconds,
    }
  }

  #arn(name: string): string {
    return `arn:aws:scheduler:${this.#options.region}:${this.#options.account}:schedule-group/${name}`
  }
}

function nameOf(input: object): string {
  const name = 'Name' in input ? input.Name : undefined
  if (typeof name !== 'string' || !/^[0-9a-zA-Z\-_.]{1,64}$/.test(name)) {
    throw new AwsError('ValidationException', "Value at 'Name' must be 1–64 letters, digits, -, _ or .")
  }
  return name
}
