import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'

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

  it('deliver events again', async () => {
    await stack.post('/_local/faults', { service: 'events', duplicate: 1 })
    await fetch(`${stack.url}/_local/counts`, { method: 'DELETE' })
    await stack.work({ id: 'twice' })
    await stack.settle()
    const counts = Object((await stack.get('/_local/counts')).body)
    expect(counts.find(({ operation }: { operation: string }) => operation === 'PutItem')?.count).toBe(2)
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
    { service: {} },
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
