import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb'
import { compareFacts, type Fact } from '../../domain/activity/activity.ts'
import { membersOf } from '../../domain/lead/family.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Leads, LogPlace } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { factOf, type Item, leadKey, leadOf, leadPartition } from './dynamo-lead-items.ts'

interface Span {
  /** Exclusive. */
  readonly after?: LogPlace
  /** Inclusive. */
  readonly upTo?: LogPlace
  /** @default all */
  readonly types?: readonly string[]
}

/** Facts that may still be read. */
interface Room {
  left: number
}

class TooMany extends Error {}

const isWithin = (fact: Fact, { after, upTo }: Span): boolean =>
  (after === undefined || compareFacts(fact, { ...fact, ...after }) > 0) &&
  (upTo === undefined || compareFacts(fact, { ...fact, ...upTo }) <= 0)

/** Reading a lead's log together with those of the leads that were merged into it. */
export const dynamoLeadFacts = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<Leads, 'facts' | 'factsOf' | 'factsWithin' | 'history' | 'tail'> => {
  const batcher = dynamoBatcher(client, tableName)

  const ownFacts = async (leadId: LeadId, span: Span = {}, room?: Room): Promise<readonly Fact[]> => {
    const found: Fact[] = []
    let start: Item | undefined
    do {
      const page = await client.send(new QueryCommand({ ...queryOf(leadId, span), ExclusiveStartKey: start }))
      // Page by page: a long log does not stand in memory twice.
      for (const item of page.Items ?? []) {
        const fact = item.superseded === true ? undefined : factOf(item)
        if (fact && isWithin(fact, span)) found.push(fact)
      }
      if (room) room.left -= page.Items?.length ?? 0
      if (room && room.left < 0) throw new TooMany()
      start = page.LastEvaluatedKey
    } while (start)
    return found
  }

  const queryOf = (
    leadId: LeadId,
    { after, upTo, types = [] }: Span,
  ): Omit<QueryCommandInput, 'ExclusiveStartKey'> => ({
    TableName: tableName,
    KeyConditionExpression: '#pk = :lead AND #sk BETWEEN :from AND :to',
    // What `factOf` reads: the keys are a third of a small fact.
    ProjectionExpression: 'id, #type, occurredAt, email, recordedAt, properties, superseded',
    ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey, '#type': 'type' },
    // `$` follows `#`: everything of that moment, whatever its id.
    ExpressionAttributeValues: {
      ':lead': leadPartition(leadId),
      ':from': after ? `A#${after.occurredAt}` : 'A#',
      ':to': upTo ? `A#${upTo.occurredAt}$` : 'A$',
      ...Object.fromEntries(types.map((type, index) => [`:type${index}`, type])),
    },
    ...(types.length > 0 && {
      FilterExpression: `#type IN (${types.map((_, index) => `:type${index}`).join(', ')})`,
    }),
    ConsistentRead: true,
  })

  const memberFacts = async (member: LeadId, span?: Span): Promise<readonly Fact[]> =>
    (await ownFacts(member, span)).map((fact) => ({ ...fact, member }))

  const withMembers = async (
    leadId: LeadId,
    members: readonly LeadId[],
    span: Span,
  ): Promise<readonly Fact[]> => {
    const logs = await Promise.all([
      ownFacts(leadId, span),
      ...members.map((member) => memberFacts(member, span)),
    ])
    // DynamoDB sorts by UTF-8 bytes, the domain by UTF-16 units: they differ in rare ids.
    return logs.flat().sort(compareFacts)
  }

  const history = async (leadId: LeadId, room?: Room) => {
    const own = await ownFacts(leadId, {}, room)
    const facts = [...own]
    const members: LeadId[] = []
    let open = membersOf(own).members
    while (open.length > 0) {
      const fresh = open.filter((member) => member !== leadId && !members.includes(member))
      members.push(...fresh)
      const logs = await Promise.all(
        fresh.map(async (member) => ({ member, log: await ownFacts(member, {}, room) })),
      )
      facts.push(...logs.flatMap(({ member, log }) => log.map((fact) => ({ ...fact, member }))))
      open = logs.flatMap(({ log }) => membersOf(log).members)
    }
    return { facts: facts.sort(compareFacts), members }
  }

  return {
    history: (leadId) => history(leadId),
    factsWithin: async (leadId, most) => {
      try {
        return (await history(leadId, { left: most })).facts
      } catch (error) {
        if (error instanceof TooMany) return undefined
        throw error
      }
    },
    factsOf: (leadId, members, types) => withMembers(leadId, members, { types }),
    tail: (leadId, after, members) => withMembers(leadId, members, { after }),
    facts: async (leadId, upTo) => {
      if (upTo === undefined) return (await history(leadId)).facts
      // The part of the log up to there need not tell yet who was merged.
      const item = await batcher.get(leadKey(leadId))
      return withMembers(leadId, (item && leadOf(item).members) ?? [], { upTo })
    },
  }
}
