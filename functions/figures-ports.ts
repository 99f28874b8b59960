import type { ChannelCost } from '../domain/activity/parse-activity.ts'
import type { History } from '../domain/kpi/row.ts'
import type { MovingRows, ShardRows } from '../domain/kpi/settled-rows.ts'
import type { DirectoryEntry } from '../domain/lead/directory.ts'
import type { LeadId } from '../domain/model/activity.ts'
import type { Lead } from './ports.ts'

/** Where the settled rows of one shard stand: what happened before `before` (milliseconds since the epoch) and is over. */
interface SettledPointer {
  readonly object: string
  readonly rows: number
  readonly before: number
  /** The object of the moving rows that was written with it: a release that knows nothing of settled rows names another. */
  readonly beside: string
}

/** Where the rows of one shard stand. */
export interface ShardPointer {
  readonly shard: number
  /** 0: nothing is written yet. */
  readonly version: number
  /** Name of the object with its rows, but for those that are settled; absent: it has none. */
  readonly object?: string
  /** All of them. */
  readonly rows: number
  /** Absent: no rows are settled. */
  readonly settled?: SettledPointer
  /** An earlier release has written the shard in the meantime: what was settled is lost, and everybody is to be counted anew. Not stored. */
  readonly torn?: true
  /** RFC 3339 UTC. */
  readonly writtenAt: string
  /** What it named before, oldest first, and until when. */
  readonly former?: readonly { readonly object: string; readonly until: string }[]
}

/** Names of the objects whose rows count. */
export const objectsOf = ({ object, settled }: ShardPointer): readonly string[] =>
  [settled?.object, object].filter((name) => name !== undefined)

/** What a shard is written with: all rows, or the moving ones alone. */
export type WrittenRows = ShardRows | Pick<ShardRows, 'moving'>

/** An object that a pointer names is not there, or holds no rows. */
export class MissingRows extends Error {
  override readonly name = 'MissingRows'
  readonly shard: number

  constructor(shard: number, options?: ErrorOptions) {
    super(`the rows of shard ${shard} cannot be read`, options)
    this.shard = shard
  }
}

/** Rows of all leads in shards, each one object or two that are replaced as a whole. Every read is strongly consistent. */
export interface RowStore {
  load(shard: number): Promise<ShardPointer>
  /** Those of shards that were ever written. */
  pointers(): Promise<readonly ShardPointer[]>
  /** @throws MissingRows */
  read(pointer: ShardPointer): Promise<ShardRows>
  /** @throws MissingRows */
  readMoving(pointer: ShardPointer): Promise<MovingRows>
  /**
   * Writes the rows as new objects, then moves the pointer there in one conditional write. What the pointer named before
   * stays a while for those who are reading it.
   * @throws Conflict when the pointer has moved since; then the new objects are gone again.
   */
  replace(pointer: ShardPointer, rows: WrittenRows, at: string): Promise<ShardPointer>
  /** Deletes all objects of the shard but those that its pointer names, and those that are on their way to it. */
  sweep(shard: number): Promise<void>
}

/** A place of a lead among all people, as it stands. */
type StandingPlace = Readonly<Record<string, unknown>>

/** What is known of the one that a lead stands for. */
type Counted = { readonly places: readonly StandingPlace[] } & (
  | { readonly type: 'lead'; readonly history: History; readonly lead: Lead | undefined }
  | { readonly type: 'merged'; readonly into: LeadId }
  /** Erased, or never recorded. */
  | { readonly type: 'nobody' }
)

/** Brings the places of a lead among all people in line with `entries`. @param standing as they were read with its history. */
export type KeepListed = (
  leadId: LeadId,
  entries: readonly DirectoryEntry[],
  standing: readonly StandingPlace[],
) => Promise<void>

/** All that is counted of a lead, in one request for each lead that it is made of. Strongly consistent. */
export type ReadHistory = (leadId: LeadId) => Promise<Counted>

/** The ids of all leads there are, in the lists that they stand in. Eventually consistent; one that moves may come twice, or not at all. */
export interface LeadKeys {
  /** Parts of the lists that are gone through side by side; a shard of rows stands in one of them. */
  readonly lanes: number
  listsOf(lane: number): readonly string[]
  /** @param cursor where the page before ended. */
  page(
    list: string,
    cursor: string | undefined,
  ): Promise<{ readonly leadIds: readonly LeadId[]; readonly next?: string }>
}

/** What a channel cost: the activities `channel.cost`, of no lead. */
export interface Costs {
  /** Idempotent: what comes with a known id changes nothing. */
  keep(cost: ChannelCost): Promise<void>
  list(): Promise<readonly ChannelCost[]>
}

/** Says what is to be counted anew: once it is committed, and again with every repeat. */
export interface TellFigures {
  readonly leadsChanged: (leadIds: readonly LeadId[]) => Promise<void>
  readonly costsChanged: () => Promise<void>
}

/** How far the rows of everybody are made by one code. */
export interface Rebuild {
  /** 0: none has begun. */
  readonly version: number
  readonly rowsVersion: number
  /** Lanes whose leads are not through. */
  readonly open: readonly number[]
  /** All lanes were through before, so that nobody is missing while they are gone through again. */
  readonly isWhole: boolean
  /** There were no rows at its start: whoever has some by now was counted by the present code. @default false */
  readonly onlyMissing?: boolean
}

export interface Rebuilds {
  load(): Promise<Rebuild>
  /** One conditional write against `rebuild.version`. @throws Conflict */
  commit(rebuild: Rebuild): Promise<Rebuild>
}

/** Seconds for which a report is claimed: longer than a function may run. */
export const reportLease = 180

/** Who got the report of a period: of two deliveries of one message, one sends. */
export interface ReportClaims {
  /**
   * For `reportLease`: whoever died with a claim is followed when it is over.
   * @returns `busy` while another one has it, or had it a moment ago.
   */
  claim(period: string, address: string): Promise<'claimed' | 'busy' | 'sent'>
  /** SES has taken it. */
  settle(period: string, address: string): Promise<void>
  /** SES has certainly not taken it. */
  release(period: string, address: string): Promise<void>
}
