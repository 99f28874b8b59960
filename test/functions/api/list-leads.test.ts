import { describe, expect, it } from 'vitest'
import { requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import { member, team } from '../../domain/handoff/teams.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { apiWorld, now } from './api-world.ts'

interface Listed {
  readonly items: readonly { readonly name: string | null; readonly score: number }[]
  readonly next?: string
  readonly total?: number | { readonly atLeast: number }
  readonly sorted: boolean
}

const bodyOf = (result: ApiResult): Listed => {
  if (result.type !== 'ok') throw new Error(JSON.stringify(result))
  return result.body as Listed
}

const teams = {
  dach: team({ members: [member('Anna'), member('Ben')], lead: member('Lea') }),
  uk: team({ id: 'uk', members: [member('Uma')] }),
}

const world = async (names: readonly string[]) => {
  const made = apiWorld({ handoff: { ...makePlaybook().handoff, teams } })
  const ids: LeadId[] = []
  for (const [index, firstName] of names.entries())
    ids.push(await made.addLead(index + 1, { firstName, company: index % 2 ? 'Nordwerk' : 'Südwerk' }))
  const handOff = async (leadId: LeadId, of: 'dach' | 'uk', to: number): Promise<void> => {
    const { members } = teams[of]
    const choice = { team: teams[of], member: members[to] ?? members[0], because: 'routed' } as const
    const qualified = {
      leadId,
      cycle: 1,
      score: 70,
      stage: 'intent',
      decisionId: 'd',
      correlationId: 'c',
    } as const
    const handoff = { ...requestHandoff({ qualified, choice, rules: { accept: {} }, now }), outbox: [] }
    await made.handoffs.commit(handoff)
    await made.handoffs.count({ ...handoff, version: 1 })
  }
  const list = async (query: Readonly<Record<string, string>>): Promise<Listed> =>
    bodyOf(await made.call('/api/leads', { query }))
  const named = async (query: Readonly<Record<string, string>>) =>
    (await list(query)).items.map(({ name }) => name)
  return { ...made, ids, handOff, list, named }
}

describe('the list of leads', () => {
  it('goes by name, by time or by score, up or down, and goes on where a page ended', async () => {
    const { list, named } = await world(['Cem', 'Äda', 'Béla'])
    expect(await named({ sort: 'name' })).toEqual(['Äda', 'Béla', 'Cem'])
    expect(await named({ sort: 'name', order: 'desc' })).toEqual(['Cem', 'Béla', 'Äda'])
    expect(await named({ sort: 'createdAt', order: 'asc' })).toHaveLength(3)
    const first = await list({ sort: 'name', limit: '2' })
    expect(first).toMatchObject({ sorted: true, total: 3 })
    expect(await named({ sort: 'name', limit: '2', cursor: first.next ?? '' })).toEqual(['Cem'])
    const up = (await list({ sort: 'score', order: 'asc' })).items.map(({ score }) => score)
    expect(up).toEqual(up.toSorted((a, b) => a - b))
  })

  it('goes on by its own cursors alone', async () => {
    const { list, call } = await world(['Cem', 'Äda', 'Béla', 'Adam'])
    const query = { sort: 'name', q: 'nordwerk' }
    const { next = '' } = await list({ ...query, limit: '1' })
    expect((await list({ ...query, limit: '2', cursor: next })).items).toHaveLength(1)
    for (const other of [
      { q: 'nordwerk' },
      { sort: 'name' },
      { ...query, order: 'desc' },
      { ...query, q: 'nord' },
    ])
      expect(await call('/api/leads', { query: { ...other, cursor: next } })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
      })
  })

  it('is searched by the beginnings of words, sorted as asked, with the number of all that were found', async () => {
    const { list, named } = await world(['Cem', 'Äda', 'Béla', 'Adam'])
    expect(await named({ q: 'ad', sort: 'name' })).toEqual(['Äda', 'Adam'])
    expect(await named({ q: 'sudw bel', sort: 'name' })).toEqual(['Béla'])
    expect(await list({ q: 'nordwerk', limit: '1' })).toMatchObject({ total: 2, sorted: true })
    const first = await list({ q: 'nordwerk', limit: '1', sort: 'name' })
    expect(await named({ q: 'nordwerk', limit: '1', sort: 'name', cursor: first.next ?? '' })).toHaveLength(1)
    expect(await list({ q: '?!' })).toMatchObject({ items: [], total: 0 })
  })

  it('shows whom a salesperson or a team has open, and nobody else', async () => {
    const { ids, handOff, named, list, call } = await world(['Cem', 'Äda', 'Béla'])
    const [cem, ada, bela] = ids
    if (!cem || !ada || !bela) throw new Error('no leads')
    await handOff(cem, 'dach', 0)
    await handOff(ada, 'uk', 0)
    const anna = teams.dach.members[0]?.email ?? ''
    expect(await named({ owner: anna.toUpperCase() })).toEqual(['Cem'])
    expect(await named({ team: 'uk' })).toEqual(['Äda'])
    expect(await named({ team: 'uk', owner: anna })).toEqual([])
    expect(await list({ team: 'dach' })).toMatchObject({ total: 1, sorted: true })
    expect(await named({ team: 'dach', q: 'bela' })).toEqual([])
    expect(await call('/api/leads', { query: { team: 'dch' } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'team', message: expect.stringContaining('dach') }],
    })
  })

  it('shows leads by their ids, whether they have an address or not, and passes over ids of nobody', async () => {
    const { ids, list, named } = await world(['Cem', 'Äda', 'Béla'])
    const asked = `${ids[2]},nobody-has-this,${ids[0]}`
    expect(await named({ ids: asked, sort: 'name' })).toEqual(['Béla', 'Cem'])
    expect((await list({ ids: '' })).items).toEqual([])
    await expect(list({ ids: Array(101).fill(ids[0]).join(',') })).rejects.toThrow('at most 100 ids')
  })

  it('says at least how many there are where a condition leaves some out and the list goes on', async () => {
    const { list } = await world(Array.from({ length: 30 }, (_, index) => `Ada ${index}`))
    const where = 'lead.company.startsWith("Nord")'
    expect(await list({ where })).toMatchObject({ total: 15 })
    const part = await list({ where, limit: '1' })
    expect(part).toMatchObject({ total: { atLeast: 1 } })
    expect(part.next).toBeDefined()
    expect(await list({})).toMatchObject({ total: 30 })
    expect(
      (await list({ limit: '10', cursor: (await list({ limit: '10' })).next ?? '' })).total,
    ).toBeUndefined()
  })

  it('finds whom a condition names, however many there are beside', async () => {
    const names = Array.from({ length: 230 }, (_, index) => `Ada${index}`)
    const { list, named } = await world([...names, 'Béla Große'])
    expect(
      await list({ where: 'lead.company == "Südwerk" && lead.firstName == "Béla Große"' }),
    ).toMatchObject({
      total: 1,
      sorted: true,
    })
    expect(await named({ where: '"Béla Große" == lead.firstName', q: 'sud' })).toEqual(['Béla Große'])
    expect(await named({ where: 'lead.firstName == "béla große"' })).toEqual([])
    expect((await list({ where: 'lead.firstName == "Béla Große" || score < 0' })).next).toBeDefined()
  })

  it('looks at fifty people in one request, and goes on', async () => {
    const { list } = await world(Array.from({ length: 230 }, (_, index) => `Ada${index}`))
    const where = 'lead.firstName.startsWith("Ada22")'
    const seen: (string | null)[] = []
    let requests = 0
    for (let page: Listed | undefined = await list({ where }); page; requests += 1) {
      seen.push(...page.items.map(({ name }) => name))
      page = page.next === undefined ? undefined : await list({ where, cursor: page.next })
    }
    expect(seen).toHaveLength(11)
    expect(requests).toBe(5)
  })

  it('is as long as was asked for where nothing narrows it', async () => {
    const { list } = await world(Array.from({ length: 120 }, (_, index) => `Ada${index}`))
    const page = await list({ limit: '100' })
    expect([page.items.length, page.next]).toEqual([100, expect.any(String)])
  })

  it('says of a condition where it is wrong', async () => {
    const { call } = await world([])
    expect(await call('/api/leads', { query: { where: 'score >> 3' } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'where', message: expect.stringMatching(/at character \d+/) }],
    })
  })

  it('comes as the source has it, and says so, where more fit than are put in order at once', async () => {
    const { list } = await world(Array.from({ length: 230 }, (_, index) => `Ada${index}`))
    const many = await list({ q: 'ada', sort: 'name' })
    expect(many).toMatchObject({ sorted: false, total: { atLeast: 50 } })
    expect(many.items).toHaveLength(50)
    const seen = new Set<string | null>()
    for (let page: Listed | undefined = many; page; ) {
      for (const { name } of page.items) seen.add(name)
      page = page.next === undefined ? undefined : await list({ q: 'ada', sort: 'name', cursor: page.next })
    }
    expect(seen.size).toBe(230)
  })
})

describe('saved views', () => {
  const save = (items: readonly object[], version: number, groups = '[sales]') => ({
    method: 'PUT',
    groups,
    body: JSON.stringify({ items, version }),
  })

  it('are each person’s own, and of two who save at once the second is told', async () => {
    const { call } = await world([])
    const view = { name: 'Hot', query: 'where=score+%3E+60' }
    expect(await call('/api/views', { groups: '[sales]' })).toMatchObject({ body: { items: [], version: 0 } })
    expect(await call('/api/views', save([view, { ...view, query: 'q=x' }], 0))).toMatchObject({
      type: 'ok',
      body: { items: [{ name: 'Hot', query: 'q=x' }], version: 1 },
    })
    expect(await call('/api/views', save([view], 0))).toMatchObject({ type: 'conflict' })
    expect(await call('/api/views', save([{ name: '', query: '' }], 1))).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'items.0.name' }],
    })
  })
})

describe('the score over time', () => {
  it('is what it was at each activity and in between, by rule', async () => {
    const { ids, call } = await world(['Ada'])
    const answer = await call(`/api/leads/${ids[0]}/score`, { query: { language: 'en' } })
    if (answer.type !== 'ok') throw new Error(answer.type)
    const { points } = answer.body as {
      points: readonly { at: string; score: number; rules: Readonly<Record<string, number>> }[]
    }
    const lead = await call(`/api/leads/${ids[0]}`)
    expect(lead).toMatchObject({ body: { score: points.at(-1)?.score } })
    expect(points.map(({ at }) => at)).toEqual(points.map(({ at }) => at).toSorted())
    expect(points[0]?.at).toBe('2026-03-01T09:00:00.000Z')
    expect(points.at(-1)?.at).toBe(now)
    for (const { score, rules } of points)
      expect(Object.values(rules).reduce((sum, one) => sum + one, 0)).toBeCloseTo(score, 6)
  })
})
