import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'

let stack: Fixture
beforeAll(async () => {
  stack = await runFixture()
})
afterAll(() => stack.stop())

describe('the way from a request over bus and queue to a function', () => {
  it('leaves what the function wrote', async () => {
    await stack.work({ id: 'one' })
    await stack.settle()
    expect(await stack.notes('one')).toMatchObject({ noted: { detailType: 'Work', attempt: '1' } })
  })

  it('shows the event at /_local/events by its type', async () => {
    await stack.work({ id: 'shown' })
    const { body } = await stack.get('/_local/events?type=Work')
    expect(body).toContainEqual(expect.objectContaining({ source: 'fixture', detail: { id: 'shown' } }))
    expect((await stack.get('/_local/events?type=Other')).body).toEqual([])
  })

  it('brings a poison item to the dead letters with its error and lets those beside it through', async () => {
    await Promise.all([
      stack.work({ id: 'poison', action: 'fail' }),
      ...[1, 2, 3, 4].map((n) => stack.work({ id: `beside-${n}` })),
    ])
    await stack.settle()
    expect(Object.keys(await stack.notes('beside-4'))).toEqual(['noted'])
    const { body } = await stack.get('/_local/dead-letters')
    expect(body).toContainEqual({
      queue: expect.stringContaining('DeadLetters'),
      body: expect.stringContaining('"poison"'),
      error: 'RangeError: poison',
    })
  })

  it('reads a generated secret that people can type', async () => {
    await stack.work({ id: 'key', action: 'secret' })
    await stack.settle()
    expect(Object.keys(await stack.notes('key'))).toEqual(['secret:{"api-key":"local-api-key"}'])
  })

  it('gives up an asynchronous invocation after its retries', async () => {
    await stack.post('/put/Poison', { id: 'async' })
    await stack.settle()
    const { body } = await stack.get('/_local/dead-letters')
    expect(body).toContainEqual(expect.objectContaining({ body: expect.stringContaining('"async"') }))
  })
})

describe('time', () => {
  it('fires schedules in order when the clock moves, and the function sees that time', async () => {
    const start = Date.now()
    await stack.work({ id: 'late', action: 'wait', ms: 3 * 86_400_000 })
    await stack.work({ id: 'early', action: 'wait', ms: 3_600_000 })
    await stack.settle()
    expect(Object.keys(await stack.notes('early'))).toEqual(['scheduled'])
    expect(await stack.post('/_local/clock', { advance: '2d' })).toMatchObject({
      status: 200,
      body: { fired: 1 },
    })
    expect(Object.keys(await stack.notes('early'))).toEqual(['noted', 'scheduled'])
    expect(Object.keys(await stack.notes('late'))).toEqual(['scheduled'])
    const { body } = await stack.post('/_local/clock', { advance: '1d1h' })
    expect(body).toMatchObject({ fired: 1, now: expect.stringMatching(/^\d{4}-.*Z$/) })
    const late = (await stack.notes('late')).noted
    expect(late?.detailType).toBe('Woken')
    const waited = Date.parse(late?.at ?? '') - start
    expect(waited).toBeGreaterThanOrEqual(3 * 86_400_000 - 2000)
    expect(waited).toBeLessThan(3 * 86_400_000 + 60_000)
  })

  it('refuses what is no duration', async () => {
    expect(await stack.post('/_local/clock', { advance: 'soon' })).toMatchObject({ status: 400 })
    expect(await stack.post('/_local/clock')).toMatchObject({ status: 400 })
  })

  it.each(['clock', 'settle'])('bounds every number of /_local/%s', async (route) => {
    const far = { advance: '1000000000000w' }
    if (route === 'clock') expect(await stack.post('/_local/clock', far)).toMatchObject({ status: 400 })
    for (const timeout of ['-1', '', 'Infinity', 'NaN', '1e12', 'soon']) {
      const { status } = await stack.post(`/_local/${route}?timeout=${timeout}`, { advance: '1s' })
      expect([timeout, status]).toEqual([timeout, 400])
    }
    expect(await stack.get('/_local/clock')).toMatchObject({ status: 200 })
  })
})

describe('email', () => {
  it('comes into the inbox and causes the events that the configuration set asks for', async () => {
    await stack.work({ id: 'm1', action: 'mail', to: 'Ada <ada@example.org>' })
    await stack.settle()
    const { body } = await stack.get('/_local/inbox?to=ada@example.org')
    expect(body).toEqual([
      {
        messageId: expect.any(String),
        at: expect.stringMatching(/Z$/),
        from: 'Fixture <hello@mail.example.com>',
        to: ['Ada <ada@example.org>'],
        subject: 'Hello',
        html: '<p>Hello</p>',
        text: 'Hello',
        headers: { 'List-Unsubscribe': '<https://example.com/u>' },
        tags: { sendId: 'm1' },
      },
    ])
    const { body: events } = await stack.get('/_local/events?type=Email Sent')
    expect(events).toContainEqual(
      expect.objectContaining({
        source: 'aws.ses',
        detail: expect.objectContaining({
          mail: expect.objectContaining({ tags: expect.objectContaining({ sendId: ['m1'] }) }),
        }),
      }),
    )
  })

  it('bounces at the mailbox simulator', async () => {
    await stack.work({ id: 'm2', action: 'mail', to: 'bounce@simulator.amazonses.com' })
    await stack.settle()
    expect((await stack.get('/_local/events?type=Email Bounced')).body).toHaveLength(1)
  })

  it('refuses header injection', async () => {
    await stack.work({
      id: 'm3',
      action: 'mail',
      to: 'eve@example.org',
      subject: 'Hi\r\nBcc: all@example.org',
    })
    await stack.settle()
    expect((await stack.get('/_local/inbox?to=eve@example.org')).body).toEqual([])
    expect(await stack.notes('m3')).toEqual({})
  })

  it('is emptied by DELETE', async () => {
    await fetch(`${stack.url}/_local/inbox`, { method: 'DELETE' })
    expect((await stack.get('/_local/inbox')).body).toEqual([])
  })
})

it('describes what runs', async () => {
  const { body } = await stack.get('/_local')
  expect(body).toMatchObject({
    now: expect.stringMatching(/Z$/),
    table: expect.stringMatching(/^Data-Table-/),
    bus: 'fixture',
    urls: { app: stack.url, aws: stack.aws },
  })
  expect(body).toHaveProperty('queues')
  const { functions } = Object(body)
  expect(functions.find((fn: { logicalId: string }) => fn.logicalId === 'Front')).toMatchObject({
    folder: expect.stringMatching(/fixture\/functions\/front$/),
    environment: { BUS: 'fixture', ONLY: 'no' },
  })
  expect(Object.keys(functions[0].environment)).not.toContain('AWS_REGION')
})

it('lets the later tries of a patient queue wait for the clock', async () => {
  const patient = await runFixture({
    change: ({ Resources }) => {
      Object(Resources.Queue?.Properties).RedrivePolicy.maxReceiveCount = 6
    },
  })
  await patient.work({ id: 'held', action: 'fail' })
  await patient.settle()
  expect((await patient.get('/_local/dead-letters')).body).toEqual([])
  await patient.post('/_local/clock', { advance: '5m' })
  expect((await patient.get('/_local/dead-letters')).body).toHaveLength(1)
  await patient.stop()
})
