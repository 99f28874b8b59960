import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Import, ImportLane, Imports, TakenBlock, WaitingBlock } from '../import-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoEntities, type Entity, valueIn } from './dynamo-entity.ts'
import { dynamoItems, keyOf, sortOf, unchangedSince } from './dynamo-items.ts'
import { pageOfList } from './ranked-lists.ts'

const list = 'IMPORTS'

/** Sorts as text as numbers do. */
const padded = (number: number): string => String(number).padStart(9, '0')

const importEntity: Entity<string, Import> = {
  attribute: 'import',
  key: (importId) => keyOf(partitions.import(importId), 'IMPORT'),
  beside: ['version'],
  list: ({ createdAt, importId }) => [list, `${createdAt}#${importId}`],
}

const laneEntity: Entity<Pick<ImportLane, 'importId' | 'lane'>, ImportLane> = {
  attribute: 'lane',
  key: ({ importId, lane }) => keyOf(partitions.import(importId), `LANE#${lane}`),
  beside: ['version'],
}

type Place = Pick<WaitingBlock, 'importId' | 'lane' | 'block'>

const blockKey = (kind: 'WAITING' | 'TAKEN', { importId, lane, block }: Place) =>
  keyOf(partitions.import(importId), `${kind}#${lane}#${padded(block)}`)

const waitingEntity: Entity<Place, WaitingBlock> = {
  attribute: 'block',
  key: (place) => blockKey('WAITING', place),
  beside: ['version'],
}

const takenEntity: Entity<Place, TakenBlock> = {
  attribute: 'block',
  key: (place) => blockKey('TAKEN', place),
  beside: ['version'],
}

const rejectedPrefix = 'REJECTED#'

/** All of an import stands in a partition of its own. Rows stand there until they are taken; what became of them names nobody. */
export const dynamoImports = (client: DynamoDBClient, tableName: string): Imports => {
  const items = dynamoItems(client, tableName)
  const imports = dynamoEntities(client, tableName, importEntity)
  const lanes = dynamoEntities(client, tableName, laneEntity)
  const waiting = dynamoEntities(client, tableName, waitingEntity)
  const taken = dynamoEntities(client, tableName, takenEntity)

  const firstAfter = async (importId: string, prefix: string, after: string, limit: number) => {
    const { Items = [], LastEvaluatedKey } = await items.page({
      where: '#pk = :import AND #sk BETWEEN :after AND :end',
      values: { import: partitions.import(importId), after, end: `${prefix}~` },
      ConsistentRead: true,
      Limit: limit + 1,
    })
    const found = Items.filter((item) => sortOf(item) !== after)
    return { found: found.slice(0, limit), isAll: LastEvaluatedKey === undefined && found.length <= limit }
  }

  return {
    load: imports.load,
    commit: (one) => imports.commit(one.importId, one),
    page: (place) =>
      pageOfList(client, tableName, { ...place, lists: [list], order: 'descending' }, (item) => [
        valueIn(importEntity, item),
      ]),
    lane: (importId, lane) => lanes.load({ importId, lane }),
    commitLane: (lane) => lanes.commit(lane, lane),
    waiting: waiting.load,
    taken: taken.load,
    commitWaiting: (block) => waiting.commit(block, block),
    commitTaken: (block) => taken.commit(block, block),

    firstWaiting: async (importId, lane, limit) => {
      const prefix = `WAITING#${lane}#`
      const { found } = await firstAfter(importId, prefix, prefix, limit)
      return found.map((item) => valueIn(waitingEntity, item))
    },

    endWaiting: async (block) => items.remove(blockKey('WAITING', block), unchangedSince(block.version)),

    takenAfter: async (importId, lane, after, limit) => {
      const prefix = `TAKEN#${lane}#`
      const { found, isAll } = await firstAfter(importId, prefix, after === '' ? prefix : after, limit)
      const last = found.at(-1)
      return {
        blocks: found.map((item) => valueIn(takenEntity, item)),
        after: last ? sortOf(last) : after,
        isAll,
      }
    },

    addRejected: async (importId, rows) => {
      await Promise.all(
        rows.map((row) =>
          items.write({
            ...keyOf(partitions.import(importId), `${rejectedPrefix}${padded(row.line)}`),
            ...row,
          }),
        ),
      )
    },

    rejected: async (importId, limit, afterLine) => {
      const after = afterLine === undefined ? rejectedPrefix : `${rejectedPrefix}${padded(afterLine)}`
      const { found } = await firstAfter(importId, rejectedPrefix, after, limit)
      return found.map(({ line, reason }) => ({ line: Number(line), reason: String(reason) }))
    },
  }
}
