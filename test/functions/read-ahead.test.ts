import { expect, test } from 'vitest'
import { readAhead } from '../../functions/read-ahead.ts'

test('what is read ahead answers the same question once, and any other as ever', async () => {
  const asked: string[] = []
  const load = async (id: string): Promise<string> => {
    asked.push(id)
    return `${id} ${asked.length}`
  }
  const ahead = readAhead(load, [['a'], ['a']])
  expect(asked).toEqual(['a'])
  await expect(ahead('b')).resolves.toBe('b 2')
  await expect(ahead('a')).resolves.toBe('a 1')
  await expect(ahead('a')).resolves.toBe('a 3')
})

test('a read that fails does so for whoever asks for it', async () => {
  const ahead = readAhead(async () => {
    throw new Error('throttled')
  }, [[]])
  await new Promise(setImmediate)
  await expect(ahead()).rejects.toThrow('throttled')
})
