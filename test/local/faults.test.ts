import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'

interface RecordedCall {
  readonly operation: string
  readonly input: { readonly Destination?: { readonly ToAddresses: readonly string[] } }
  readonly crashed: boolean
}

let stack: Fixture
beforeAll(async () => {
  stack = await runFixture({ seed: 7 })
})
afterAll(() => stack.stop())
afterEach(() => fetch(`${stack.url}/_local/faults`, { method: 'DELETE' }))

const ids = (prefix: string) => Array.from({ length: 20 }, (_, index) => `${prefix}${index}`)

describe('injected faults', () => {
  it('hit the calls of functions until they are cleared', async () => {
    await stack.post('/_local/faults', {
      service: 'events',
      operation: 'PutEvents',
      error: 'InternalException',
    })
    expect((await stack.post('/put/Work', { id: 'no' })).status).toBe(500)
    await fetch(`${stack.url}/_local/faults`, { method: 'DELETE' })
    expect((await stack.post('/put/Work', { id: 'yes' })).status).toBe(202)
  })

  it('crash functions in mid-flight, and every message still comes through', async () => {
    await stack.post('/_local/faults', {
      service: 'lambda',
      error: 'Crash',
      rate: 0.4,
      function: await nameOf('Worker'),
    })
    await Promise.all(ids('crash').map((id) => stack.work({ id })))
    await new Promise((resolve) => setTimeout(resolve, 200))
    await fetch(`${stack.url}/_local/faults`, { method: 'DELETE' })
    await stack.settle()
    const letters = Object((await stack.get('/_local/dead-letters')).body).length
    const noted = await Promise.all(ids('crash').map((id) => stack.notes(id)))
    expect(noted.filter((notes) => 'noted' in notes).length + letters).toBeGreaterThanOrEqual(20)
  })

  it.each([
    ['CrashBefore', 1],
    ['CrashAfter', 2],
  ])(
    '%s ends the process at the one call that nth names, and leaves the retry alone',
    async (error, mails) => {
      const call = { service: 'ses', operation: 'SendEmail', function: await nameOf('Worker') }
      await stack.post('/_local/faults', { ...call, error, nth: 2 })
      await fetch(`${stack.url}/_local/calls`, { method: 'POST' })
      const [first, second] = [`${error}-1@example.org`, `${error}-2@example.org`]
      for (const to of [first, second]) {
        await stack.work({ id: to, action: 'mail', to })
        await stack.settle()
      }
      const calls: readonly RecordedCall[] = Object((await stack.get('/_local/calls')).body)
      const sent = calls.filter(({ operation }) => operation === 'SendEmail')
      expect(sent.map(({ input, crashed }) => [input.Destination?.ToAddresses, crashed])).toEqual([
        [[first], false],
        [[second], true],
        [[second], false],
      ])
      expect(sent[0]).toMatchObject({ ...call, needs: [{ action: 'ses:SendEmail' }, {}] })
      const inbox = async (to: string) => Object((await stack.get(`/_local/inbox?to=${to}`)).body).length
      expect([await inbox(first), await inbox(second)]).toEqual([1, mails])
      await fetch(`${stack.url}/_local/calls`, { method: 'DELETE' })
      await stack.work({ id: 'unrecorded' })
      await stack.settle()
      expect((await stack.get('/_local/calls')).body).toEqual([])
    },
  )

  it('deliver events again', async () => {
    await stack.post('/_local/faults', { service: 'events', duplicate: 1 })
    await fetch(`${stack.url}/_local/counts`, { method: 'DELETE' })
    await stack.work({ id: 'twice' })
    await stack.settle()
    const counts = Object((await stack.get('/_local/counts')).body)
    expect(counts.find(({ operation }: { operation: string }) => operation === 'PutItem')?.count).toBe(2)
  })

  it.each(['CrashBefore', 'CrashAfter'])(
    'end a function with its call by %s, and the next try goes through',
    async (error) => {
      const fault = { service: 'dynamodb', operation: 'PutItem', error, rate: 0.5 }
      await stack.post('/_local/faults', fault)
      await fetch(`${stack.url}/_local/counts`, { method: 'DELETE' })
      await Promise.all(ids(error).map((id) => stack.work({ id })))
      await new Promise((resolve) => setTimeout(resolve, 200))
      await fetch(`${stack.url}/_local/faults`, { method: 'DELETE' })
      await stack.settle()
      const letters = Object((await stack.get('/_local/dead-letters')).body)
      const noted = await Promise.all(ids(error).map((id) => stack.notes(id)))
      expect(noted.filter((notes) => 'noted' in notes).length + letters.length).toBeGreaterThanOrEqual(20)
      const counts = Object((await stack.get('/_local/counts')).body)
      const puts = counts.find(({ operation }: { operation: string }) => operation === 'PutItem')
      expect(puts?.count).toBeGreaterThan(20)
    },
  )

  it('make a call before the function that made it ends', async () => {
    await stack.post('/_local/faults', { service: 'dynamodb', operation: 'PutItem', error: 'CrashAfter' })
    await stack.work({ id: 'written' })
    await expect.poll(() => stack.notes('written')).toHaveProperty('noted')
    await fetch(`${stack.url}/_local/faults`, { method: 'DELETE' })
    await stack.settle()
  })

  it('lose what SES would tell, and no email', async () => {
    await fetch(`${stack.url}/_local/events`, { method: 'DELETE' })
    await stack.post('/_local/faults', { service: 'ses', lose: 1 })
    await stack.work({ id: 'silent', action: 'mail', to: 'silent@example.net' })
    await stack.settle()
    expect((await stack.get('/_local/inbox?to=silent@example.net')).body).toHaveLength(1)
    const events = Object((await stack.get('/_local/events')).body)
    const fromSes = events.filter(({ source }: { source: string }) => source === 'aws.ses')
    expect(fromSes).toEqual([])
  })

  it('let other messages overtake one, until the clock has moved', async () => {
    await stack.post('/_local/faults', { service: 'sqs', reorder: 1 })
    await stack.work({ id: 'late' })
    await fetch(`${stack.url}/_local/faults`, { method: 'DELETE' })
    await stack.work({ id: 'early' })
    await stack.settle()
    expect([await stack.notes('late'), await stack.notes('early')]).toEqual([
      {},
      { noted: expect.anything() },
    ])
    await stack.post('/_local/clock', { advance: '1m' })
    expect(await stack.notes('late')).toHaveProperty('noted')
  })

  it('delay calls', async () => {
    await stack.post('/_local/faults', { service: 'events', latencyMs: 150 })
    const start = performance.now()
    await stack.work({ id: 'slow' })
    expect(performance.now() - start).toBeGreaterThan(150)
  })

  it.each([
    { rate: 2 },
    { rate: -0.1 },
    { duplicate: 1.5 },
    { latencyMs: -1 },
    { latencyMs: 1e12 },
    { partial: 7 },
    { reorder: -1 },
    { lose: 2 },
    { service: {} },
    { nth: 0 },
    { nth: 1.5 },
    { color: 'red' },
  ])('are refused as %j', async (fault) => {
    const { status, body } = await stack.post('/_local/faults', fault)
    expect([status, Object(body).detail]).toEqual([400, expect.stringContaining(Object.keys(fault)[0] ?? '')])
    expect((await stack.get('/_local/faults')).body).toEqual([])
  })
})

async function nameOf(logicalId: string): Promise<string> {
  const { functions } = Object((await stack.get('/_local')).body)
  return functions.find((fn: { logicalId: string }) => fn.logicalId === logicalId).name
}
