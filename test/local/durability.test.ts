import { describe, expect, it } from 'vitest'
import { serve } from './fixture/serve-process.ts'
import { dataFolderFor, writeAssembly } from './fixture/write-assembly.ts'

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
})
