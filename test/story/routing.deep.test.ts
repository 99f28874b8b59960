import { describe, expect, it } from 'vitest'
import { type HandoffView, linkIn } from './client.ts'
import { playbookWithHandoff } from './playbook-folder.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

interface RoutedHandoff extends HandoffView {
  readonly team: string
  readonly answeredBy: string | null
  readonly assignments: readonly { readonly owner: { readonly name: string }; readonly because: string }[]
}

interface Teams {
  readonly items: readonly {
    readonly team: string
    readonly members: readonly { readonly name: string; readonly open: number; readonly absent: boolean }[]
  }[]
}

const at = (name: string): string => `${name.toLowerCase()}@sales.example.com`
const member = (name: string, more = ''): string => `{ name: ${name}, email: ${at(name)}${more} }`
const today = new Date().toISOString().slice(0, 10)
const away = `, absent: [{ from: ${today}, to: 2099-12-31 }]`
const open = 'timeZone: UTC, hours: { days: [mon, tue, wed, thu, fri, sat, sun], from: "00:00", to: "23:59" }'

const handoff = `qualify: 'did("demo.requested")'
require: [email]
teams:
  dach:
    { ${open}, strategy: round-robin, sticky: [lead, account], members: [
      ${member('Anna', ', capacity: 1')}, ${member('Ben')}, ${member('Clara', away)} ] }
  uk:
    { ${open}, strategy: weighted, members: [
      ${member('Uma', ', weight: 2')}, ${member('Una')} ] }
  france:
    { ${open}, strategy: round-robin, members: [${member('Fleur', away)}] }
  world:
    { ${open}, strategy: least-loaded, members: [
      ${member('Wim')}, ${member('Wanda')} ] }
route:
  - { when: 'lead.country in ["DE", "AT", "CH"]', team: dach }
  - { when: 'lead.country == "GB"', team: uk }
  - { when: 'lead.country == "FR"', team: france }
  - { team: world }
reject: { not-now: { recycle: interest, pause: 30d } }
`

/** Each step stands on the one before. */
describe('a qualified lead finds its salesperson', () => {
  const client = useStory({ playbook: () => playbookWithHandoff(handoff) })
  const story = scoringClient(client)

  const show = (handoffId: string) => client.get<RoutedHandoff>(`/api/handoffs/${handoffId}`, 'sales')
  const handoffOf = async (email: string): Promise<RoutedHandoff> => {
    const [latest] = (await client.leadByEmail(email)).handoffs.toReversed()
    if (!latest) throw new Error(`no handoff of ${email}`)
    return show(latest.handoffId)
  }
  /** @returns who has it, and why. */
  const qualify = async (email: string, fields: Readonly<Record<string, string>> = {}): Promise<string> => {
    await story.record({ email }, ['profile.updated', { fields }], ['demo.requested'])
    const { owner, assignments } = await handoffOf(email)
    return `${owner.name} ${assignments.at(-1)?.because}`
  }
  const loads = async (team: string): Promise<Readonly<Record<string, number>>> => {
    const { items } = await client.get<Teams>('/api/teams', 'sales')
    const members = items.find((one) => one.team === team)?.members ?? []
    return Object.fromEntries(members.map(({ name, open: load }) => [name, load]))
  }
  const answerBy = async (email: string, nth: number, answer: Readonly<Record<string, string>>) => {
    const mail = (await client.inbox(email))[nth]
    if (!mail) throw new Error(`no mail for ${email}`)
    return client.raw(linkIn(mail, '/h/'), { method: 'POST', body: new URLSearchParams(answer) })
  }

  it('in turn, by weight or by what they have open; who is away or full is passed over', async () => {
    const german = { country: 'DE' }
    expect([
      await qualify('a@alpha.example', german),
      await qualify('b@beta.example', { country: 'AT' }),
      await qualify('c@gamma.example', german),
      await qualify('d@delta.example', german),
    ]).toEqual(['Anna routed', 'Ben routed', 'Ben routed', 'Ben routed'])
    const british = { country: 'GB' }
    expect([
      await qualify('e@uk.example', british),
      await qualify('f@uk.example', british),
      await qualify('g@uk.example', british),
    ]).toEqual(['Uma routed', 'Una routed', 'Uma routed'])
    expect([await qualify('h@world.example'), await qualify('i@world.example')]).toEqual([
      'Wim routed',
      'Wanda routed',
    ])
    expect(await loads('dach')).toEqual({ Anna: 1, Ben: 3, Clara: 0 })
    expect(await client.inbox(at('Clara'))).toEqual([])
  })

  it('in the default team where nobody of theirs is there: never lost, and somebody is told', async () => {
    expect(await qualify('j@france.example', { country: 'FR' })).toBe('Wim fallback')
    expect(await client.inbox(at('Wim'))).toHaveLength(2)
  })

  it('may be given to somebody else: the earlier owner sees to whom, and answers no more', async () => {
    const { handoffId } = await handoffOf('a@alpha.example')
    const reassign = (body: object) => client.post(`/api/handoffs/${handoffId}/reassign`, body)
    expect((await reassign({ owner: 'nobody@example.com' })).status).toBe(422)
    expect((await reassign({ owner: at('Ben'), reason: 'Anna is on the road' })).status).toBe(200)
    await client.settle()
    expect(await loads('dach')).toEqual({ Anna: 0, Ben: 4, Clara: 0 })
    const [mail] = await client.inbox(at('Anna'))
    if (!mail) throw new Error('no mail')
    const page = await client.raw(linkIn(mail, '/h/'))
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Ben')])
    expect((await answerBy(at('Anna'), 0, { answer: 'accept' })).status).toBe(409)
    expect(await show(handoffId)).toMatchObject({
      state: 'requested',
      assignments: [{ because: 'routed' }, { because: 'by-hand', owner: { name: 'Ben' } }],
    })
    const assigned = await story.told('HandoffAssigned', (await handoffOf('a@alpha.example')).leadId)
    expect(assigned).toMatchObject([{ member: 0 }, { member: 1, because: 'by-hand', assignment: 2 }])
    expect(JSON.stringify(assigned)).not.toMatch(/@|on the road/)
  })

  it('of two who answer at once one has it, and the other sees who', async () => {
    const { handoffId } = await handoffOf('a@alpha.example')
    const [byLink, byApi] = await Promise.all([
      answerBy(at('Ben'), 3, { answer: 'accept' }),
      client.post(`/api/handoffs/${handoffId}/accept`, undefined),
    ])
    expect([byLink.status, byApi.status].toSorted()).toEqual([200, 409])
    const { state, answeredBy } = await show(handoffId)
    expect(state).toBe('accepted')
    const loser = await (byLink.status === 409 ? byLink : byApi).text()
    expect(loser).toContain(answeredBy)
    await client.settle()
  })

  it('goes on to a colleague accepted as it is, alone or with all that somebody has', async () => {
    const { handoffId } = await handoffOf('a@alpha.example')
    const wish = { owner: at('Clara'), reason: 'Ben is ill' }
    expect((await client.post(`/api/handoffs/${handoffId}/reassign`, wish)).status).toBe(200)
    await client.settle()
    expect(await show(handoffId)).toMatchObject({ state: 'accepted', owner: { name: 'Clara' } })
    const [mail] = await client.inbox(at('Clara'))
    expect(mail?.subject).toMatch(/^Jetzt bei Ihnen: /)
    expect(mail?.text).toMatch(/lag bei Ben und gehört jetzt Ihnen[\s\S]*Warum:\s+Ben\s+is\s+ill/)
    expect(mail?.html).not.toMatch(/\/h\//)
    const all = await client.post(`/api/teams/uk/members/${encodeURIComponent(at('Uma'))}/reassign`, {})
    expect([all.status, await all.json()]).toMatchObject([200, { items: [{}, {}], left: 0 }])
    await client.settle()
    expect(await loads('uk')).toEqual({ Uma: 0, Una: 3 })
    const back = await client.post(`/api/handoffs/${handoffId}/reassign`, { owner: at('Ben') })
    expect(back.status).toBe(200)
    await client.settle()
  })

  it('stays with whoever has the company', async () => {
    const acme = { country: 'CH', company: 'Acme GmbH' }
    expect(await qualify('k@one.example', acme)).toBe('Anna routed')
    await answerBy(at('Anna'), 1, { answer: 'accept' })
    await client.settle()
    // Anna is full by now.
    expect(await qualify('l@two.example', acme)).toBe('Ben routed')
    const { handoffId } = await handoffOf('k@one.example')
    await client.post(`/api/leads/${(await handoffOf('k@one.example')).leadId}/activities`, {
      type: 'deal.won',
      properties: { amount: '100', currency: 'EUR' },
    })
    await client.settle()
    expect(await show(handoffId)).toMatchObject({ state: 'won', owner: { name: 'Anna' } })
    expect((await loads('dach')).Anna).toBe(0)
    expect(await qualify('m@three.example', { country: 'DE', company: 'ACME' })).toBe('Anna sticky')
  })

  it('is forgotten with the lead', async () => {
    const { leadId } = await handoffOf('m@three.example')
    const response = await client.raw(`/api/leads/${leadId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-admin' },
    })
    expect(response.status).toBe(202)
    // A turn that was just given counts for a quarter of an hour, whether its handoff is there or not.
    await client.advance('16m')
    expect((await loads('dach')).Anna).toBe(0)
    const first = await handoffOf('k@one.example')
    await client.raw(`/api/leads/${first.leadId}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer local-admin' },
    })
    await client.settle()
    expect(await qualify('n@four.example', { country: 'DE', company: 'Acme' })).toMatch(/ routed$/)
  })
})
