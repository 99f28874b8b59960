import { describe, expect, test } from 'vitest'
import {
  type Attempted,
  afterAttempt,
  beginAnew,
  type Delivery,
  giveUp,
  newDelivery,
} from '../../../domain/webhook/delivery.ts'
import { webhookIdOf } from '../../../domain/webhook/message.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { requested } from './sample-webhook.ts'

const now = '2026-03-02T09:00:00.000Z'
const fresh = deepFreeze(newDelivery('crm', requested, now))
const answered = (status: number, more: { retryAfter?: number } = {}): Attempted => ({
  type: 'answered',
  status,
  answer: 'words',
  ...more,
})
const tryOnce = (delivery: Delivery, attempted: Attempted) => afterAttempt(delivery, attempted, now, 0)

describe('a delivery', () => {
  test.each([200, 202, 204, 299])('is done with %i', (status) => {
    expect(tryOnce(fresh, answered(status))).toMatchObject({
      state: 'delivered',
      attempts: 1,
      last: { status },
    })
    expect(tryOnce(fresh, answered(status)).nextAt).toBeUndefined()
  })

  test.each([301, 308, 400, 404, 429, 500, 503])(
    'is tried again after %i: redirects are no answer',
    (status) => {
      expect(tryOnce(fresh, answered(status))).toMatchObject({
        state: 'pending',
        attempts: 1,
        nextAt: '2026-03-02T09:00:05.000Z',
        last: { at: now, status, answer: 'words' },
      })
    },
  )

  test('is tried again where nobody answers, and waits as asked', () => {
    expect(tryOnce(fresh, { type: 'unanswered', reason: 'timeout' })).toMatchObject({
      state: 'pending',
      last: { at: now, reason: 'timeout' },
    })
    expect(tryOnce(fresh, answered(503, { retryAfter: 60 })).nextAt).toBe('2026-03-02T09:01:00.000Z')
  })

  test('is over at once with 410', () => {
    expect(tryOnce(fresh, answered(410))).toMatchObject({ state: 'failed', givenUp: 'gone' })
  })

  test('fails with the tenth failure, not before, and has as many again when begun anew', () => {
    const fail = (from: Delivery): Delivery[] => {
      const seen = [from]
      for (let last = from; last.state === 'pending'; ) {
        last = tryOnce(last, answered(500))
        seen.push(last)
      }
      return seen
    }
    const first = fail(fresh)
    expect(first).toHaveLength(11)
    const failed = deepFreeze(first.at(-1) ?? fresh)
    expect(failed).toMatchObject({ state: 'failed', givenUp: 'attempts', attempts: 10 })
    const anew = beginAnew(failed, '2026-03-09T09:00:00.000Z')
    expect(anew).toMatchObject({
      state: 'pending',
      nextAt: '2026-03-09T09:00:00.000Z',
      webhookId: fresh.webhookId,
    })
    expect(anew.givenUp).toBeUndefined()
    expect(fail(anew).at(-1)).toMatchObject({ state: 'failed', attempts: 20 })
  })

  test('is given up without an attempt', () => {
    expect(giveUp(fresh, 'disabled')).toMatchObject({ state: 'failed', givenUp: 'disabled', attempts: 0 })
  })
})

describe('the id of a webhook', () => {
  test.each([
    ['lead-0001.1:requested', 'lead-0001~002e1:requested'],
    ['lead-0001:deal:Ä b\n:won', 'lead-0001:deal:~00c4~0020b~000a:won'],
    ['a~002e', 'a~007e002e'],
  ])('of %j has no full stop and nothing that a header may not hold', (decisionId, webhookId) => {
    expect(webhookIdOf(decisionId)).toBe(webhookId)
  })
})
