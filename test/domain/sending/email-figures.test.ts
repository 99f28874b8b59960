import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CountedSend,
  countersMoved,
  figureOf,
  marksOfHits,
  sendStatuses,
} from '../../../domain/sending/email-figures.ts'

import { leadId } from '../support/facts.ts'

test('the sums of what became of emails agree', () => {
  const statuses = ['sent', 'sent', 'held', 'suppressed', 'failed', 'exited', 'claimed'] as const
  expect(figureOf(statuses.map((status) => countersMoved(undefined, { status })))).toMatchObject({
    requested: 7,
    sent: 2,
    held: 1,
    suppressed: 1,
    failed: 1,
    exited: 1,
    claimed: 1,
    sentAgain: 0,
  })
})

describe('what changes in the counters', () => {
  test.each<[CountedSend | undefined, CountedSend | undefined, object]>([
    [undefined, { status: 'claimed' }, { claimed: 1 }],
    [{ status: 'claimed' }, { status: 'claimed', lapses: 1 }, {}],
    [
      { status: 'claimed', lapses: 1 },
      { status: 'sent', lapses: 1 },
      { claimed: -1, sent: 1, sentAgain: 1 },
    ],
    [
      { status: 'sent', lapses: 1 },
      { status: 'failed', lapses: 1 },
      { sent: -1, sentAgain: -1, failed: 1 },
    ],
    [{ status: 'held' }, undefined, { held: -1 }],
    [undefined, undefined, {}],
  ])('%j becomes %j', (before, after, changes) => {
    expect(countersMoved(before, after)).toEqual(changes)
  })

  test('adds up to where sends stand, whatever way they took', () => {
    const send = fc.record({
      status: fc.constantFrom(...sendStatuses),
      lapses: fc.option(fc.constant(1), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(fc.array(send, { minLength: 1 })), (ways) => {
        const plain = (one: (typeof ways)[number][number] | undefined): CountedSend | undefined =>
          one && { status: one.status, ...(one.lapses !== undefined && { lapses: one.lapses }) }
        const moved = ways.flatMap((way) =>
          way.map((one, at) => countersMoved(plain(way[at - 1]), plain(one))),
        )
        const ends = ways.map((way) => countersMoved(undefined, plain(way.at(-1))))
        expect(figureOf(moved)).toEqual(figureOf(ends))
      }),
    )
  })
})

test('a click on a variant marks the email that it was in, and none of another name', () => {
  const sent = (sendId: string, email: string) => ({
    ...{ leadId, sendId, email, status: 'sent', at: '2026-03-02T09:00:00.000Z' },
  })
  const at = '2026-03-02T10:00:00.000Z'
  const sends = [sent('a', 'news.short'), sent('b', 'newsletter')]
  expect(marksOfHits(['news'], { opened: {}, clicked: { news: at } }, sends)).toEqual([
    { leadId, sendId: 'a', mark: 'clicked', at },
  ])
})
