import { gunzipSync } from 'node:zlib'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type CalibrationState, emptyCalibration } from '../../domain/calibration/calibration-run.ts'
import type { JudgedHandoff } from '../../domain/calibration/judged-handoff.ts'
import type { Calibrations, JudgedHandoffs } from '../calibration-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { handoffOf, stateList } from './dynamo-handoffs.ts'
import { dynamoItems, expiry, type Item, keyOf } from './dynamo-items.ts'
import { pack } from './pack.ts'
import { pageOfList, partsOf } from './ranked-lists.ts'

const entity: Entity<void, CalibrationState> = {
  attribute: 'calibration',
  beside: ['version'],
  key: () => keyOf(partitions.calibration, 'STATE'),
}

const piecePrefix = (runId: string): string => `PIECE#${runId}#`

/** Seconds that a piece is kept: longer than any reading takes. */
const kept = 86_400

const judgedIn = ({ judged }: Item): readonly JudgedHandoff[] =>
  judged instanceof Uint8Array ? JSON.parse(gunzipSync(judged).toString('utf8')) : []

/** One item with what is known, and one for each piece of the reading that is on its way. */
export const dynamoCalibrations = (client: DynamoDBClient, tableName: string): Calibrations => {
  const states = dynamoEntities(client, tableName, entity)
  const items = dynamoItems(client, tableName)
  return {
    load: async () => (await states.load()) ?? emptyCalibration,

    commit: (state) => states.commit(undefined, state),

    keepPiece: async (runId, piece, judged, at) => {
      const key = keyOf(partitions.calibration, `${piecePrefix(runId)}${String(piece).padStart(6, '0')}`)
      await items.put({ ...key, ...expiry(at, kept), judged: pack(JSON.stringify(judged)) })
    },

    pieces: async (runId) =>
      (await items.below(partitions.calibration, piecePrefix(runId))).flatMap(judgedIn),
  }
}

const judgedLists = (['accepted', 'rejected', 'won', 'lost'] as const).map(stateList)

/** What earlier releases did not spread stands beside the first part. */
const listsOf = (part: number): readonly string[] =>
  judgedLists.flatMap((list) => [...(part === 0 ? [list] : []), partsOf(list)[part] ?? []].flat())

/** The same part of the lists of all states that are a judgement. */
export const dynamoJudgedHandoffs = (client: DynamoDBClient, tableName: string): JudgedHandoffs => ({
  parts: partsOf('').length,

  page: ({ part, from, ...place }) => {
    const query = { ...place, lists: listsOf(part), order: 'descending', between: [from, '~'] } as const
    return pageOfList(client, tableName, query, (item) => [handoffOf(item)])
  },
})
