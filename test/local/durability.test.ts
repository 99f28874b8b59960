import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { callers, runFixture } from './fixture/run-fixture.ts'
import { dataFolderFor, writeAssembly } from './fixture/write-assembly.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

async function serve(assembly: string, data: string) {
  const script = fileURLToPath(new URL('./fixture/serve.ts', import.meta.url))
  const child = spawn(process.execPath, [script, assembly, data], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    child.kill(signal)
    const [code] = await once(child, 'exit')
    return code
  }
  return { ...callers(JSON.parse(line)), end }
}

describe('after a kill', () => {
  it('nothing acknowledged is lost', async () => {
    const [assembly, data] = [writeAssembly(), dataFolderFor('killed')]
    const first = await serve(assembly, data)
    await first.work({ id: 'waits', action: 'wait', ms: 3_600_000 })
    const accepted: string[] = []
    const puts = Array.from({ length: 120 }, async (_, index) => {
      const id = `k${index}`
      const mail = { action: 'mail', to: `${id}@example.org` }
      await first.work({ id, ...(index % 3 === 0 ? mail : {}) }).then(
        () => accepted.push(id),
        () => undefined,
      )
    })
    await Promise.race([Promise.all(puts), new Promise((resolve) => setTimeout(resolve, 700))])
    await first.end('SIGKILL')
    await Promise.all(puts)
    expect(accepted.length).toBeGreaterThan(0)

    const second = await serve(assembly, data)
    await second.settle()
    for (const id of accepted) expect(Object.keys(await second.notes(id)), id).toHaveLength(1)
    expect(Object(await second.get('/_local/dead-letters')).body).toEqual([])
    await second.post('/_local/clock', { advance: '2h' })
    expect(Object.keys(await second.notes('waits'))).toEqual(['noted', 'scheduled'])
    expect(await second.end('SIGTERM')).toBe(0)
  })

  it('dead letters still say why', async () => {
    const [assembly, data] = [writeAssembly(), dataFolderFor('letters')]
    const first = await serve(assembly, data)
    await first.work({ id: 'poison', action: 'fail' })
    await first.settle()
    const letters = await first.get('/_local/dead-letters')
    expect(letters.body).toEqual([expect.objectContaining({ error: 'RangeError: poison' })])
    await first.end('SIGKILL')
    const second = await serve(assembly, data)
    expect(await second.get('/_local/dead-letters')).toEqual(letters)
    await second.end('SIGKILL')
  })

  it('clock and inbox are as they were', async () => {
    const [assembly, data] = [writeAssembly(), dataFolderFor('kept')]
    const first = await serve(assembly, data)
    await first.post('/_local/clock', { advance: '30d' })
    await first.work({ id: 'm', action: 'mail', to: 'a@example.org' })
    await first.settle()
    const inbox = await first.get('/_local/inbox')
    await first.end('SIGKILL')
    const second = await serve(assembly, data)
    expect(await second.get('/_local/inbox')).toEqual(inbox)
    const { now } = Object((await second.get('/_local/clock')).body)
    expect(Math.round((Date.parse(now) - Date.now()) / 86_400_000)).toBe(30)
    await second.end('SIGKILL')
  })
})

it('two instances run side by side', async () => {
  const assembly = writeAssembly()
  const [left, right] = await Promise.all([
    runFixture({ cloudAssemblyDir: assembly, data: dataFolderFor('left') }),
    runFixture({ cloudAssemblyDir: assembly, data: dataFolderFor('right') }),
  ])
  await Promise.all([left.work({ id: 'l' }), right.work({ id: 'r' })])
  await Promise.all([left.settle(), right.settle()])
  expect([await left.notes('r'), await right.notes('l')]).toEqual([{}, {}])
  expect([Object.keys(await left.notes('l')), Object.keys(await right.notes('r'))]).toEqual([
    ['noted'],
    ['noted'],
  ])
  await Promise.all([left.stop(), right.stop()])
})
