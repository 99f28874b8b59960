import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { draftRules } from '../../../domain/backtest/backtest.ts'
import { type BacktestSummary, emptySummary, mergeSummaries } from '../../../domain/backtest/summary.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { digest } from '../../../functions/adapters/digest.ts'
import { memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import { statusOf } from '../../../functions/http/problem.ts'
import { makeBacktest } from '../../../functions/playbook/playbook-routes.ts'
import { readFolder } from '../../../lib/playbook/load-playbook.ts'
import { fact } from '../../domain/support/facts.ts'
import { leadIdOf } from '../rescore/rescore-world.ts'

const now = '2026-04-01T00:00:00.000Z'
const shipped = await readFolder(join(import.meta.dirname, '../../../templates'))
const { playbook } = parsePlaybook(shipped)
if (!playbook) throw new Error('the shipped playbook has faults')
const live = draftRules(playbook).playbook

const scoring = shipped.get('scoring.yaml') ?? ''
const changed = (text: string) => ({ ...Object.fromEntries(shipped), 'scoring.yaml': text })
/** A demo is worth next to nothing. */
const draft = changed(
  scoring.replace(
    'id: demo-request, on: demo.requested, points: 30',
    'id: demo-request, on: demo.requested, points: 1',
  ),
)

interface Answer {
  readonly summary: BacktestSummary
  readonly next?: string
  readonly total?: number
}

/** Leads that asked for a demo in March, and a clock that goes on by `tick` ms whenever it is looked at. */
const backtestWorld = async (count: number, { tick = 0, saved = false } = {}) => {
  const leads = memoryLeads()
  const rules = draftRules(playbook)
  for (let number = 1; number <= count; number += 1) {
    const facts = [fact(`demo-${number}`, 'demo.requested', '03-31T09:00')]
    await leads.append(leadIdOf(number), facts)
    const state = foldLead(facts, rules, now)
    if (state) await leads.commit({ leadId: leadIdOf(number), version: 0, state, outbox: [] }, 0)
  }
  let time = Date.parse(now)
  const backtest = makeBacktest({
    leads,
    list: {
      page: async ({ limit, cursor = '0' }) => {
        const [from, all] = [Number(cursor), [...leads.items.values()]]
        return {
          items: all.slice(from, from + limit),
          ...(from + limit < all.length && { next: String(from + limit) }),
        }
      },
    },
    countLeads: async () => leads.items.size,
    playbooks: { current: async () => live },
    store: {
      draft: async () =>
        saved ? { files: new Map(Object.entries(draft)), savedAt: now, by: 'Sam' } : undefined,
      live: async () => ({ playbook: live, files: new Map(), revision: 0 }),
    },
    digest,
    clock: () => {
      time += tick
      return new Date(time).toISOString()
    },
  })
  const caller = { name: 'Sam', roles: ['marketing'] } as const
  return (body: unknown): Promise<ApiResult> => backtest({ caller, params: {}, query: {}, body })
}

const answerOf = (result: ApiResult): Answer => {
  if (result.type !== 'ok') throw new Error(JSON.stringify(result))
  return JSON.parse(JSON.stringify(result.body))
}

describe('a backtest', () => {
  test('tells how many leads a draft scores differently, and changes none of them', async () => {
    const ask = await backtestWorld(3)
    const { summary, next, total } = answerOf(await ask({ files: draft }))
    expect(summary).toMatchObject({ leads: 3, scoredDifferently: 3, stagedDifferently: 0 })
    expect(summary.examples[0]?.score[0]).toBeGreaterThan(29)
    expect(summary.examples[0]?.score[1]).toBeLessThan(1)
    expect([next, total]).toEqual([undefined, 3])
  })

  test('takes the saved draft when no files are given, and says so when there is none', async () => {
    const saved = await backtestWorld(3, { saved: true })
    expect(answerOf(await saved({})).summary.scoredDifferently).toBe(3)
    expect(answerOf(await saved(undefined)).summary.scoredDifferently).toBe(3)
    const none = await backtestWorld(3)
    expect((await none({})).type).toBe('conflict')
  })

  test('goes page by page; the pages add up to all leads, and the first tells how many there are', async () => {
    const ask = await backtestWorld(70)
    const answers = [answerOf(await ask({ files: draft, limit: 30 }))]
    for (let next = answers[0]?.next; next; next = answers.at(-1)?.next)
      answers.push(answerOf(await ask({ files: draft, limit: 30, cursor: next })))
    expect(answers.map(({ summary, total }) => [summary.leads, total])).toEqual([
      [30, 70],
      [30, undefined],
      [10, undefined],
    ])
    const whole = answerOf(await ask({ files: draft })).summary
    expect(answers.map(({ summary }) => summary).reduce(mergeSummaries, emptySummary)).toEqual(whole)
  })

  test('answers with what there is once five seconds have passed', async () => {
    const ask = await backtestWorld(100, { tick: 3_000 })
    const { summary, next } = answerOf(await ask({ files: draft }))
    expect(summary.leads).toBe(50)
    expect(next).toEqual(expect.any(String))
  })

  test('a draft with mistakes is refused with the place of each', async () => {
    const ask = await backtestWorld(1)
    const result = await ask({ files: changed(scoring.replace('on: demo.requested', 'onn: demo.requested')) })
    expect(result).toMatchObject({
      type: 'bad-input',
      errors: expect.arrayContaining([
        expect.objectContaining({
          file: 'scoring.yaml',
          line: expect.any(Number),
          column: expect.any(Number),
          path: expect.stringMatching(/^scoring\.yaml:\d+:\d+$/),
          severity: 'error',
        }),
      ]),
    })
    expect(result.type === 'bad-input' && statusOf(result)).toBe(422)
  })

  test.each([
    [{ files: 'all' }, 'files'],
    [{ files: { 'scoring.yaml': 1 } }, 'files.scoring.yaml'],
    [{ limit: 0 }, 'limit'],
    [{ limit: 1001 }, 'limit'],
    [{ limit: '5' }, 'limit'],
    [{ cursor: '../' }, 'cursor'],
    [{ cursor: 7 }, 'cursor'],
    [[], ''],
    ['text', ''],
  ])('%j is refused', async (body, path) => {
    const ask = await backtestWorld(1, { saved: true })
    const result = await ask(body)
    expect(result).toMatchObject({ type: 'bad-input', errors: [{ path, message: expect.any(String) }] })
  })
})
