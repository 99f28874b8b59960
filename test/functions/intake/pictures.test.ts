import { expect, test } from 'vitest'
import { intakeWorld, request } from './intake-world.ts'

const name = `${'a'.repeat(32)}.png`

test('a picture is served to be kept for ever, under its own type', async () => {
  const { answer, assets } = intakeWorld()
  await assets.store(name, new Uint8Array([71, 73, 70]))
  expect(await answer(request('GET', `/assets/${name}`))).toMatchObject({
    statusCode: 200,
    body: 'GIF',
    headers: {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  })
})

test.each([`${'b'.repeat(32)}.png`, 'logo.png', `${'a'.repeat(32)}.svg`, '..%2Fplaybook.json'])(
  'there is nothing at %s',
  async (other) => {
    const { answer } = intakeWorld()
    expect((await answer(request('GET', `/assets/${other}`))).statusCode).toBe(404)
  },
)
