import { describe, expect, it } from 'vitest'
import { parted } from '../../../local/gateway/partial-batch.ts'
import type { JsonObject } from '../../../local/json.ts'

const bad = (entries: readonly JsonObject[]) =>
  entries.filter((entry) => JSON.stringify(entry).includes('bad'))
const all = (entries: readonly JsonObject[]) => entries
const answered = (body: object) => ({ status: 200, body: JSON.stringify(body) })
const bodyOf = ({ body }: { readonly body: string | Buffer }) => JSON.parse(String(body))

describe('a batch of which some entries are not taken', () => {
  it('puts the other events on the bus and answers in the order of the request', () => {
    const Entries = [{ Detail: 'a' }, { Detail: 'bad' }, { Detail: 'b' }]
    const { operation, added } = parted({ name: 'PutEvents', input: { Entries } }, bad)
    expect(operation.input.Entries).toEqual([{ Detail: 'a' }, { Detail: 'b' }])
    const taken = [{ EventId: '1' }, { EventId: '2' }]
    expect(bodyOf(added(answered({ FailedEntryCount: 0, Entries: taken })))).toEqual({
      FailedEntryCount: 1,
      Entries: [
        { EventId: '1' },
        { ErrorCode: 'ThrottlingException', ErrorMessage: expect.any(String) },
        { EventId: '2' },
      ],
    })
  })

  it('sends the other messages and names those that failed', () => {
    const Entries = [
      { Id: '1', MessageBody: 'bad' },
      { Id: '2', MessageBody: 'good' },
    ]
    const { operation, added } = parted({ name: 'SendMessageBatch', input: { Entries } }, bad)
    expect(operation.input.Entries).toEqual([{ Id: '2', MessageBody: 'good' }])
    expect(bodyOf(added(answered({ Successful: [{ Id: '2' }] }))).Failed).toMatchObject([{ Id: '1' }])
  })

  it('writes the other items and gives back the rest', () => {
    const requests = [{ PutRequest: { Item: { pk: 'bad' } } }, { PutRequest: { Item: { pk: 'good' } } }]
    const { operation, added } = parted(
      { name: 'BatchWriteItem', input: { RequestItems: { T: requests } } },
      bad,
    )
    expect(operation.input.RequestItems).toEqual({ T: [requests[1]] })
    expect(bodyOf(added(answered({ UnprocessedItems: {} })))).toEqual({
      UnprocessedItems: { T: [requests[0]] },
    })
  })

  it('runs the other statements and answers in the order of the request', () => {
    const Statements = ['a', 'bad', 'b'].map((text) => ({ Statement: text }))
    const { operation, added } = parted({ name: 'BatchExecuteStatement', input: { Statements } }, bad)
    expect(operation.input.Statements).toEqual([{ Statement: 'a' }, { Statement: 'b' }])
    const Responses = [{ TableName: 'a' }, { TableName: 'b' }]
    expect(bodyOf(added(answered({ Responses })))).toEqual({
      Responses: [
        { TableName: 'a' },
        { Error: { Code: 'ThrottlingError', Message: expect.any(String) } },
        { TableName: 'b' },
      ],
    })
  })

  it('takes one entry at least, and lets an error of the service be', () => {
    const Entries = [{ Detail: 'a' }, { Detail: 'b' }]
    const { operation, added } = parted({ name: 'PutEvents', input: { Entries } }, all)
    expect(operation.input.Entries).toEqual([{ Detail: 'a' }])
    const refused = { status: 400, body: '{}' }
    expect(added(refused)).toBe(refused)
  })

  it('leaves every other operation as it is', () => {
    const operation = { name: 'PutItem', input: { Item: { pk: 'bad' } } }
    expect(parted(operation, all).operation).toBe(operation)
  })
})
