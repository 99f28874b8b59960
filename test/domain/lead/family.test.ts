import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isJoin, joinOf, membersOf, partOf } from '../../../domain/lead/log.ts'
import { type Fact, parseLeadId } from '../../../domain/model/activity.ts'
import { runs } from '../../support/runs.ts'
import { fact } from '../support/facts.ts'

const browser = parseLeadId('lead-browser')
if (!browser) throw new Error('not a lead id')

const at = (day: number) => `2026-03-0${day}T09:00:00.000Z`
const early = joinOf({ id: 'x', occurredAt: at(2) }, browser)
const late = joinOf({ id: 'y', occurredAt: at(5) }, browser)
const merge = fact('m', 'lead.merged', '03-03T09:00', { leadId: browser })
const part = fact('u', 'lead.unmerged', '03-04T09:00', { leadId: browser })
const mergeAgain = fact('m2', 'lead.merged', '03-06T09:00', { leadId: browser })

const together = { members: [browser], apart: [] }
const byHand = { members: [], apart: [browser] }
const nobody = { members: [], apart: [] }

describe('who belongs to a lead', () => {
  test.each<readonly [string, readonly Fact[], object]>([
    ['a join', [early], together],
    ['a join that was taken back', [early, partOf(early)], nobody],
    ['another join than the one taken back', [early, late, partOf(late)], together],
    ['an earlier join than the one taken back', [early, partOf(early), late], together],
    ['all joins taken back', [early, late, partOf(early), partOf(late)], nobody],
    ['a join that somebody parted', [early, part], byHand],
    ['a join after somebody parted them', [part, late], byHand],
    ['a join after which somebody merged them', [part, mergeAgain, late], together],
    ['a merge by hand beside a join that was taken back', [merge, late, partOf(late)], together],
    ['the last word by hand', [merge, part, mergeAgain], together],
  ])('%s, in whatever order it is told', (_name, facts, expected) => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...facts], { minLength: facts.length }), (shuffled) => {
        expect(membersOf(shuffled)).toEqual(expected)
      }),
      { numRuns: runs(20) },
    )
  })

  test('what stands in the log of a merged lead says nothing', () => {
    expect(membersOf([{ ...early, member: browser }])).toEqual(nobody)
  })
})

test('a join is told from a merge by hand', () => {
  expect([early, merge, partOf(early)].map(isJoin)).toEqual([true, false, false])
})
