import { expect, it } from 'vitest'
import { whyNotByHand, whyOwnType } from '../../../domain/activity/own-types.ts'

it.each([
  ['lead.merged', /POST \/api\/leads\/\{leadId\}\/merge/, /merge/],
  ['handoff.accepted', undefined, /POST \/api\/handoffs\/\{id\}\/accept/],
  ['handoff.rejected', undefined, /POST \/api\/handoffs\/\{id\}\/reject/],
  ['deal.won', undefined, undefined],
] as const)('%s: who may send it, and who may log it by hand', (type, sent, logged) => {
  for (const [why, expected] of [
    [whyOwnType(type), sent],
    [whyNotByHand(type), logged],
  ] as const)
    if (expected) expect(why).toMatch(expected)
    else expect(why).toBeUndefined()
})
