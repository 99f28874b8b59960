import { expect, test } from 'vitest'
import { intakeWorld, request } from './intake-world.ts'

test.each(['u', 'confirm'])(
  'what answers at /%s is another function; nothing else is allowed there',
  async (area) => {
    const reply = await intakeWorld().answer(request('PUT', `/${area}/token`))
    expect(reply).toMatchObject({ statusCode: 405, headers: { allow: 'GET, POST' } })
  },
)
