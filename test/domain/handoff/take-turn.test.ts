import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Candidate,
  type CurrentWeights,
  takeNextInLine,
  takeTurn,
} from '../../../domain/handoff/routing.ts'

const anyTeam = fc
  .array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 7 })
  .map((weights) => weights.map((weight, index): Candidate => ({ email: `m${index}@x.example`, weight })))

const take = (candidates: readonly Candidate[], turns: number, first: CurrentWeights = {}) => {
  const counts = new Map<string, number>()
  let owed = first
  for (let turn = 0; turn < turns; turn += 1) {
    const taken = takeTurn(owed, candidates)
    if (!taken) throw new Error('nobody')
    owed = taken.owed
    counts.set(taken.member.email, (counts.get(taken.member.email) ?? 0) + 1)
  }
  return { owed, counts }
}

describe('turns', () => {
  it('are shared exactly by weight over every full round', () => {
    fc.assert(
      fc.property(anyTeam, fc.integer({ min: 1, max: 5 }), (team, rounds) => {
        const sum = team.reduce((total, { weight = 1 }) => total + weight, 0)
        const { owed, counts } = take(team, sum * rounds)
        expect(team.map(({ email }) => counts.get(email))).toEqual(
          team.map(({ weight = 1 }) => weight * rounds),
        )
        expect(Object.values(owed).every((due) => due === 0)).toBe(true)
      }),
    )
  })

  it('owe nobody more than the team is large, whoever comes and goes', () => {
    const team = Array.from({ length: 5 }, (_, index) => ({ email: `m${index}@x.example` }))
    const anyPresence = fc.array(fc.subarray(team, { minLength: 1 }), { maxLength: 200 })
    fc.assert(
      fc.property(anyPresence, (present) => {
        let owed: CurrentWeights = {}
        for (const candidates of present) owed = takeTurn(owed, candidates)?.owed ?? owed
        for (const due of Object.values(owed)) expect(Math.abs(due)).toBeLessThan(5 * 1000)
      }),
    )
  })

  it('are nobody’s in a team without candidates', () => {
    expect(takeTurn({}, [])).toBeUndefined()
  })
})

describe('a line', () => {
  const team = Array.from({ length: 5 }, (_, index) => ({ email: `M${index}@x.example` }))

  it('gives turns that differ by at most one, at any moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.nat(100), (size, turns) => {
        const members = team.slice(0, size)
        const counts = new Map<string, number>()
        let owed: CurrentWeights = {}
        for (let turn = 0; turn < turns; turn += 1) {
          const next = takeNextInLine(owed, members, members)
          if (!next) throw new Error('nobody')
          owed = next.owed
          counts.set(next.member.email, (counts.get(next.member.email) ?? 0) + 1)
        }
        const shares = members.map(({ email }) => counts.get(email) ?? 0)
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('gives each turn to whoever of those present has waited longest', () => {
    const anyPresence = fc.array(fc.subarray(team, { minLength: 1 }), { maxLength: 60 })
    fc.assert(
      fc.property(anyPresence, (present) => {
        let owed: CurrentWeights = {}
        const last = new Map<string, number>()
        for (const [turn, equals] of present.entries()) {
          const next = takeNextInLine(owed, team, equals)
          if (!next) throw new Error('nobody')
          owed = next.owed
          const since = ({ email }: Candidate) => last.get(email) ?? -1
          expect(since(next.member)).toBe(Math.min(...equals.map(since)))
          last.set(next.member.email, turn)
        }
      }),
    )
  })

  it('yields no owner from an empty team', () => {
    expect(takeNextInLine({}, team, [])).toBeUndefined()
  })
})
