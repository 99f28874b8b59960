import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
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
}

const isWithin = (fact: Fact, { after, upTo }: Span): boolean =>
  (after === undefined || compareFacts(fact, { ...fact, ...after }) > 0) &&
  (upTo === undefined || compareFacts(fact, { ...fact, ...upTo }) <= 0)

/** Reading a lead's log together with those of the leads that were merged into it. */
export const dynamoLeadFacts = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<Leads, 'facts' | 'history' | 'tail'> => {
  const batcher = dynamoBatcher(client, tableName)

  const ownFacts = async (leadId: LeadId, span: Span = {}): Promise<readonly Fact[]> => {
    const found: Item[] = []
    let start: Item | undefined
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :lead AND #sk BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
          // `$` follows `#`: everything of that moment, whatever its id.
          ExpressionAttributeValues: {
            ':lead': leadPartition(leadId),
            ':from': span.after ? `A#${span.after.occurredAt}` : 'A#',
            ':to': span.upTo ? `A#${span.upTo.occurredAt}$` : 'A$',
          },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      )
      found.push(...(page.Items ?? []))
      start = page.LastEvaluatedKey
    } while (start)
    return found
      .filter((item) => item.superseded !== true)
      .map(factOf)
      .filter((fact) => isWithin(fact, span))
  }

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

  const history: Leads['history'] = async (leadId) => {
    const own = await ownFacts(leadId)
    const facts = [...own]
    const members: LeadId[] = []
    let open = membersOf(own).members
    while (open.length > 0) {
      const fresh = open.filter((member) => member !== leadId && !members.includes(member))
      members.push(...fresh)
      const logs = await Promise.all(fresh.map(async (member) => ({ member, log: await ownFacts(member) })))
      facts.push(...logs.flatMap(({ member, log }) => log.map((fact) => ({ ...fact, member }))))
      open = logs.flatMap(({ log }) => membersOf(log).members)
    }
    return { facts: facts.sort(compareFacts), members }
  }

  return {
    history,
    tail: (leadId, after, members) => withMembers(leadId, members, { after }),
    facts: async (leadId, upTo) => {
      if (upTo === undefined) return (await history(leadId)).facts
      // The part of the log up to there need not tell yet who was merged.
      const item = await batcher.get(leadKey(leadId))
      return withMembers(leadId, (item && leadOf(item).members) ?? [], { upTo })
    },
  }
}
