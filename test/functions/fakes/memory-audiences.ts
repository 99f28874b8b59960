import type { CountLane, CountLanes } from '../../../functions/audience-ports.ts'
import { Conflict } from '../../../functions/ports.ts'

export const memoryCountLanes = (): CountLanes => {
  const lanes = new Map<string, CountLane>()
  return {
    load: async (key, lane) => structuredClone(lanes.get(`${key}#${lane}`)),
    commit: async (lane) => {
      const place = `${lane.key}#${lane.lane}`
      if ((lanes.get(place)?.version ?? 0) !== lane.version) throw new Conflict(place)
      const standing = { ...lane, version: lane.version + 1 }
      lanes.set(place, structuredClone(standing))
      return standing
    },
  }
}
