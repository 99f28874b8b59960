import { afterAll, expect, it } from 'vitest'
import { makeClient } from '../story/client.ts'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { dataFolderFor } from './fixture/write-assembly.ts'

const started: Trichter[] = []
const start = async (...options: string[]) => {
  const trichter = await startTrichter(options)
  started.push(trichter)
  return { ...trichter, ...makeClient(trichter.url) }
}
afterAll(() => Promise.all(started.map((one) => one.kill())))

const leadsIn = async ({ get }: ReturnType<typeof makeClient>, stage: string) =>
  (await get<{ items: object[] }>(`/api/leads?limit=100&stage=${stage}`)).items.length
const stages = ['awareness', 'interest', 'consideration', 'intent', 'evaluation', 'purchase']

it('two commands side by side share nothing, load samples where asked, and end in time though at work', async () => {
  const [left, right] = await Promise.all([
    start('--memory', '--demo'),
    start('--data', dataFolderFor('beside')),
  ])
  await expect.poll(left.output, { timeout: 180_000, interval: 50 }).toMatch(/Sample leads loaded|ended with/)
  expect(left.output()).toMatch(/Sample leads loaded; ([3-9]|\d\d) of them are with sales/)
  expect(left.output()).toMatch(/Sample activities: (\d+)\/\1\n/)
  expect((await Promise.all(stages.map((stage) => leadsIn(left, stage)))).every((count) => count > 1)).toBe(
    true,
  )
  expect(await left.deadLetters()).toEqual([])
  expect(await Promise.all(stages.map((stage) => leadsIn(right, stage)))).toEqual([0, 0, 0, 0, 0, 0])
  expect(await right.inbox()).toEqual([])

  const work = Array.from({ length: 100 }, (_, n) => ({
    id: `busy-${n}`,
    type: 'page.viewed',
    subject: { email: `busy-${n % 40}@order.example.net` },
  }))
  await Promise.all([left, right].map(({ postEvents }) => postEvents(work)))
  const begin = performance.now()
  expect(await Promise.all([left.stop(), right.stop()])).toEqual([0, 0])
  // The runner promises ten seconds, and sees to them by a timer of its own.
  expect(performance.now() - begin).toBeLessThan(10_000)
  await expect(fetch(`${left.url}/_local`)).rejects.toThrow()
})

it('says in one line that somebody else works on the data', async () => {
  const data = dataFolderFor('shared')
  await start('--data', data)
  const said = await startTrichter(['--data', data]).then(
    () => 'started',
    (error: unknown) => String(error),
  )
  expect(said).toContain(`Another runner works on ${data}`)
  expect(said).not.toMatch(/\n\s+at /)
})
