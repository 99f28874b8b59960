import { describe, expect, test } from 'vitest'
import { resuming } from '../../../domain/deliverability/sending-figures.ts'
import { complaint, event, feedbackWorld, hardBounce } from '../feedback/feedback-world.ts'

const numbered = <T>(count: number, make: (id: string) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(`m-${index}`))

describe('marketing mail', () => {
  test('is paused when more than five of a hundred bounce: once, told and with a line for the alarm', async () => {
    const { receive, states, announced, warned, times } = feedbackWorld()
    await receive(numbered(100, (id) => event(id, 'Send')))
    await receive(numbered(5, (id) => hardBounce(id)))
    expect((await states.load()).paused).toBeUndefined()
    await receive([hardBounce('m-5')])
    await receive([hardBounce('m-6')])
    const figures = { sent: 100, bounced: 6, complained: 0 }
    expect((await states.load()).paused).toEqual({ since: times.now, because: 'bounces', figures })
    expect(announced).toEqual([
      { type: 'SendingPaused', id: 'sending:1', occurredAt: times.now, because: 'bounces', figures },
    ])
    expect(warned).toEqual(['bounces'])
  })

  test('is paused at the second complaint of a small list', async () => {
    const { receive, states } = feedbackWorld()
    await receive([complaint('a'), complaint('a')])
    expect((await states.load()).paused).toBeUndefined()
    await receive([complaint('b')])
    expect((await states.load()).paused?.because).toBe('complaints')
  })

  test('of the day before does not count', async () => {
    const { receive, states, times } = feedbackWorld()
    times.now = '2026-03-03T09:10:00.000Z'
    await receive(numbered(20, (id) => hardBounce(id)))
    expect((await states.load()).paused).toBeUndefined()
  })

  test('that went out before sending was resumed does not count either, however late it bounces', async () => {
    const { receive, states, times } = feedbackWorld()
    await receive(numbered(6, (id) => hardBounce(id)))
    times.now = '2026-03-02T10:00:00.000Z'
    await states.commit(resuming(await states.load(), times.now).state)
    await receive(numbered(20, (id) => hardBounce(id)))
    expect((await states.load()).paused).toBeUndefined()
    await receive(numbered(6, (id) => hardBounce(`late-${id}`, '2026-03-02T10:01:00.000Z')))
    expect((await states.load()).paused?.figures?.bounced).toBe(6)
  })

  test('is paused after a crash between telling and pausing, and told under the same id', async () => {
    const { figures, states, receive, announced } = feedbackWorld()
    const crashing = feedbackWorld({ figures, guardSending: async () => Promise.reject(new Error('crash')) })
    const bounces = numbered(6, (id) => hardBounce(id))
    expect((await crashing.receive(bounces)).size).toBe(6)
    expect((await states.load()).paused).toBeUndefined()
    await receive(bounces)
    expect((await states.load()).paused?.figures?.bounced).toBe(6)
    expect(announced.map(({ id }) => id)).toEqual(['sending:1'])
  })
})

describe('confirmations', () => {
  const bounces = (count: number) => numbered(count, (id) => hardBounce(id, undefined, 'confirm'))

  test('are paused when more than ten of a hundred bounce; marketing mail is not', async () => {
    const { receive, states, announced, warned } = feedbackWorld()
    await receive(bounces(10))
    expect((await states.load('confirmations')).paused).toBeUndefined()
    await receive(bounces(11))
    expect((await states.load('confirmations')).paused?.because).toBe('bounces')
    expect((await states.load()).paused).toBeUndefined()
    expect(announced).toMatchObject([{ type: 'SendingPaused', id: 'confirmations:1', what: 'confirmations' }])
    expect(warned).toEqual(['bounces'])
  })

  test('go on while marketing mail is paused', async () => {
    const { receive, states } = feedbackWorld()
    await receive(numbered(6, (id) => hardBounce(id)))
    expect((await states.load('confirmations')).paused).toBeUndefined()
  })
})
