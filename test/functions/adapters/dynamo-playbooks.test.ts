import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoPlaybooks } from '../../../functions/adapters/dynamo-playbooks.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const bundled = makePlaybook({ version: 'new' })
const older = makePlaybook({ version: 'old', forms: {} })

describe('dynamoPlaybooks', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table.stop())
  const playbooks = (playbook = bundled) => dynamoPlaybooks(table.client, table.tableName, playbook)

  test('the bundled one is live, and found by its version without the table', async () => {
    expect(await playbooks().current()).toBe(bundled)
    expect(await playbooks().version('new')).toBe(bundled)
  })

  test('one that was kept is found after the next deployment', async () => {
    await expect(playbooks().version('old')).rejects.toThrow('playbook version old was never kept')
    const before = playbooks(older)
    await before.keep(older)
    await before.keep(older)
    await playbooks(older).keep(older)
    const after = playbooks()
    const found = await after.version('old')
    expect(found).toEqual(older)
    expect(await after.version('old')).toBe(found)
  })

  test('keeping costs one small read for each container', async () => {
    await playbooks(older).keep(older)
    const mock = mockClient(table.client)
    mock.on(GetCommand).resolves({ Item: { pk: 'PLAYBOOK#old' } })
    const container = playbooks(older)
    for (let time = 0; time < 3; time++) await container.keep(older)
    expect(mock.commandCalls(GetCommand)).toHaveLength(1)
    expect(mock.commandCalls(PutCommand)).toHaveLength(0)
    mock.restore()
  })
})
