import { describe, expect, it } from 'vitest'
import { requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import { at, member, team } from '../../domain/handoff/teams.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { apiWorld, now } from './api-world.ts'

const away = { absent: [{ from: '2026-03-02', to: '2026-03-02' }] }
const teams = {
  dach: team({ members: [member('Anna', { capacity: 1 }), member('Ben', away)], lead: member('Lea') }),
  uk: team({ id: 'uk', strategy: 'weighted', members: [member('Uma', { weight: 2 })] }),
}
const path = '/api/handoffs/lead-0001.1'

/** One open handoff, with Anna. */
const handoffWorld = async () => {
  const world = apiWorld({ handoff: { ...makePlaybook().handoff, teams } })
  const leadId = await world.addLead(1, { firstName: 'Grete' })
  const decided = {
    leadId,
    cycle: 1,
    score: 70,
    stage: 'intent',
    decisionId: 'd',
    correlationId: 'c',
  } as const
  const choice = { team: teams.dach, member: teams.dach.members[0], because: 'routed' } as const
  const requested = {
    ...requestHandoff({ qualified: decided, choice, rules: { accept: {} }, now }),
    outbox: [],
  }
  await world.handoffs.commit(requested)
  await world.handoffs.count({ ...requested, version: 1 })
  const reassign = (body?: unknown, groups = '[sales]') =>
    world.call(`${path}/reassign`, {
      method: 'POST',
      groups,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return { ...world, reassign }
}

describe('the list of handoffs', () => {
  it('says whom each is about, and what brought them to sales', async () => {
    const { call } = await handoffWorld()
    expect(await call('/api/handoffs', { query: { state: 'requested' } })).toMatchObject({
      type: 'ok',
      body: {
        items: [{ lead: { name: 'Grete', company: null, last: { type: 'demo.requested' } }, because: null }],
      },
    })
  })
})

describe('one handoff', () => {
  it('says what sales may give as a reason, in words, and what follows', async () => {
    const { call } = await handoffWorld()
    const { reject } = makePlaybook().handoff
    expect(await call(path, { query: { language: 'de' } })).toMatchObject({
      type: 'ok',
      body: {
        lead: { name: 'Grete' },
        reasons: Object.entries(reject).map(([reason, { type }]) => ({ reason, follows: { type } })),
      },
    })
  })

  it('shows who had it and why, and what its owner reads about the lead', async () => {
    const { call, reassign } = await handoffWorld()
    await reassign({ owner: at('Ben'), reason: 'knows them' })
    expect(await call(path, { groups: '[marketing]' })).toMatchObject({
      type: 'ok',
      body: {
        state: 'requested',
        owner: { name: 'Ben' },
        assignments: [
          { team: 'dach', owner: { name: 'Anna', email: at('Anna') }, at: now, because: 'routed' },
          { team: 'dach', owner: { name: 'Ben' }, because: 'by-hand', by: 'Sam', reason: 'knows them' },
        ],
        brief: { handoff: { team: 'dach' } },
      },
    })
  })

  it('says so where whoever is to have it is away', async () => {
    const { reassign } = await handoffWorld()
    expect(await reassign()).toMatchObject({ type: 'ok', body: { hint: 'Ben is away today.' } })
    const there = await reassign({ owner: at('Uma') })
    expect(there).toMatchObject({ type: 'ok', body: { owner: { name: 'Uma' } } })
    expect(there).not.toMatchObject({ body: { hint: expect.anything() } })
  })

  it('is read in a language of the playbook', async () => {
    const { call } = await handoffWorld()
    const german = await call(path, { query: { language: 'de' } })
    const english = await call(path, { query: { language: 'en' } })
    expect([german.type, english.type]).toEqual(['ok', 'ok'])
    expect(english).not.toEqual(german)
    expect(await call(path, { query: { language: 'fr' } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'language' }],
    })
  })

  it('that is not there is not found', async () => {
    const { call } = await handoffWorld()
    expect(await call('/api/handoffs/lead-0001.9')).toMatchObject({ type: 'not-found' })
  })
})

describe('giving a handoff to somebody else', () => {
  it.each<[string, unknown, object]>([
    [
      'without a wish: to whose turn it is, be they away',
      undefined,
      { type: 'ok', body: { owner: { name: 'Ben' } } },
    ],
    ['by team', { team: 'uk' }, { type: 'ok', body: { team: 'uk', owner: { name: 'Uma' } } }],
    ['by name', { owner: at('Lea') }, { type: 'ok', body: { owner: { name: 'Lea' } } }],
    ['to whoever has it', { owner: at('Anna') }, { type: 'ok', body: { owner: { name: 'Anna' } } }],
    [
      'to nobody we know',
      { owner: 'x@example.com' },
      { type: 'bad-input', errors: [{ path: 'owner', message: expect.stringContaining(at('Ben')) }] },
    ],
    [
      'to no team of ours',
      { team: 'sales' },
      { type: 'bad-input', errors: [{ path: 'team', message: 'must be one of: dach, uk' }] },
    ],
    ['with something else', { to: at('Ben') }, { type: 'bad-input' }],
    ['with a reason that is no text', { reason: 5 }, { type: 'bad-input', errors: [{ path: 'reason' }] }],
    ['with a list', [], { type: 'bad-input' }],
  ])('%s', async (_name, body, expected) => {
    const { reassign } = await handoffWorld()
    expect(await reassign(body)).toMatchObject(expected)
  })

  it('is sales’ business, works for what was accepted as well, and is over with its end', async () => {
    const { call, reassign, handoffs } = await handoffWorld()
    expect(await reassign({}, '[marketing]')).toMatchObject({ type: 'forbidden' })
    expect(await call(`${path}/accept`, { method: 'POST', groups: '[sales]' })).toMatchObject({ type: 'ok' })
    expect(await reassign({ owner: at('Ben') })).toMatchObject({
      type: 'ok',
      body: { state: 'accepted', answeredBy: 'Sam', owner: { name: 'Ben' } },
    })
    const stored = await handoffs.find('lead-0001.1')
    if (!stored) throw new Error('no handoff')
    await handoffs.commit({ ...stored, answer: { state: 'lost', at: now, accepted: { at: now, by: 'Sam' } } })
    expect(await reassign({})).toMatchObject({
      type: 'conflict',
      detail: 'This handoff is already lost.',
      current: { state: 'lost', answeredBy: 'Sam' },
    })
  })
})

describe('bad input for a handoff', () => {
  const nobodys = '/api/handoffs/lead-0009.1'
  const reasons = 'must say why, as one of the reasons of handoff.yaml'
  it.each<[string, string, unknown, object]>([
    ['an answer to a handoff of nobody', `${nobodys}/accept`, undefined, { type: 'not-found' }],
    ['a no to one of nobody', `${nobodys}/reject`, { reason: 'not-now' }, { type: 'not-found' }],
    ['somebody else for one of nobody', `${nobodys}/reassign`, {}, { type: 'not-found' }],
    ['an id that is none', '/api/handoffs/%E0%A4%A/accept', undefined, { type: 'not-found' }],
    [
      'a reason that the playbook does not have',
      `${path}/reject`,
      { reason: 'busy' },
      {
        type: 'bad-input',
        errors: [{ path: 'reason', message: expect.stringContaining('not-now') }],
      },
    ],
    [
      'a no without a reason',
      `${path}/reject`,
      {},
      { type: 'bad-input', errors: [{ path: 'reason', message: reasons }] },
    ],
    [
      'a no without a body',
      `${path}/reject`,
      undefined,
      { type: 'bad-input', errors: [{ message: reasons }] },
    ],
  ])('%s', async (_name, to, body, expected) => {
    const { call, handoffs } = await handoffWorld()
    const sent = {
      method: 'POST',
      groups: '[sales]',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
    expect(await call(to, sent)).toMatchObject(expected)
    expect(handoffs.items.get('lead-0001.1')?.answer).toEqual({ state: 'requested' })
  })
})

describe('giving away all that somebody has', () => {
  const all = (email: string, id = 'dach') => `/api/teams/${id}/members/${encodeURIComponent(email)}/reassign`
  const post = (body: unknown = {}) => ({ method: 'POST', groups: '[sales]', body: JSON.stringify(body) })

  it('gives each to somebody else, and says what came of it', async () => {
    const { call, handoffs } = await handoffWorld()
    expect(await call(all('ANNA@sales.example.com'), post({ reason: 'left' }))).toMatchObject({
      type: 'ok',
      body: { items: [{ handoffId: 'lead-0001.1', owner: { name: 'Ben' } }], left: 0 },
    })
    expect(handoffs.items.get('lead-0001.1')?.assignments.at(-1)).toMatchObject({ by: 'Sam', reason: 'left' })
    expect(await call(all(at('Anna')), post())).toEqual({ type: 'ok', body: { items: [], left: 0 } })
  })

  it.each<[string, string, object, object]>([
    [
      'to themselves',
      all(at('Anna')),
      { owner: at('Anna') },
      { type: 'bad-input', errors: [{ path: 'owner' }] },
    ],
    ['to nobody we know', all(at('Anna')), { owner: 'x@example.com' }, { type: 'bad-input' }],
    ['to no team of ours', all(at('Anna')), { team: 'x' }, { type: 'bad-input', errors: [{ path: 'team' }] }],
    ['with something else', all(at('Anna')), { to: 'x' }, { type: 'bad-input' }],
    ['of somebody who has nothing', all(at('Ben')), {}, { type: 'ok', body: { items: [], left: 0 } }],
    ['of a team that is not there', all(at('Anna'), 'x'), {}, { type: 'not-found' }],
    ['of somebody whom no team has', all('x@example.com'), {}, { type: 'not-found' }],
  ])('%s', async (_name, path, body, expected) => {
    const { call } = await handoffWorld()
    expect(await call(path, post(body))).toMatchObject(expected)
  })

  it('is sales’ business', async () => {
    const { call } = await handoffWorld()
    const asMarketing = { ...post(), groups: '[marketing]' }
    expect(await call(all(at('Anna')), asMarketing)).toMatchObject({ type: 'forbidden' })
  })
})

describe('the teams', () => {
  it('show what each member has open, who is full and who is away', async () => {
    const { call } = await handoffWorld()
    const person = { open: 0, capacity: null, full: false, absent: false, atWork: true }
    expect(await call('/api/teams', { groups: '[sales]' })).toEqual({
      type: 'ok',
      body: {
        items: [
          {
            team: 'dach',
            timeZone: 'Europe/Berlin',
            strategy: 'round-robin',
            sticky: [],
            lead: { name: 'Lea', email: at('Lea'), ...person },
            members: [
              { name: 'Anna', email: at('Anna'), ...person, open: 1, capacity: 1, full: true },
              { name: 'Ben', email: at('Ben'), ...person, absent: true, atWork: false },
            ],
          },
          {
            team: 'uk',
            timeZone: 'Europe/Berlin',
            strategy: 'weighted',
            sticky: [],
            lead: null,
            members: [{ name: 'Uma', email: at('Uma'), ...person, weight: 2 }],
          },
        ],
      },
    })
    expect(await call('/api/teams', { groups: '[marketing]' })).toMatchObject({ type: 'forbidden' })
  })
})

describe('somebody who was taken out of the team', () => {
  const leftWorld = async (state: 'requested' | 'accepted') => {
    const left = { ...teams, dach: team({ members: [member('Ben'), member('Cara')] }) }
    const world = apiWorld({ handoff: { ...makePlaybook().handoff, teams: left } })
    const leadId = await world.addLead(1, { firstName: 'Grete' })
    const decided = {
      leadId,
      cycle: 1,
      score: 70,
      stage: 'intent',
      decisionId: 'd',
      correlationId: 'c',
    } as const
    const choice = { team: teams.dach, member: teams.dach.members[0], because: 'routed' } as const
    const made = requestHandoff({ qualified: decided, choice, rules: { accept: {} }, now })
    const answer = state === 'accepted' ? ({ state, at: now, by: at('Anna') } as const) : ({ state } as const)
    const handoff = { ...made, answer, outbox: [] }
    await world.handoffs.commit(handoff)
    await world.handoffs.count({ ...handoff, version: 1 })
    return world
  }

  it.each(['requested', 'accepted'] as const)(
    'is shown with what they had %s, which can be given away',
    async (state) => {
      const { call, handoffs } = await leftWorld(state)
      const former = [{ email: at('Anna'), open: 1, handoffs: ['lead-0001.1'] }]
      expect(await call('/api/teams', { groups: '[sales]' })).toMatchObject({
        body: { items: [{ team: 'dach', former }, { team: 'uk' }] },
      })
      for (const shown of [path, '/api/handoffs', '/api/leads/lead-0001'])
        expect(JSON.stringify(await call(shown, { groups: '[sales]' }))).toContain('"ownerLeft":true')
      const given = `/api/teams/dach/members/${encodeURIComponent(at('Anna'))}/reassign`
      expect(await call(given, { method: 'POST', groups: '[sales]', body: '{}' })).toMatchObject({
        type: 'ok',
        body: { items: [{ handoffId: 'lead-0001.1', state }], left: 0 },
      })
      expect([at('Ben'), at('Cara')]).toContain(handoffs.items.get('lead-0001.1')?.owner.email)
      expect(JSON.stringify(await call('/api/teams', { groups: '[sales]' }))).not.toContain('former')
      expect(JSON.stringify(await call(path, { groups: '[sales]' }))).not.toContain('ownerLeft')
    },
  )
})
