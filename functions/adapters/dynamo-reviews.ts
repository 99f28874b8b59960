import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { RescoreJob } from '../../domain/rescoring/rescore-job.ts'
import type { Reviews } from '../ports.ts'
import { partitions, sorts, table } from '../table-schema.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { dynamoItems, type Key, keyOf, placeIn } from './dynamo-items.ts'
import { partsOf, rankedLists, rankOf, shardFor } from './ranked-lists.ts'

const list = 'RETAIN'

/** In the lead's own partition: it goes with the lead. */
const reviewKey = (leadId: LeadId): Key => keyOf(partitions.lead(leadId), sorts.review)

const rank = (day: string, leadId: LeadId): string => `${day}#${leadId}`

/** Sorts after all ranks of its day. */
const endOf = (day: string): string => `${day}~`

/** An item for each lead, listed by its day: what is due is read without looking at anybody else. */
export const dynamoReviews = (client: DynamoDBClient, tableName: string): Reviews => {
  const items = dynamoItems(client, tableName)
  return {
    begin: async (leadId, day, isNew = false) => {
      const item = { ...reviewKey(leadId), ...placeIn(shardFor(list, leadId), rank(day, leadId)) }
      await (isNew ? items.write(item) : items.putNew(item))
    },

    due: async ({ day, ...place }) => {
      const { rows, next } = await rankedLists(
        client,
        tableName,
      )({ ...place, lists: partsOf(list), order: 'ascending', between: [' ', endOf(day)] })
      const leadIds = rows.flatMap((row) => parseLeadId(rankOf(row).slice(day.length + 1)) ?? [])
      return next === undefined ? { leadIds } : { leadIds, next }
    },

    move: async (leadId, day) => {
      await items.update(reviewKey(leadId), {
        set: { [table.lists.sortKey]: rank(day, leadId) },
        when: 'attribute_exists(#rank)',
      })
    },

    end: (leadId) => items.remove(reviewKey(leadId)),
  }
}

const job: Entity<number, RescoreJob> = {
  attribute: 'job',
  key: (lane) => keyOf(partitions.rescoring, lane === 0 ? 'JOB' : `JOB#${lane}`),
}

/** The latest job, as one item for each lane. */
export const dynamoRescoreJobs = (client: DynamoDBClient, tableName: string) => {
  const jobs = dynamoEntities(client, tableName, job)
  return { load: jobs.load, commit: (given: RescoreJob) => jobs.commit(given.lane ?? 0, given) }
}
