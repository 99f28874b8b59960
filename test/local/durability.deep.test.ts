import { describe, expect, it } from 'vitest'
import { runFixture } from './fixture/run-fixture.ts'
import { serve } from './fixture/serve-process.ts'
import { dataFolderFor, writeAssembly } from './fixture/write-assembly.ts'

describe('after a kill', () => {
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
