import { BatchGetItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { underThisFold } from '../../../domain/lead/fold-version.ts'

import { dynamoItems, typed } from '../../../functions/adapters/dynamo-items.ts'
import { dynamoPlaybooks } from '../../../functions/adapters/dynamo-playbooks.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const bundled = makePlaybook({ version: 'new' })
const older = makePlaybook({ version: 'old', forms: {}, rulesVersion: underThisFold('r1') })

describe('dynamoPlaybooks', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table.stop())
  const playbooks = (playbook = bundled) => dynamoPlaybooks(table.client, table.tableName, playbook)
  const point = (version: string, base: string) =>
    table.client.send(
      new PutItemCommand({
        TableName: table.tableName,
        Item: typed({ pk: 'PLAYBOOK', sk: 'LIVE', version, base }),
      }),
    )

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

  test('one that a release with another fold has kept names the present fold', async () => {
    for (const [version, rulesVersion] of [
      ['first', 'r7'],
      ['second', '1.r7'],
    ] as const) {
      await playbooks().keep(makePlaybook({ version, rulesVersion }))
      expect((await playbooks().version(version)).rulesVersion).toBe(underThisFold('r7'))
    }
  })

  test('keeping costs one small read for each container', async () => {
    await playbooks(older).keep(older)
    const mock = mockClient(table.client)
    mock.on(GetItemCommand).resolves({ Item: typed({ pk: 'PLAYBOOK#old' }) })
    const container = playbooks(older)
    for (let time = 0; time < 3; time++) await container.keep(older)
    expect(mock.commandCalls(GetItemCommand)).toHaveLength(1)
    expect(mock.commandCalls(PutItemCommand)).toHaveLength(0)
    mock.restore()
  })

  test('one that was published is live at once, for code with the playbook that it was published on', async () => {
    await playbooks(older).keep(older)
    const running = playbooks()
    expect(await running.current()).toBe(bundled)
    await point('old', 'new')
    const live = await running.current()
    expect(live).toEqual(older)
    expect(await running.current()).toBe(live)
    expect(await running.version('old')).toBe(live)
  })

  test('a deployment that brings another playbook makes its own live', async () => {
    await point('old', 'the one before')
    expect(await playbooks().current()).toBe(bundled)
  })

  test('asking what is live shares its request with other reads, and a version is read once', async () => {
    await playbooks(older).keep(older)
    await point('old', 'new')
    const mock = mockClient(table.client)
    const live = typed({ pk: 'PLAYBOOK', sk: 'LIVE', version: 'old', base: 'new' })
    mock.on(BatchGetItemCommand).resolves({ Responses: { [table.tableName]: [live] } })
    mock.on(GetItemCommand).rejectsOnce(new Error('down')).resolves({})
    const running = playbooks()
    const others = dynamoItems(table.client, table.tableName)
    const ask = () =>
      Promise.allSettled([running.current(), running.current(), others.get({ pk: 'L#1', sk: 'LEAD' })])
    const results = await ask()
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(mock.commandCalls(BatchGetItemCommand)).toHaveLength(1)
    expect(mock.commandCalls(GetItemCommand)).toHaveLength(1)
    // What failed is asked for again, and a version that is nowhere is a defect.
    expect((await ask())[0]).toMatchObject({ reason: { message: 'playbook version old was never kept' } })
    mock.restore()
  })
})
