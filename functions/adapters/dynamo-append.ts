import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Fact } from '../../domain/activity/activity.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { AppendedFact, Leads } from '../ports.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { factItem, factKey, factOf, firstTimeKey } from './dynamo-lead-items.ts'

/** Writing to a lead's log: an item for each fact, and one for its id that holds its time. */
export const dynamoAppend = (
  client: DynamoDBDocumentClient,
  tableName: string,
): Pick<Leads, 'append' | 'firstTime'> => {
  const batcher = dynamoBatcher(client, tableName)

  const firstTime = async (leadId: LeadId, factId: string): Promise<string | undefined> => {
    const time = (await batcher.get(firstTimeKey(leadId, factId)))?.occurredAt
    return typeof time === 'string' ? time : undefined
  }

  /** @returns the time that stood there before. */
  const settleTime = async (leadId: LeadId, fact: Fact): Promise<string | undefined> => {
    const isNew = await batcher.putNew({ ...firstTimeKey(leadId, fact.id), occurredAt: fact.occurredAt })
    return isNew ? undefined : firstTime(leadId, fact.id)
  }

  const write = (leadId: LeadId, fact: Fact): Promise<boolean> => batcher.putNew(factItem(leadId, fact))

  /** Reading a log leaves it out from now on: the same fact stands in an earlier place. */
  const supersede = async (leadId: LeadId, fact: Fact): Promise<void> => {
    await client
      .send(
        new UpdateCommand({
          TableName: tableName,
          Key: factKey(leadId, fact),
          UpdateExpression: 'SET superseded = :yes',
          ConditionExpression: 'attribute_exists(id)',
          ExpressionAttributeValues: { ':yes': true },
        }),
      )
      .catch(ignoreFailedCondition)
  }

  const moveFirstTime = async (leadId: LeadId, { id, occurredAt }: Fact): Promise<void> => {
    await client
      .send(
        new UpdateCommand({
          TableName: tableName,
          Key: firstTimeKey(leadId, id),
          UpdateExpression: 'SET occurredAt = :earlier',
          ConditionExpression: 'occurredAt > :earlier',
          ExpressionAttributeValues: { ':earlier': occurredAt },
        }),
      )
      .catch(ignoreFailedCondition)
  }

  /**
   * What came first with an id, which stands at its known time; what comes later with it says nothing else.
   * @returns the fact given where whoever came first did not get to write it.
   */
  const firstCome = async (leadId: LeadId, fact: Fact, known: string): Promise<Fact> => {
    const place = { ...fact, occurredAt: known }
    const item = await batcher.get(factKey(leadId, place))
    return item ? factOf(item) : place
  }

  /** Puts into the place of `fact` what it says, whoever wrote what there; what is superseded stays so. */
  const rewrite = async (leadId: LeadId, fact: Fact): Promise<void> => {
    const key = factKey(leadId, fact)
    const content = Object.entries(factItem(leadId, fact)).filter(([name]) => !Object.hasOwn(key, name))
    const given = content.filter(([, value]) => value !== undefined)
    const absent = content.filter(([, value]) => value === undefined)
    const names = (ones: typeof content, word: (name: string) => string): string =>
      ones.map(([name]) => word(name)).join(', ')
    await client.send(
      new UpdateCommand({
        TableName: tableName,
        Key: key,
        UpdateExpression: [
          `SET ${names(given, (name) => `#${name} = :${name}`)}`,
          ...(absent.length > 0 ? [`REMOVE ${names(absent, (name) => `#${name}`)}`] : []),
        ].join(' '),
        ExpressionAttributeNames: Object.fromEntries(content.map(([name]) => [`#${name}`, name])),
        ExpressionAttributeValues: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
      }),
    )
  }

  /** Its id stood already with another time. Every step may be repeated; the id's item, that tells of the two times, is last. */
  const reconcile = async (leadId: LeadId, fact: Fact, known: string): Promise<Fact> => {
    const first = await firstCome(leadId, fact, known)
    if (known === fact.occurredAt) return first
    if (known < fact.occurredAt) {
      await write(leadId, first)
      await supersede(leadId, fact)
      return first
    }
    const moved = { ...first, occurredAt: fact.occurredAt }
    await rewrite(leadId, moved)
    await supersede(leadId, first)
    await moveFirstTime(leadId, moved)
    return moved
  }

  /** The time is settled first: it decides where the fact stands. */
  const appendAssumed = async (leadId: LeadId, fact: Fact): Promise<AppendedFact> => {
    const known = await settleTime(leadId, fact)
    const settled = known === undefined ? fact : await firstCome(leadId, fact, known)
    await write(leadId, settled)
    return known === undefined ? settled : { ...settled, known }
  }

  /** Id and fact go out together; only where the id stood already there is more to do. */
  const appendTimed = async (leadId: LeadId, fact: Fact): Promise<AppendedFact> => {
    const [known] = await Promise.all([settleTime(leadId, fact), write(leadId, fact)])
    if (known === undefined) return fact
    return { ...(await reconcile(leadId, fact, known)), known }
  }

  return {
    firstTime,
    append: (leadId, facts) =>
      Promise.all(
        facts.map(({ timeAssumed = false, ...fact }) =>
          timeAssumed ? appendAssumed(leadId, fact) : appendTimed(leadId, fact),
        ),
      ),
  }
}

const ignoreFailedCondition = (error: unknown): void => {
  if (!conditionFailed(error)) throw error
}
