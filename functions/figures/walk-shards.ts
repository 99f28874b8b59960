import { leadShards, shardOf } from '../../domain/kpi/replace-rows.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { LeadKeys } from '../figures-ports.ts'

/** The shards from `from` to before `to` are gone through, in the lists from `list` on: in that one, behind `cursor`. */
interface Place {
  readonly from: number
  readonly to: number
  readonly list: number
  readonly cursor: string | undefined
}

const beginOf = (from: number): Place => ({ from, to: leadShards, list: 0, cursor: undefined })

const placeText = ({ from, to, list, cursor = '' }: Place): string => `${from}-${to}:${list}:${cursor}`

const placeIn = (text: string): Place => {
  const [, from, to, list, cursor] = /^(\d+)-(\d+):(\d+):(.*)$/s.exec(text) ?? []
  if (from === undefined) return beginOf(0)
  return {
    from: Number(from),
    to: Number(to),
    list: Number(list),
    cursor: cursor === '' ? undefined : cursor,
  }
}

/** Leads of the shards of a place, of as many as there is room for: later ones make way. */
const makeGathered = ({ from, to: last, list, cursor }: Place, most: number) => {
  const byShard = new Map<number, Set<LeadId>>()
  // What has begun has to go on: its first leads are gone through.
  const canMakeWay = list === 0 && cursor === undefined
  let [to, count] = [last, 0]
  const isFull = (): boolean => count >= most && (byShard.size === 1 || !canMakeWay)
  const dropLast = (): void => {
    to = Math.max(...byShard.keys())
    count -= byShard.get(to)?.size ?? 0
    byShard.delete(to)
  }
  return {
    add: (leadId: LeadId): void => {
      const shard = shardOf(leadId)
      if (shard < from || shard >= to) return
      const own = byShard.get(shard) ?? new Set()
      byShard.set(shard, own)
      if (own.has(leadId)) return
      own.add(leadId)
      count += 1
      while (canMakeWay && count > most && byShard.size > 1) dropLast()
    },
    isFull,
    /** No lead of a shard from here on is among them, and none before is left out. */
    end: (): number => (canMakeWay && isFull() ? Math.max(...byShard.keys()) + 1 : to),
    leadIds: (): readonly LeadId[] => [...byShard.values()].flatMap((own) => [...own]),
  }
}

/**
 * Goes through the leads of a lane shard by shard, about `most` of them with each step, where lists have them by score: whoever
 * writes shards as a whole writes each as seldom as can be. Small shards come together; a large one takes several steps, which
 * read the keys of all that stands between its leads.
 * @param place where the step before ended.
 * @returns also where the next one begins, unless the lane is through.
 */
export const makeWalkShards =
  ({ listsOf, page }: Pick<LeadKeys, 'listsOf' | 'page'>, most: number) =>
  async (
    lane: number,
    place = '',
  ): Promise<{ readonly leadIds: readonly LeadId[]; readonly next?: string }> => {
    const lists = listsOf(lane)
    const begin = placeIn(place)
    const gathered = makeGathered(begin, most)
    let { list, cursor } = begin
    while (list < lists.length && !gathered.isFull()) {
      const { leadIds, next } = await page(lists[list] ?? '', cursor)
      leadIds.forEach(gathered.add)
      if (next === undefined) list += 1
      cursor = next
    }
    const leadIds = gathered.leadIds()
    const to = gathered.end()
    if (list < lists.length) return { leadIds, next: placeText({ from: begin.from, to, list, cursor }) }
    return to < leadShards ? { leadIds, next: placeText(beginOf(to)) } : { leadIds }
  }
