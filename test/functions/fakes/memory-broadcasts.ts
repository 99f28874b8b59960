import { hashText } from '../../../domain/model/hash-text.ts'
import type { Broadcast } from '../../../domain/sending/broadcast.ts'
import {
  type BroadcastMembers,
  type BroadcastPart,
  type BroadcastParts,
  type Broadcasts,
  type Member,
  memberLanes,
} from '../../../functions/broadcast-ports.ts'
import { Conflict } from '../../../functions/ports.ts'

export const memoryBroadcasts = (): Broadcasts => {
  const broadcasts = new Map<string, Broadcast>()
  return {
    load: async (id) => structuredClone(broadcasts.get(id)),
    commit: async (broadcast) => {
      const { broadcastId: id, version } = broadcast
      if ((broadcasts.get(id)?.version ?? 0) !== version) throw new Conflict(id)
      const standing = { ...broadcast, version: version + 1 }
      broadcasts.set(id, structuredClone(standing))
      return standing
    },
    page: async ({ limit }) => ({
      items: [...broadcasts.values()]
        .filter(({ deletedAt }) => !deletedAt)
        .toReversed()
        .slice(0, limit),
    }),
  }
}

export const memoryBroadcastParts = (): BroadcastParts => {
  const parts = new Map<string, BroadcastPart>()
  const keyOf = (id: string, kind: string, lane: number): string => `${id}/${kind}/${lane}`
  return {
    load: async (id, kind, lane) => structuredClone(parts.get(keyOf(id, kind, lane))) as never,
    commit: async (part) => {
      const key = keyOf(part.broadcastId, part.kind, part.lane)
      if ((parts.get(key)?.version ?? 0) !== part.version) throw new Conflict(key)
      const standing = { ...part, version: part.version + 1 }
      parts.set(key, structuredClone(standing))
      return standing
    },
  }
}

export const memoryBroadcastMembers = (): BroadcastMembers => {
  const members = new Map<string, Member & { readonly place: string }>()
  return {
    add: async (id, given) => {
      let added = 0
      for (const member of given) {
        const key = `${id}/${member.leadId}`
        if (members.has(key)) continue
        members.set(key, { ...member, place: `${id}/${hashText(member.leadId) % memberLanes}` })
        added += 1
      }
      return added
    },
    page: async (id, lane, { limit, cursor = '' }) => {
      const rest = [...members.values()]
        .filter(({ place, leadId }) => place === `${id}/${lane}` && leadId > cursor)
        .toSorted((a, b) => (a.leadId < b.leadId ? -1 : 1))
      const items = rest.slice(0, limit).map(({ leadId, due }) => ({ leadId, due }))
      const last = items.at(-1)
      return rest.length > limit && last ? { items, next: last.leadId } : { items }
    },
  }
}
