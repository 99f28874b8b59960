import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Schedule } from '../../../local/scheduler/schedule.ts'
import { FileScheduleStore, itemKey, type StoredItem } from '../../../local/scheduler/schedule-store.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schedules-'))
  path = join(folder, 'schedules.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

function item(name: string, nextAt: number): StoredItem {
  const schedule: Schedule = {
    definition: {
      Name: name,
      GroupName: 'default',
      ScheduleExpression: 'at(2026-01-01T00:00:00)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      ActionAfterCompletion: 'DELETE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: 'arn:aws:sqs:eu-central-1:0:q',
        RoleArn: 'arn:aws:iam::0:role/r',
        Input: 'zwei\nZeilen – ü',
      },
    },
    createdAt: 0,
    modifiedAt: 0,
    nextAt,
    clientToken: null,
    fromTemplate: false,
  }
  return { type: 'schedule', schedule }
}

test('a process that is killed loses nothing that was put', () => {
  const store = new FileScheduleStore(path)
  store.put(item('a', 1))
  store.put(item('b', 2))
  store.put(item('a', 3))
  store.delete('default/b')
  store.put({ type: 'group', group: { name: 'waits', createdAt: 5 } })
  // Nothing is closed: the next reader sees what the killed process has left.
  expect([...new FileScheduleStore(path).load()]).toEqual([
    item('a', 3),
    { type: 'group', group: { name: 'waits', createdAt: 5 } },
  ])
})

test('a line torn in the middle of its write is left out', () => {
  new FileScheduleStore(path).put(item('a', 1))
  appendFileSync(path, '{"put":{"type":"sched')
  const again = new FileScheduleStore(path)
  expect([...again.load()]).toEqual([item('a', 1)])
  again.put(item('b', 2))
  expect([...new FileScheduleStore(path).load()].map(itemKey)).toEqual(['default/a', 'default/b'])
})

test('outdated lines are cleared away while it runs', () => {
  const store = new FileScheduleStore(path)
  for (let n = 0; n < 10_050; n++) store.put(item('same', n))
  store.close()
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(100)
  expect([...new FileScheduleStore(path).load()]).toEqual([item('same', 10_049)])
})
