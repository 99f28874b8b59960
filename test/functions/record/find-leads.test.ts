import { expect, test } from 'vitest'
import { identityRules } from '../../../domain/activity/subject.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import type { Identified } from '../../../functions/ports.ts'
import { makeFindLeads } from '../../../functions/record/record-people.ts'
import type { Arrival } from '../../../functions/record/record-ports.ts'

const idOf = (name: string) => {
  const id = parseLeadId(name)
  if (id === undefined) throw new Error('not a lead id')
  return id
}

const erasedAt = '2026-03-02T09:00:00.000Z'
const suppressed = { reason: 'erased', at: erasedAt, erasedAt } as const
const [before, after] = ['2026-03-02T09:00:00.000Z', '2026-03-02T09:00:00.001Z']

const arrival = (
  messageId: string,
  subject: Arrival['activity']['subject'],
  occurredAt: string,
  visitorId?: string,
): Arrival => ({
  messageId,
  activity: { id: messageId, type: 'page.viewed', subject, occurredAt, timeAssumed: false, properties: {} },
  ...(visitorId !== undefined && { visitorId }),
})

/** Answers as the table does: nobody is claimed for what was erased since. */
const world = (claimed: boolean) => {
  const asked: unknown[] = []
  const identify = async (
    subject: Arrival['activity']['subject'],
    asOf = '',
  ): Promise<Identified | undefined> => {
    asked.push(subject)
    if (!claimed && asOf <= erasedAt) return undefined
    return { leadId: idOf('email' in subject ? 'person-0001' : 'browser-001'), suppressed }
  }
  return { find: makeFindLeads({ identify }), asked }
}

const ids = ({ found }: { readonly found: readonly Arrival[] }) => found.map(({ messageId }) => messageId)
const email = { email: 'anna@example.com' }

test.each([true, false])(
  'what happened before an erasure is dropped (claimed by another: %s)',
  async (claimed) => {
    const { find } = world(claimed)
    const found = await find(
      [arrival('old', email, before), arrival('old-browser', { visitorId: 'v' }, before)],
      identityRules(undefined),
    )
    expect(ids(found)).toEqual([])
    expect(found.failures.size).toBe(0)
  },
)

test('in one batch the old goes, the new stays, and each subject is asked for once', async () => {
  const { find, asked } = world(false)
  const found = await find(
    [arrival('old', email, before), arrival('new', email, after), arrival('seen', { visitorId: 'v' }, after)],
    identityRules(undefined),
  )
  expect(ids(found).toSorted()).toEqual(['new', 'seen'])
  expect(asked).toHaveLength(2)
  // What stands against a browser is nothing against an address.
  expect(found.found.find(({ messageId }) => messageId === 'seen')).not.toHaveProperty('suppressed')
})
