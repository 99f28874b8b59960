import { describe, expect, test } from 'vitest'
import { sendingHours } from '../../../domain/playbook/schema/common-schema.ts'

const days = ['mon', 'tue'] as const

describe('sending hours', () => {
  test.each([
    ['of a day', { from: '08:00', to: '20:00' }, { from: '08:00', to: '20:00' }],
    ['to its end', { from: '08:00', to: '24:00' }, { from: '08:00', to: '24:00' }],
    ['over midnight', { from: '20:00', to: '08:00' }, { from: '20:00', to: '08:00' }],
    ['quiet over midnight', { quiet: { from: '20:00', to: '08:00' } }, { from: '08:00', to: '20:00' }],
    ['quiet until midnight', { quiet: { from: '20:00', to: '24:00' } }, { from: '00:00', to: '20:00' }],
    ['quiet at noon', { quiet: { from: '12:00', to: '14:00' } }, { from: '14:00', to: '12:00' }],
  ])('%s', (_name, written, read) => {
    expect(sendingHours.parse({ days, ...written })).toEqual({ days, ...read })
  })

  test('of no length are refused where they end', () => {
    const { error } = sendingHours.safeParse({ days, from: '08:00', to: '08:00' })
    expect(error?.issues).toMatchObject([{ path: ['to'], message: '"to" is the same as "from"' }])
  })

  test.each([
    [{ from: '08:00' }],
    [{ quiet: { from: '08:00' } }],
    [{ quiet: { from: '08:00', to: '08:00' } }],
    [{ from: '08:00', to: '20:00', quiet: { from: '20:00', to: '08:00' } }],
  ])('%o are refused', (written) => {
    expect(sendingHours.safeParse({ days, ...written }).success).toBe(false)
  })
})
