import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Activity } from '../../../domain/model/activity.ts'
import { eventBridgeBus } from '../../../functions/adapters/event-bridge-bus.ts'
import { Transient } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'

const mock = mockClient(EventBridgeClient)
const pauses: number[] = []
const bus = eventBridgeBus({
  client: new EventBridgeClient({ region: 'eu-central-1' }),
  busName: 'trichter',
  pause: async (ms) => {
    pauses.push(ms)
  },
})

beforeEach(() => {
  mock.reset()
  pauses.length = 0
})

const activity = (id: string, text = ''): Activity => ({
  id,
  type: 'page.viewed',
  subject: { leadId },
  occurredAt: '2026-03-02T09:00:00.000Z',
  timeAssumed: false,
  properties: { text },
})

/** Takes every entry but those whose detail names an id of `failing`. */
const answer =
  (failing: readonly string[]) => (input: { Entries?: { Detail?: string | undefined }[] | undefined }) => {
    const Entries = (input.Entries ?? []).map(({ Detail = '' }) =>
      failing.some((id) => Detail.includes(`"id":"${id}"`))
        ? { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' }
        : { EventId: 'e' },
    )
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries }
  }

const sentIds = (): string[][] =>
  mock
    .commandCalls(PutEventsCommand)
    .map(({ args }) => (args[0].input.Entries ?? []).map(({ Detail = '{}' }) => JSON.parse(Detail).id))

describe('what is put', () => {
  test('is a published playbook, which is about no lead', async () => {
    mock.on(PutEventsCommand).callsFake(answer([]))
    const data = { version: 'v2', rulesVersion: 'r2', previousRulesVersion: 'r1' }
    await bus.announce({
      type: 'PlaybookPublished',
      id: 'playbook:v2:1',
      occurredAt: '2026-03-02T09:00:00.000Z',
      ...data,
    })
    const [entry] = mock.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? []
    expect(entry).toMatchObject({
      EventBusName: 'trichter',
      Source: 'trichter',
      DetailType: 'PlaybookPublished',
    })
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({
      metadata: {
        id: 'playbook:v2:1',
        version: 1,
        occurredAt: '2026-03-02T09:00:00.000Z',
        correlationId: 'playbook:v2:1',
        causationId: 'playbook:v2:1',
      },
      data,
    })
  })

  test('is a decision without personal data, under its own type', async () => {
    mock.on(PutEventsCommand).callsFake(answer([]))
    await bus.publish([
      {
        id: `${leadId}:created`,
        type: 'ConsentGranted',
        occurredAt: '2026-03-02T09:00:00.000Z',
        causationId: 'f',
        correlationId: 'f',
        leadId,
        data: { purpose: 'newsletter' },
      },
    ])
    const [entry] = mock.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? []
    expect(entry).toMatchObject({
      EventBusName: 'trichter',
      Source: 'trichter',
      DetailType: 'ConsentGranted',
    })
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({
      metadata: {
        id: `${leadId}:created`,
        version: 1,
        occurredAt: '2026-03-02T09:00:00.000Z',
        causationId: 'f',
        correlationId: 'f',
      },
      data: { leadId, purpose: 'newsletter' },
    })
  })

  test('goes in requests of at most ten entries and 256 KiB', async () => {
    mock.on(PutEventsCommand).callsFake(answer([]))
    await bus.submit(Array.from({ length: 23 }, (_, index) => activity(`n${index}`)))
    expect(sentIds().map((ids) => ids.length)).toEqual([10, 10, 3])
    mock.resetHistory()
    await bus.submit(Array.from({ length: 6 }, (_, index) => activity(`b${index}`, 'ü'.repeat(40_000))))
    expect(sentIds().map((ids) => ids.length)).toEqual([3, 3])
  })

  test('is nothing for nothing', async () => {
    await bus.submit([])
    expect(mock.commandCalls(PutEventsCommand)).toHaveLength(0)
  })
})

describe('an entry that EventBridge did not take', () => {
  test('is offered again alone', async () => {
    mock
      .on(PutEventsCommand)
      .callsFakeOnce(answer(['b']))
      .callsFake(answer([]))
    await bus.submit(['a', 'b', 'c'].map((id) => activity(id)))
    expect(sentIds()).toEqual([['a', 'b', 'c'], ['b']])
    expect(pauses).toHaveLength(1)
  })

  test('fails the call when it is never taken', async () => {
    mock.on(PutEventsCommand).callsFake(answer(['b']))
    const failure = await bus.submit(['a', 'b'].map((id) => activity(id))).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Transient)
    expect(String(failure)).toContain('1 of 2 events: ThrottlingException')
    expect(sentIds()).toEqual([['a', 'b'], ['b'], ['b'], ['b']])
    expect(pauses.every((ms, index) => ms > (pauses[index - 1] ?? 0))).toBe(true)
  })

  test('fails the call though other requests go through', async () => {
    mock.on(PutEventsCommand).callsFake(answer(['n3']))
    const all = Array.from({ length: 15 }, (_, index) => activity(`n${index}`))
    await expect(bus.submit(all)).rejects.toBeInstanceOf(Transient)
    expect(sentIds()).toContainEqual(['n10', 'n11', 'n12', 'n13', 'n14'])
  })
})
