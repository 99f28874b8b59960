import { expect, it } from 'vitest'
import { makeProgress } from '../../bin/progress.ts'
import { printed } from './printed.ts'

const told = async (total: number, ...pieces: readonly number[]): Promise<readonly string[]> => {
  const { stdout } = await printed(async () => {
    const progress = makeProgress('Items', total)
    for (const more of pieces) progress(more)
    return 0
  })
  return stdout.trim().split('\n')
}

it('tells of each quarter', async () => {
  expect(await told(8, 1, 1, 1, 5)).toEqual(['Items: 2/8', 'Items: 8/8'])
})

it('tells how many are done where there are more than was thought', async () => {
  expect(await told(0, 326)).toEqual(['Items: 326'])
  expect(await told(4, 4, 1, 1, 1, 20)).toEqual(['Items: 4/4', 'Items: 5', 'Items: 27'])
})
