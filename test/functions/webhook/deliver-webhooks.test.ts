import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { rotated } from '../../../domain/webhook/delivery.ts'
import { makeDeliverWebhooks } from '../../../functions/webhook/deliver-webhooks.ts'
import { eventSamples } from '../../domain/support/event-samples.ts'
import { leadId } from '../../domain/webhook/sample-webhook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { endpoint, start, webhookWorld } from './webhook-world.ts'

const webhookId = 'lead-0001~002e1:requested'

describe('telling others', () => {
  test('posts each event to each endpoint once, signed, under the same id', async () => {
    const world = await webhookWorld([endpoint('crm'), endpoint('other')])
    await world.tell(world.event())
    await world.tell(world.event())
    await world.runOut()
    expect(world.posts.map(({ url }) => url).toSorted()).toEqual([
      'https://crm.example.com/hook',
      'https://other.example.com/hook',
    ])
    for (const { headers } of world.posts) expect(headers['webhook-id']).toBe(webhookId)
    expect([...world.items.values()].map(({ state }) => state)).toEqual(['delivered', 'delivered'])
  })

  test('signs what it sends with the time of the attempt, and with both secrets after a rotation', async () => {
    const world = await webhookWorld([endpoint('crm')])
    await world.ports.endpoints.commit('crm', rotated({ generation: 1, version: 0 }, start))
    await world.tell(world.event())
    await world.runOut()
    const [post] = world.posts
    const { headers = {}, body = '' } = post ?? {}
    const seconds = String(Date.parse(start) / 1_000)
    const by = (key: string) =>
      `v1,${createHmac('sha256', key).update(`${webhookId}.${seconds}.${body}`).digest('base64')}`
    expect(headers['webhook-timestamp']).toBe(seconds)
    expect(headers['webhook-signature']).toBe(`${by('crm:2')} ${by('crm:1')}`)
  })

  test('tries again in growing steps, ten times over three days, then gives up and says so once', async () => {
    const world = await webhookWorld([endpoint('crm')])
    world.answers.of = () => ({ type: 'answered', status: 500, answer: 'oh' })
    await world.tell(world.event())
    await world.runOut()
    const since = world.posts.map(({ at }) => (Date.parse(at) - Date.parse(start)) / 1_000)
    expect(since).toEqual([0, 5, 305, 2_105, 9_305, 27_305, 63_305, 113_705, 185_705, 272_105])
    expect(new Set(world.posts.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([webhookId]))
    expect(new Set(world.posts.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10)
    expect(world.only()).toMatchObject({ state: 'failed', givenUp: 'attempts', attempts: 10 })
    expect(world.warnings).toEqual([{ endpoint: 'crm', webhookId, because: 'attempts' }])
  })

  test('does not post again where a message comes twice, early, or late', async () => {
    const world = await webhookWorld([endpoint('crm')])
    world.answers.of = () => ({ type: 'answered', status: 500, answer: '' })
    await world.tell(world.event())
    const message = { ...world.waiting[0]?.message }
    await world.settle()
    world.answers.of = () => ({ type: 'answered', status: 204, answer: '' })
    await world.tell(message)
    // The second attempt is not due yet.
    await world.tell({ ...message, attempt: 1 })
    // Nor does the event bring a second message for it.
    const before = world.waiting.length
    await world.tell(world.event())
    expect(world.waiting).toHaveLength(before)
    expect(world.posts).toHaveLength(1)
    await world.runOut()
    await world.tell(message)
    expect(world.posts).toHaveLength(2)
    expect(world.only().state).toBe('delivered')
  })

  test('posts once where a message comes several times at the same moment, and goes on where who was at it has died', async () => {
    const world = await webhookWorld([endpoint('crm')])
    await world.tell(world.event())
    const message = { ...world.waiting[0]?.message }
    await Promise.all([1, 2, 3].map(() => world.tell(message)))
    expect(world.posts).toHaveLength(1)

    const other = world.event('HandoffRequested', 'another')
    await world.tell(other)
    const dying = makeDeliverWebhooks({ ...world.ports, post: () => Promise.reject(new Error('died')) })
    const second = { ...world.waiting.at(-1)?.message }
    await expect(dying(second)).rejects.toThrow('died')
    await world.tell(second)
    expect(world.posts).toHaveLength(1)
    await world.runOut()
    expect(world.posts.map(({ at }) => at)).toEqual([start, '2026-03-02T09:01:00.000Z'])
  })

  test('does not take an old message for the attempt that is due', async () => {
    const world = await webhookWorld([endpoint('crm')])
    world.answers.of = () => ({ type: 'answered', status: 500, answer: '' })
    await world.tell(world.event())
    const message = { ...world.waiting[0]?.message }
    await world.settle()
    world.time.now = world.only().nextAt ?? ''
    await world.settle()
    world.time.now = world.only().nextAt ?? ''
    await world.tell(message)
    expect(world.posts).toHaveLength(2)
    expect(world.only().attempts).toBe(2)
  })

  test('stops telling an endpoint that is gone; what comes meanwhile can be replayed', async () => {
    const world = await webhookWorld([endpoint('crm')])
    world.answers.of = () => ({ type: 'answered', status: 410, answer: '' })
    await world.tell(world.event())
    // On its way already when the first one is answered.
    await world.tell(world.event('HandoffReminded', 'lead-0001.1:reminded', eventSamples.HandoffReminded))
    await world.runOut()
    await world.tell(world.event('HandoffAccepted', 'lead-0001.1:accepted', { handoffId: 'lead-0001.1' }))
    await world.runOut()
    expect(world.posts).toHaveLength(1)
    expect([...world.items.values()].map(({ givenUp }) => givenUp)).toEqual(['gone', 'disabled', 'disabled'])
    expect(world.warnings.map(({ because }) => because)).toEqual(['gone', 'disabled'])
    const state = await world.ports.endpoints.load('crm')
    expect(state.disabled).toEqual({ at: start, url: 'https://crm.example.com/hook' })
    const { disabled: _, ...again } = state
    await world.ports.endpoints.commit('crm', again)
    world.answers.of = () => ({ type: 'answered', status: 200, answer: '' })
    await world.tell({ type: 'replay', endpoint: 'crm', since: start, states: ['failed'] })
    await world.runOut()
    expect(world.posts).toHaveLength(4)
    expect([...world.items.values()].every(({ state }) => state === 'delivered')).toBe(true)
  })

  test('lets an endpoint rest that does not answer, without counting that as attempts, and others go on', async () => {
    const world = await webhookWorld([endpoint('slow'), endpoint('quick')])
    world.answers.of = ({ url }) =>
      url.includes('slow')
        ? { type: 'unanswered', reason: 'timeout' }
        : { type: 'answered', status: 200, answer: '' }
    for (let number = 1; number <= 20; number += 1)
      await world.tell(
        world.event('HandoffReminded', `lead-0001.1:reminded:${number}`, eventSamples.HandoffReminded),
      )
    await world.settle()
    const to = (name: string) => world.posts.filter(({ url }) => url.includes(name)).length
    expect(to('quick')).toBe(20)
    expect(to('slow')).toBe(1)
    const slow = [...world.items.values()].filter((delivery) => delivery.endpoint === 'slow')
    expect(slow.map(({ attempts }) => attempts).toSorted()).toEqual([...Array(19).fill(0), 1])
    world.answers.of = () => ({ type: 'answered', status: 200, answer: '' })
    await world.runOut()
    expect([...world.items.values()].every(({ state }) => state === 'delivered')).toBe(true)
    expect(to('slow')).toBe(21)
  })

  test('tells nothing of a person who was erased, but that they were', async () => {
    const world = await webhookWorld([endpoint('crm', { lead: true, events: ['HandoffRequested'] })])
    await world.tell(world.event())
    const lead = await world.leads.load(leadId)
    if (!lead?.state) throw new Error('no lead')
    const erased = { at: start, family: [leadId] }
    await world.leads.commit({ ...lead, state: lead.state, erased }, 0)
    await world.runOut()
    await world.tell(world.event('HandoffRequested', 'again'))
    expect(world.posts).toEqual([])
    expect(world.items.size).toBe(1)
    world.forget(leadId)
    await world.tell(world.event('LeadErased', `${leadId}:erased`, { because: 'request', merged: [] }))
    await world.runOut()
    expect(world.posts.map(({ body }) => JSON.parse(body).type)).toEqual(['LeadErased'])
  })

  test('gives up what an endpoint was to be told that the playbook no longer names', async () => {
    const world = await webhookWorld([endpoint('crm')])
    await world.tell(world.event())
    const bare = makeDeliverWebhooks({
      ...world.ports,
      playbooks: { current: async () => (await webhookWorld([])).ports.playbooks.current() },
    })
    await world.settle(bare)
    expect(world.posts).toEqual([])
    expect(world.only()).toMatchObject({ state: 'failed', givenUp: 'removed' })
  })

  test('sends one again once for each asking, and what waits at once', async () => {
    const world = await webhookWorld([endpoint('crm')])
    await world.tell(world.event())
    await world.runOut()
    const again = { type: 'replay-one', leadId, endpoint: 'crm', webhookId, attempts: 1 }
    for (let time = 0; time < 3; time += 1) await world.tell(again)
    await world.runOut()
    await world.tell(again)
    await world.runOut()
    expect(world.posts).toHaveLength(2)

    world.answers.of = () => ({ type: 'answered', status: 500, answer: '' })
    await world.tell({ ...again, attempts: 2 })
    await world.settle()
    world.time.now = world.only().nextAt ?? ''
    await world.settle()
    expect(world.only()).toMatchObject({ state: 'pending', attempts: 4, begunAt: 2 })
    world.answers.of = () => ({ type: 'answered', status: 200, answer: '' })
    await world.tell({ ...again, attempts: 4 })
    await world.settle()
    expect(world.only()).toMatchObject({ state: 'delivered', attempts: 5 })
    await world.runOut()
    expect(world.posts).toHaveLength(5)
  })

  test('refuses a message that is none of its own', async () => {
    const world = await webhookWorld([endpoint('crm')])
    await expect(world.tell(world.event('EmailSent'))).rejects.toThrow('EmailSent is not taken here')
    await expect(world.tell({ type: 'attempt' })).rejects.toThrow('not an event')
  })
})

describe('a process that dies anywhere', () => {
  const calls = Array.from({ length: 16 }, (_, call) => [false, true].map((done) => ({ call, done }))).flat()

  test.each(calls)('at call $call (done: $done) has told everybody once all is taken again', async (plan) => {
    const world = await webhookWorld([endpoint('crm')])
    const failing = { count: 0 }
    world.answers.of = () => {
      failing.count += 1
      return failing.count === 1
        ? { type: 'answered', status: 500, answer: '' }
        : { type: 'answered', status: 200, answer: '' }
    }
    const dying = crashAt(plan)
    const { ports } = world
    const named = dying({ post: ports.post, queue: ports.queue, setAttempt: ports.setAttempt })
    const mortal = makeDeliverWebhooks({
      ...ports,
      ...named,
      deliveries: dying(ports.deliveries),
      endpoints: dying(ports.endpoints),
    })
    /** As a queue does: what died comes again, to a process that lives. */
    const take = async (body: unknown): Promise<void> => {
      try {
        await mortal(body)
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        await world.tell(body)
      }
    }
    await take(world.event())
    await world.settle(take)
    await world.runOut()
    expect(world.only().state).toBe('delivered')
    expect(new Set(world.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    // Once too often where it died between the request and writing that down.
    expect(world.posts.length).toBeLessThanOrEqual(3)
    expect(world.warnings).toEqual([])
  })
})
