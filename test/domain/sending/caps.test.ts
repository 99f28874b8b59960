import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countedTimes, holdBeside, placeLasts } from '../../../domain/sending/earlier-emails.ts'
import { nextRoom } from '../../../domain/sending/hold-email.ts'

const hour = 3_600_000
const at = '2026-01-07T09:00:00.000Z'
const ago = (hours: number): string => new Date(Date.parse(at) - hours * hour).toISOString()
const caps = [
  { emails: 2, per: 48 * hour },
  { emails: 3, per: 96 * hour },
]

describe('the next room under caps', () => {
  test.each([
    ['is now without any email', [], at],
    ['is now with fewer than the cap', [ago(1)], at],
    ['is when the oldest that fills it is out of the window', [ago(1), ago(40)], ago(-8)],
    ['is now where an email is exactly as long ago as the window lasts', [ago(1), ago(48)], at],
    ['waits a millisecond before', [ago(1), ago(48 - 1 / hour)], new Date(Date.parse(at) + 1).toISOString()],
    ['keeps all of them', [ago(1), ago(50), ago(90)], ago(-6)],
    ['does not care for their order', [ago(90), ago(1), ago(50)], ago(-6)],
  ])('%s', (_name, sent, expected) => {
    expect(nextRoom(at, caps, sent)).toBe(expected)
  })

  test('no cap is ever broken, and nothing waits longer than it must', () => {
    const request = fc.integer({ min: 0, max: 200 })
    fc.assert(
      fc.property(fc.array(request, { maxLength: 30 }), (hours) => {
        const sent: string[] = []
        for (const asked of hours.toSorted((a, b) => a - b)) {
          const from = [ago(-asked), ...sent].toSorted().at(-1) ?? at
          const goes = nextRoom(from, caps, sent)
          const isFull = (moment: number): boolean =>
            caps.some(
              ({ emails, per }) =>
                sent.filter((one) => Date.parse(one) > moment - per && Date.parse(one) <= moment).length >=
                emails,
            )
          expect(isFull(Date.parse(goes))).toBe(false)
          if (goes !== from) expect(isFull(Date.parse(goes) - 1)).toBe(true)
          sent.push(goes)
        }
      }),
    )
  })
})

describe('against caps counts', () => {
  const email = {
    sendId: 'a',
    status: 'sent',
    marketing: true,
    claimedAt: ago(3),
    leaseUntil: ago(2),
    at: ago(2.5),
  } as const
  test.each([
    ['what was sent, from when it was', [email], [], [ago(2.5)]],
    [
      'what is on its way',
      [{ ...email, status: 'claimed', at: undefined, leaseUntil: ago(-1) }],
      [],
      [ago(3)],
    ],
    ['no claim whose lease is over', [{ ...email, status: 'claimed', at: undefined }], [], []],
    ['nothing transactional', [{ ...email, marketing: false }], [], []],
    [
      'nothing that was held or stopped',
      [
        { ...email, status: 'held' },
        { ...email, status: 'suppressed' },
      ],
      [],
      [],
    ],
    ['not the email itself', [{ ...email, sendId: 'self' }], [{ sendId: 'self', at }], []],
    ['a place that somebody just took', [], [{ sendId: 'b', at }], [at]],
    [
      'a place taken for an email that was held before',
      [{ ...email, status: 'held' }],
      [{ sendId: 'a', at }],
      [at],
    ],
    [
      'no place of an email that came to something since',
      [{ ...email, status: 'failed', at }],
      [{ sendId: 'a', at: ago(0.1) }],
      [],
    ],
    [
      'once what is on its way and has taken its place again',
      [{ ...email, status: 'claimed', at: undefined, leaseUntil: ago(-1) }],
      [{ sendId: 'a', at: ago(0.1) }],
      [ago(3)],
    ],
    [
      'the place of an email whose sender died, once it is taken up',
      [{ ...email, status: 'claimed', at: undefined }],
      [{ sendId: 'a', at: ago(0.1) }],
      [ago(0.1)],
    ],
    ['no place of somebody who died', [], [{ sendId: 'b', at: ago(placeLasts / hour) }], []],
  ] as const)('%s', (_name, emails, places, expected) => {
    const known = emails.map(({ at: settled, ...rest }) => ({ ...rest, ...(settled && { at: settled }) }))
    expect(countedTimes(known, places, 'self', at)).toEqual(expected)
  })
})

describe('beside other emails to the same person', () => {
  const cap = { caps: [{ emails: 1, per: 48 * hour }] }
  const sent = {
    sendId: 'a',
    status: 'sent',
    marketing: true,
    claimedAt: ago(3),
    leaseUntil: ago(2),
  } as const
  const onItsWay = { ...sent, sendId: 'b', status: 'claimed', leaseUntil: ago(-1) } as const
  const aMomentLater = new Date(Date.parse(at) + 60_000).toISOString()
  test.each([
    ['what was sent holds until it is out of the window', [sent], [], ago(-45)],
    ['so it does with another on its way', [sent, onItsWay], [], ago(-45)],
    ['what is on its way holds for a moment', [onItsWay], [], aMomentLater],
    ['and so does a place that somebody just took', [], [{ sendId: 'c', at }], aMomentLater],
  ] as const)('%s', (_name, emails, places, until) => {
    expect(holdBeside(at, cap, 'UTC', { emails, places, self: 'self' })).toEqual({ reason: 'cap', until })
  })
})
