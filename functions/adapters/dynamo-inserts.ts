import { BatchExecuteStatementCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { convertToAttr } from '@aws-sdk/util-dynamodb'

type Item = Readonly<Record<string, unknown>>

/** A conditional write as a statement: it is refused where an item stands. */
const statementOf = (tableName: string, item: Item) => {
  const fields = Object.entries(item).filter(([, value]) => value !== undefined)
  const places = fields.map(([name]) => `'${name.replaceAll("'", "''")}': ?`)
  return {
    Statement: `INSERT INTO "${tableName}" VALUE {${places.join(', ')}}`,
    Parameters: fields.map(([, value]) => convertToAttr(value, { removeUndefinedValues: true })),
  }
}

/** What a statement says that has to be asked again. */
const notNow: ReadonlySet<string> = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
])

/**
 * Writes up to 25 items in one request, each where nothing stands, and each for itself. What the table cannot do now is
 * asked for by `insertAlone`, and so is a second item for the same place, as a request must not name one twice.
 * @returns whether each was written. A request that fails is not made again one by one: what it has written would be taken for
 * somebody else's.
 */
export const makeInsertMany =
  (
    client: DynamoDBClient,
    tableName: string,
    { placeOf, insertAlone }: { placeOf(item: Item): string; insertAlone(item: Item): Promise<boolean> },
  ) =>
  async (items: readonly Item[]): Promise<readonly PromiseSettledResult<boolean>[]> => {
    const places = items.map(placeOf)
    const firsts = items.filter((_, index) => places.indexOf(places[index] ?? '') === index)
    if (firsts.length === 1) return Promise.allSettled(items.map(insertAlone))
    const Statements = firsts.map((item) => statementOf(tableName, item))
    const sent = client.send(new BatchExecuteStatementCommand({ Statements }))
    const insert = async (item: Item): Promise<boolean> => {
      const answer = (await sent).Responses?.[firsts.indexOf(item)]
      const { Code = '', Message } = answer?.Error ?? {}
      if (!answer || notNow.has(Code)) return insertAlone(item)
      if (answer.Error && Code !== 'DuplicateItem') throw new Error(`${Code}: ${Message}`)
      return !answer.Error
    }
    return Promise.allSettled(items.map(insert))
  }
