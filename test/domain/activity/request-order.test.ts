import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { inRequestOrder } from '../../../domain/activity/parse-activity.ts'
import { identityRules } from '../../../domain/activity/subject.ts'
import { compareFacts } from '../../../domain/model/activity.ts'

const now = '2026-03-02T09:00:00.000Z'
const identity = identityRules({ plusTags: 'same' })
const anna = { email: 'anna@example.com' }

const given = (id: string, subject: object, occurredAt?: string) => ({
  id,
  type: 'custom.happened',
  properties: {},
  subject,
  occurredAt: occurredAt ?? now,
  timeAssumed: occurredAt === undefined,
})

const taken = (list: readonly ReturnType<typeof given>[]) =>
  inRequestOrder(list, identity)
    .toSorted(compareFacts)
    .map(({ id }) => id)

describe('activities of one request without times', () => {
  test('about one person are taken in its order, whatever their ids', () => {
    const list = ['z', 'm', 'a', 'k'].map((id) => given(id, anna))
    expect(taken(list)).toEqual(['z', 'm', 'a', 'k'])
    expect(inRequestOrder(list, identity).map(({ occurredAt }) => occurredAt.slice(-4))).toEqual([
      '000Z',
      '001Z',
      '002Z',
      '003Z',
    ])
  })

  test.each([
    ['spelled in several ways', [anna, { email: 'Anna+news@example.com' }, { email: 'ANNA@example.com' }]],
    ['named by address, id and browser', [{ visitorId: 'v' }, anna, { leadId: 'lead-0001' }]],
    ['by browser', [{ visitorId: 'v' }, { visitorId: 'v' }, { visitorId: 'v' }]],
  ])('who is %s is one person', (_how, subjects) => {
    expect(taken(subjects.map((subject, index) => given('zya'[index] ?? '', subject)))).toEqual([
      'z',
      'y',
      'a',
    ])
  })

  test('of many people stay at the time of arrival', () => {
    const list = Array.from({ length: 500 }, (_, index) =>
      given(`e${index}`, { email: `p${index}@example.com` }),
    )
    expect(inRequestOrder(list, identity)).toEqual(list)
  })

  test('leave those with times of their own where they are', () => {
    const list = [given('b', anna), given('t', anna, '2026-03-01T00:00:00.000Z'), given('a', anna)]
    expect(taken(list)).toEqual(['t', 'b', 'a'])
    expect(inRequestOrder(list, identity)[1]).toBe(list[1])
  })

  test('never change places, however they are mixed', () => {
    const subjects = [anna, { email: 'ben@example.com' }, { visitorId: 'v' }, { leadId: 'lead-0001' }]
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...subjects), fc.uuid()), { maxLength: 40 }), (list) => {
        const placed = inRequestOrder(
          list.map(([subject, id]) => given(id, subject)),
          identity,
        )
        for (const [index, one] of placed.entries())
          for (const other of placed.slice(index + 1)) {
            expect(other.occurredAt >= one.occurredAt).toBe(true)
            const isSame = JSON.stringify(one.subject) === JSON.stringify(other.subject)
            const isOtherKind = Object.keys(one.subject).join() !== Object.keys(other.subject).join()
            if (isSame || isOtherKind) expect(other.occurredAt > one.occurredAt).toBe(true)
          }
      }),
    )
  })
})
