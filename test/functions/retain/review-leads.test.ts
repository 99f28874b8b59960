import { describe, expect, test } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Retention } from '../../../domain/model/settings.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { memoryLeads, memoryReviews } from '../../../functions/adapters/memory-leads.ts'
import type { Lead } from '../../../functions/ports.ts'
import { makeReviewLeads, type RetainPorts } from '../../../functions/retain/review-leads.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { days, makePlaybook } from '../../domain/support/make-playbook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

type DueQuery = Parameters<RetainPorts['reviews']['due']>[0]

const rules = compileRules(makePlaybook())
const now = '2026-07-01T02:00:00.000Z'
const [today, tomorrow, inNinetyDays] = ['2026-07-01', '2026-07-02', '2026-09-29']

const retainWorld = () => {
  const leads = memoryLeads()
  const reviews = memoryReviews()
  const bus = memoryBus()
  const queue: JsonObject[] = []
  const handoffs = new Map<LeadId, Pick<Handoff, 'answer'>[]>()
  const set: { retention: Retention | undefined } = { retention: { visitors: days(90) } }
  const ports: RetainPorts = {
    leads,
    reviews,
    bus,
    runs: { list: async () => [] as Run[] },
    handoffs: { list: async (leadId) => (handoffs.get(leadId) ?? []) as Handoff[] },
    retention: async () => set.retention,
    goOn: async (message) => void queue.push(message),
    clock: () => now,
  }
  /** A browser that was last here at `at`, to be looked at on `day`. */
  const add = async (name: string, at = '01-01T12:00', day = today, more: Partial<Lead> = {}) => {
    const leadId = leadIdOf(`${name}-of-browser`)
    const state = foldLead([fact(`view-${name}`, 'page.viewed', at)], rules, now)
    if (!state) throw new Error('no facts')
    await leads.commit({ leadId, version: 0, outbox: [], underReview: true, state, ...more }, 0)
    await reviews.begin(leadId, day)
    return leadId
  }
  const asked = () => bus.published.map(({ leadId }) => leadId)
  /** Works off the queue; a message that fails stays there. */
  const workOff = async (given: Partial<RetainPorts> = {}) => {
    const review = makeReviewLeads({ ...ports, ...given })
    for (let body = queue[0]; body !== undefined; body = queue[0]) {
      await review(body)
      queue.splice(queue.indexOf(body), 1)
    }
  }
  const run = (given: Partial<RetainPorts> = {}, first: JsonObject = { type: 'due' }) => {
    queue.push(first)
    return workOff(given)
  }
  return { leads, reviews, bus, queue, handoffs, set, ports, add, asked, run, workOff }
}

describe('looking at those whose day has come', () => {
  test('asks to erase whoever is not to be kept, and gives the others another day', async () => {
    const { add, run, reviews, bus } = retainWorld()
    const gone = await add('gone')
    const fresh = await add('fresh', '06-01T12:00')
    const later = await add('later', '01-01T12:00', tomorrow)
    await run()
    expect(bus.published).toEqual([
      {
        id: `${gone}:erase:retention:1`,
        type: 'ErasureRequested',
        occurredAt: now,
        causationId: 'view-gone',
        correlationId: 'view-gone',
        leadId: gone,
        data: { leadId: gone, because: 'retention', version: 1 },
      },
    ])
    expect(Object.fromEntries(reviews.days)).toEqual({
      [gone]: tomorrow,
      [fresh]: '2026-08-31',
      [later]: tomorrow,
    })
  })

  test('nobody is erased without a time in the settings; they are looked at in 90 days', async () => {
    const { add, run, set, asked, reviews } = retainWorld()
    set.retention = undefined
    const leadId = await add('gone')
    await run()
    expect([asked(), reviews.days.get(leadId)]).toEqual([[], inNinetyDays])
  })

  test('a handoff of a lead that was merged into this one ties', async () => {
    const { add, run, handoffs, asked } = retainWorld()
    const member = leadIdOf('member-of-lead')
    handoffs.set(member, [{ answer: { state: 'requested' } }])
    await add('root', '01-01T12:00', today, { members: [member] })
    await run()
    expect(asked()).toEqual([])
  })

  test('a merged lead is left to the one that stands for it; of an erased one, and of nobody, the day goes', async () => {
    const { add, run, asked, reviews } = retainWorld()
    const merged = await add('merged', '01-01T12:00', today, { mergedInto: leadIdOf('root-of-merged') })
    await add('erased', '01-01T12:00', today, { erased: { at: now, family: [] } })
    await reviews.begin(leadIdOf('nobody-at-all'), today)
    await run()
    expect(asked()).toEqual([])
    expect([...reviews.days]).toEqual([[merged, inNinetyDays]])
  })

  test('goes on page by page, and looks at everybody once', async () => {
    const { add, run, asked, ports } = retainWorld()
    for (let number = 100; number < 130; number += 1) await add(`b${number}`)
    const sizes: number[] = []
    const due: RetainPorts['reviews']['due'] = async (query) => {
      const page = await ports.reviews.due(query)
      sizes.push(page.leadIds.length)
      return page
    }
    await run({ reviews: { ...ports.reviews, due } })
    expect([new Set(asked()).size, asked().length]).toEqual([30, 30])
    expect(Math.max(...sizes)).toBe(25)
  })

  test('one that fails holds nobody up, and fails alone', async () => {
    const { add, run, asked, ports, queue } = retainWorld()
    const bad = await add('bad')
    const good = await add('good')
    const load: RetainPorts['leads']['load'] = (leadId) =>
      leadId === bad ? Promise.reject(new Error('broken')) : ports.leads.load(leadId)
    await expect(run({ leads: { load } })).rejects.toThrow('broken')
    expect([asked(), queue]).toEqual([[good], [{ type: 'lead', leadId: bad }]])
  })

  test('a body that asks for something else is refused', async () => {
    const { run } = retainWorld()
    await expect(run({}, { type: 'erase' })).rejects.toThrow()
  })
})

test('a crash at any call leaves nobody unasked once the message comes again', async () => {
  for (let call = 0; ; call += 1) {
    let died = false
    for (const done of [false, true]) {
      const { add, run, workOff, asked, ports, reviews } = retainWorld()
      for (const name of ['anna', 'bea', 'carl']) await add(name)
      const crash = crashAt({ call, done })
      const inPairs = { ...reviews, due: (query: DueQuery) => reviews.due({ ...query, limit: 2 }) }
      const dying = {
        leads: crash(ports.leads),
        bus: crash(ports.bus),
        runs: crash(ports.runs),
        handoffs: crash(ports.handoffs),
        reviews: crash(inPairs),
        goOn: crash({ goOn: ports.goOn }).goOn,
      }
      try {
        await run(dying)
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        died = true
        await workOff({ reviews: inPairs })
      }
      expect(new Set(asked()).size).toBe(3)
      expect([...reviews.days.values()]).toEqual([tomorrow, tomorrow, tomorrow])
    }
    if (!died) return
  }
})
