import { describe, expect, it } from 'vitest'
import {
  type CurrentWeights,
  chooseMember,
  chooseRegardless,
  type TeamStatus,
} from '../../../domain/handoff/routing.ts'
import type { Member, Team } from '../../../domain/model/handoff-rules.ts'
import { at, member, team } from './teams.ts'

/** A Monday at ten in Berlin. */
const monday = '2026-11-23T09:00:00.000Z'
const sunday = '2026-11-22T09:00:00.000Z'

const standing = (
  loads: Readonly<Record<string, number>> = {},
  more: Partial<TeamStatus> = {},
): TeamStatus => ({
  owed: {},
  loads: new Map(Object.entries(loads).map(([name, load]) => [at(name), load])),
  now: monday,
  ...more,
})

/** Who has the next turns, one after the other, each of them a further load. */
const turns = (of: Team, count: number, first = standing()): string => {
  let owed: CurrentWeights = first.owed
  const loads = new Map(first.loads)
  const names: string[] = []
  for (let turn = 0; turn < count; turn += 1) {
    const chosen = chooseMember(of, { ...first, owed, loads })
    if (!chosen) return [...names, 'nobody'].join(' ')
    owed = chosen.owed
    const key = chosen.member.email.toLowerCase()
    loads.set(key, (loads.get(key) ?? 0) + 1)
    names.push(chosen.member.name)
  }
  return names.join(' ')
}

const of = (...members: [Member, ...Member[]]): Pick<Team, 'members'> => ({ members })
const early = { days: ['mon'], from: '06:00', to: '09:00' } as const
const away = { absent: [{ from: '2026-11-20', to: '2026-11-23' }] }

describe('whose turn it is', () => {
  it.each<[string, Partial<Team>, TeamStatus, string]>([
    ['round-robin: in their order', {}, standing(), 'Anna Ben Cara Anna Ben'],
    ['round-robin: whatever they have open', {}, standing({ Anna: 9, Ben: 5 }), 'Anna Ben Cara Anna Ben'],
    [
      'weighted: in proportion, and mixed',
      { strategy: 'weighted', ...of(member('Anna', { weight: 3 }), member('Ben')) },
      standing(),
      'Anna Anna Ben Anna Anna Anna Ben Anna',
    ],
    [
      'weighted: parts of a turn',
      { strategy: 'weighted', ...of(member('Anna', { weight: 0.5 }), member('Ben', { weight: 0.25 })) },
      standing(),
      'Anna Ben Anna Anna Ben Anna',
    ],
    [
      'least-loaded: to whoever has the fewest',
      { strategy: 'least-loaded' },
      standing({ Anna: 2, Ben: 1, Cara: 1 }),
      'Ben Cara Anna Ben Cara',
    ],
    ['absent: passed over', of(member('Anna', away), member('Ben')), standing(), 'Ben Ben'],
    [
      'absent: the last day is included, in the zone of the team',
      of(member('Anna', away), member('Ben')),
      standing({}, { now: '2026-11-23T22:59:59.000Z' }),
      'Ben Ben',
    ],
    [
      'absent: back the next day',
      of(member('Anna', away), member('Ben')),
      standing({}, { now: '2026-11-23T23:00:00.000Z' }),
      'Anna Ben',
    ],
    [
      'capacity: up to it, and not beyond',
      of(member('Anna', { capacity: 2 }), member('Ben')),
      standing(),
      'Anna Ben Anna Ben Ben Ben',
    ],
    [
      'capacity: everybody full',
      of(member('Anna', { capacity: 1 }), member('Ben', { capacity: 1 })),
      standing({ Ben: 1 }),
      'Anna nobody',
    ],
    [
      'hours: who is at work, while somebody is',
      of(member('Anna', { hours: early }), member('Ben')),
      standing(),
      'Ben Ben',
    ],
    [
      'hours: in the turn as usual when nobody is at work',
      of(member('Anna', { hours: early }), member('Ben')),
      standing({}, { now: sunday }),
      'Anna Ben Anna',
    ],
    [
      'hours: who is at work may be full, then the others have their turn',
      of(member('Anna', { hours: early }), member('Ben', { capacity: 1 })),
      standing({ Ben: 1 }),
      'Anna Anna',
    ],
    [
      'hours: on a holiday of the team nobody is at work',
      of(member('Anna', { hours: early }), member('Ben')),
      standing({}, { now: '2026-12-25T09:00:00.000Z' }),
      'Anna Ben',
    ],
    [
      'excepted: passed over, however it is written',
      {},
      standing({}, { except: ['ANNA@sales.example.com'] }),
      'Ben Cara Ben',
    ],
    ['excepted: all', {}, standing({}, { except: ['Anna', 'Ben', 'Cara'].map(at) }), 'nobody'],
  ])('%s', (_name, parts, given, expected) => {
    expect(turns(team(parts), expected.split(' ').length, given)).toBe(expected)
  })

  it('does not flood whoever comes back', () => {
    const parts = of(member('Anna', away), member('Ben'), member('Cara'))
    let owed: CurrentWeights = {}
    for (let turn = 0; turn < 20; turn += 1)
      owed = chooseMember(team(parts), standing({}, { owed }))?.owed ?? {}
    const back = standing({}, { owed, now: '2026-11-24T09:00:00.000Z' })
    expect(turns(team(parts), 6, back)).toBe('Anna Ben Cara Anna Ben Cara')
  })

  it('is, where nobody is left, of whoever has the least to do, away or full or not', () => {
    const parts = of(member('Anna', { ...away, capacity: 1 }), member('Ben', { capacity: 2 }))
    const given = standing({ Anna: 1, Ben: 2 })
    expect(chooseMember(team(parts), given)).toBeUndefined()
    expect(chooseRegardless(team(parts), given).member.name).toBe('Anna')
  })
})
