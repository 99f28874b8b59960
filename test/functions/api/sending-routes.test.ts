import { expect, test } from 'vitest'
import type { Tally } from '../../../domain/feedback/ses-feedback.ts'
import { apiWorld, now } from './api-world.ts'

const mailedAt = '2026-03-02T08:00:00.000Z'
const bounces = (count: number): readonly Tally[] =>
  Array.from({ length: count }, (_, index) => ({
    type: 'bounced',
    messageId: `m-${index}`,
    mailedAt,
    stream: 'marketing',
  }))
const mailed = (at: string) => ({ at, stream: 'marketing' }) as const

test('the last day of marketing mail is shown against its limits', async () => {
  const { call, sendingFigures } = apiWorld()
  await sendingFigures.add(
    Array.from({ length: 200 }, () => mailed(mailedAt)),
    bounces(12),
  )
  await sendingFigures.add([mailed('2026-02-28T08:00:00.000Z')], [])
  expect(await call('/api/sending')).toEqual({
    type: 'ok',
    body: {
      paused: null,
      resumedAt: null,
      from: '2026-03-01T09:00:00.000Z',
      sent: 200,
      bounced: 12,
      complained: 0,
      bounceRate: 0.06,
      complaintRate: 0,
      limits: { bounceRate: 0.05, complaintRate: 0.001 },
      overLimit: 'bounces',
      confirmations: {
        paused: null,
        resumedAt: null,
        from: '2026-03-01T09:00:00.000Z',
        sent: 0,
        bounced: 0,
        complained: 0,
        bounceRate: 0,
        complaintRate: 0,
        limits: { bounceRate: 0.1, complaintRate: 0.002 },
        overLimit: null,
      },
    },
  })
})

test('sending is paused by hand and resumed; mail of before does not count any more', async () => {
  const { call, sendingFigures } = apiWorld()
  await sendingFigures.add([mailed(mailedAt)], bounces(6))
  const paused = { since: now, because: 'by-hand' }
  expect(await call('/api/sending/pause', { method: 'POST' })).toEqual({ type: 'ok', body: { paused } })
  expect(await call('/api/sending/pause', { method: 'POST' })).toMatchObject({ type: 'conflict' })
  expect(await call('/api/sending')).toMatchObject({ body: { paused } })
  for (const _ of [1, 2])
    expect(await call('/api/sending/resume', { method: 'POST' })).toEqual({
      type: 'ok',
      body: { paused: null },
    })
  expect(await call('/api/sending')).toMatchObject({
    body: { paused: null, resumedAt: now, sent: 0, bounced: 0, overLimit: null },
  })
})

test('a pause that is asked for again is told and noted again, in case whoever asked died before', async () => {
  const world = apiWorld()
  const pause = () => world.call('/api/sending/pause', { method: 'POST' })
  await pause()
  expect(await pause()).toMatchObject({ type: 'conflict' })
  const [first, second] = world.announced
  expect(first).toMatchObject({ type: 'SendingPaused', because: 'by-hand' })
  expect(second).toEqual(first)
})

test('only an admin resumes, and salespeople have no part in it', async () => {
  const { call } = apiWorld()
  const resume = await call('/api/sending/resume', { method: 'POST', groups: '[marketing]' })
  expect(resume).toMatchObject({ type: 'forbidden' })
  expect(await call('/api/sending', { groups: '[sales]' })).toMatchObject({ type: 'forbidden' })
})

test('confirmations are paused and resumed for themselves', async () => {
  const { call } = apiWorld()
  const paused = { since: now, because: 'by-hand' }
  const post = (what: string) => call(`/api/sending/confirmations/${what}`, { method: 'POST' })
  expect(await post('pause')).toEqual({ type: 'ok', body: { paused } })
  expect(await call('/api/sending')).toMatchObject({ body: { paused: null, confirmations: { paused } } })
  expect(await post('resume')).toEqual({ type: 'ok', body: { paused: null } })
  expect(await call('/api/sending')).toMatchObject({
    body: { confirmations: { paused: null, resumedAt: now } },
  })
})
