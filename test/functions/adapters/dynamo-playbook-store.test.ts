import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { underThisFold } from '../../../domain/lead/fold-version.ts'

import { dynamoPlaybookStore, dynamoPlaybooks } from '../../../functions/adapters/dynamo-playbooks.ts'
import type { Publication } from '../../../functions/playbook-ports.ts'
import { Conflict } from '../../../functions/ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const bundled = { playbook: makePlaybook({ version: 'first' }), files: new Map([['scoring.yaml', 'first']]) }
const outbox = {
  id: 'playbook:second:1',
  occurredAt: '2026-03-02T09:00:00.000Z',
  version: 'second',
  rulesVersion: 'r2',
  previousRulesVersion: 'r1',
}
const second: Publication = {
  playbook: makePlaybook({ version: 'second', forms: {} }),
  files: new Map([
    ['scoring.yaml', 'second'],
    ['__proto__', 'a name like any other'],
  ]),
  at: '2026-03-02T09:00:00.000Z',
  by: 'mara@x.example',
  outbox,
}

describe('dynamoPlaybookStore', () => {
  let table: TestTable
  beforeEach(async () => {
    table = await startTable()
  })
  afterEach(() => table.stop())
  const storeOf = (deployed = bundled) =>
    dynamoPlaybookStore({ client: table.client, tableName: table.tableName, bundled: deployed })

  test('before anything is published, what was deployed is live', async () => {
    expect(await storeOf().live()).toEqual({ ...bundled, revision: 0 })
    expect(await storeOf().draft()).toBeUndefined()
  })

  test('what is published is live for the editor and for those who run it, source files included', async () => {
    const store = storeOf()
    expect(await store.publish(second, 0)).toBe('published')
    const { at, by, ...rest } = second
    expect(await storeOf().live()).toEqual({ ...rest, published: { at, by }, revision: 1 })
    const running = dynamoPlaybooks(table.client, table.tableName, bundled.playbook)
    // Who runs it folds as this release does, whichever one published it.
    const rulesVersion = underThisFold(second.playbook.rulesVersion)
    expect(await running.current()).toEqual({ ...second.playbook, rulesVersion })
    await store.clearOutbox(7)
    expect((await store.live()).outbox).toEqual(outbox)
    await store.clearOutbox(1)
    expect((await store.live()).outbox).toBeUndefined()
  })

  test('of two that publish at once, one is told', async () => {
    await storeOf().publish(second, 0)
    await expect(storeOf().publish(second, 0)).rejects.toThrow(Conflict)
    expect(await storeOf().publish(second, 1)).toBe('published')
    await expect(storeOf().publish(second, 1)).rejects.toThrow(Conflict)
  })

  test('after a deployment with another playbook that one is live, and can be published upon', async () => {
    await storeOf().publish(second, 0)
    const deployed = {
      playbook: makePlaybook({ version: 'third' }),
      files: new Map([['scoring.yaml', 'third']]),
    }
    expect(await storeOf(deployed).live()).toEqual({ ...deployed, revision: 1 })
    expect(await storeOf(deployed).publish(second, 1)).toBe('published')
    expect((await storeOf(deployed).live()).playbook).toEqual(second.playbook)
  })

  test('one can go back to what was deployed', async () => {
    await storeOf().publish(second, 0)
    await storeOf().publish({ ...second, playbook: bundled.playbook, files: bundled.files }, 1)
    expect(await storeOf().live()).toMatchObject({ ...bundled, revision: 2 })
  })

  test('what was live is kept with its files, deployments included, page by page', async () => {
    const third = { ...second, playbook: makePlaybook({ version: 'third' }), at: '2026-03-03T09:00:00.000Z' }
    const deployed = { playbook: makePlaybook({ version: 'new' }), files: new Map([['scoring.yaml', 'new']]) }
    const published = ({ playbook: { version }, at, by }: Publication) => ({ version, published: { at, by } })
    expect(await storeOf().history({ limit: 10 })).toEqual({ items: [{ version: 'first' }] })
    await storeOf().publish(second, 0)
    await storeOf().publish(third, 1)
    expect(await storeOf(deployed).history({ limit: 10 })).toEqual({
      items: [{ version: 'new' }, published(third), published(second), { version: 'first' }],
    })
    await storeOf(deployed).publish(second, 2)
    const store = storeOf(deployed)
    const page = await store.history({ limit: 2 })
    expect(page).toEqual({ items: [published(second), { version: 'new' }, published(third)], next: 2 })
    expect(await store.history({ limit: 2, before: 2 })).toEqual({
      items: [published(second), { version: 'first' }],
    })
    expect(await store.filesOf('third')).toEqual(third.files)
    expect(await store.filesOf('first')).toEqual(bundled.files)
    expect(await store.filesOf('new')).toEqual(deployed.files)
    expect(await store.filesOf('never')).toBeUndefined()
  })

  test('who tried to publish and was too late leaves no trace in what was live', async () => {
    await storeOf().publish(second, 0)
    await expect(storeOf().publish({ ...second, by: 'somebody else' }, 0)).rejects.toThrow(Conflict)
    const { items } = await storeOf().history({ limit: 10 })
    expect(items.map(({ published }) => published?.by)).toEqual(['mara@x.example', undefined])
  })

  test('a draft replaces only the one that was seen', async () => {
    const store = storeOf()
    const draft = (savedAt: string) => ({ files: second.files, savedAt, by: 'mara@x.example' })
    expect(await store.saveDraft(draft('1'), null)).toBe('saved')
    expect(await store.saveDraft(draft('2'), null)).toBe('changed')
    expect(await store.saveDraft(draft('2'), '0')).toBe('changed')
    expect((await store.draft())?.savedAt).toBe('1')
    expect(await store.saveDraft(draft('2'), '1')).toBe('saved')
  })

  test('a draft stands until it is dropped, and a later one stays', async () => {
    const store = storeOf()
    const draft = { files: second.files, savedAt: '2026-03-02T09:00:00.000Z', by: 'mara@x.example' }
    expect(await store.saveDraft(draft)).toBe('saved')
    expect(await store.draft()).toEqual(draft)
    await store.saveDraft({ ...draft, savedAt: '2026-03-02T09:00:05.000Z' })
    await store.dropDraft(draft.savedAt)
    expect((await store.draft())?.savedAt).toBe('2026-03-02T09:00:05.000Z')
    await store.dropDraft('2026-03-02T09:00:05.000Z')
    expect(await store.draft()).toBeUndefined()
  })

  test('what no item can hold is not taken', async () => {
    const files = new Map([['scoring.yaml', randomBytes(300_000).toString('base64')]])
    expect(await storeOf().saveDraft({ files, savedAt: 'now', by: 'x' })).toBe('too-large')
    expect(await storeOf().publish({ ...second, files }, 0)).toBe('too-large')
    expect(await storeOf().live()).toEqual({ ...bundled, revision: 0 })
  })
})
