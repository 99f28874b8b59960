import type {
  Import,
  ImportLane,
  Imports,
  RejectedRow,
  TakenBlock,
  WaitingBlock,
} from '../../../functions/import-ports.ts'
import { Conflict } from '../../../functions/ports.ts'

/** Values that are replaced at the version that was seen. */
const versioned = <Value extends { readonly version: number }>() => {
  const values = new Map<string, Value>()
  return {
    values,
    load: async (key: string): Promise<Value | undefined> => structuredClone(values.get(key)),
    commit: async (key: string, value: Value): Promise<Value> => {
      if ((values.get(key)?.version ?? 0) !== value.version) throw new Conflict(key)
      const standing = { ...value, version: value.version + 1 }
      values.set(key, structuredClone(standing))
      return standing
    },
  }
}

type Place = Pick<WaitingBlock, 'importId' | 'lane' | 'block'>
const placeOf = ({ importId, lane, block }: Place): string =>
  `${importId}/${lane}/${String(block).padStart(9, '0')}`

/** Imports as the table keeps them. */
export const memoryImports = (): Imports => {
  const imports = versioned<Import>()
  const lanes = versioned<ImportLane>()
  const waiting = versioned<WaitingBlock>()
  const taken = versioned<TakenBlock>()
  const rejected = new Map<string, RejectedRow>()
  const ofLane = <Value>(values: ReadonlyMap<string, Value>, importId: string, lane: number, after = '') =>
    [...values]
      .filter(([key]) => key.startsWith(`${importId}/${lane}/`) && key > after)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    load: imports.load,
    commit: (one) => imports.commit(one.importId, one),
    page: async ({ limit }) => ({ items: [...imports.values.values()].toReversed().slice(0, limit) }),
    lane: (importId, lane) => lanes.load(`${importId}/${lane}`),
    commitLane: (lane) => lanes.commit(`${lane.importId}/${lane.lane}`, lane),
    waiting: (place) => waiting.load(placeOf(place)),
    taken: (place) => taken.load(placeOf(place)),
    commitWaiting: (block) => waiting.commit(placeOf(block), block),
    commitTaken: (block) => taken.commit(placeOf(block), block),
    firstWaiting: async (importId, lane, limit) =>
      structuredClone(ofLane(waiting.values, importId, lane).map(([, block]) => block)).slice(0, limit),
    endWaiting: async (block) => {
      if (waiting.values.get(placeOf(block))?.version === block.version) waiting.values.delete(placeOf(block))
    },
    takenAfter: async (importId, lane, after, limit) => {
      const rest = ofLane(taken.values, importId, lane, after)
      const found = rest.slice(0, limit)
      return {
        blocks: structuredClone(found.map(([, block]) => block)),
        after: found.at(-1)?.[0] ?? after,
        isAll: rest.length <= limit,
      }
    },
    addRejected: async (importId, rows) => {
      for (const row of rows) rejected.set(`${importId}/${row.line}`, row)
    },
    rejected: async (importId, limit, after = -1) =>
      [...rejected]
        .filter(([key, { line }]) => key.startsWith(`${importId}/`) && line > after)
        .map(([, row]) => row)
        .toSorted((a, b) => a.line - b.line)
        .slice(0, limit),
  }
}
