import { describe, expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import type { Run, RunStatus } from '../../../domain/sequence/run.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { days, makePlaybook } from '../../domain/support/make-playbook.ts'
import { apiWorld, now } from './api-world.ts'

const until = '2026-03-04T09:00:00.000Z'
const path = '/api/sequences/interest'
const template = (subject: string) => ({ subject, preheader: '', kind: 'marketing', html: '' }) as const

const sequence = (version: string, length: number): Sequence => ({
  id: 'interest',
  version,
  enter: { stage: 'interest' },
  goal: 'did("demo.requested")',
  reenter: 'never',
  program: [
    { type: 'email', email: 'welcome' },
    { type: 'wait', for: days(length) },
    { type: 'branch', if: 'clicked("welcome")', otherwise: 5 },
    { type: 'email', email: 'study' },
    { type: 'jump', goto: 6 },
    { type: 'email', email: 'reminder' },
  ],
})
const emails = {
  welcome: { de: template('Hallo'), en: template('Hello') },
  study: { en: template('A study') },
  reminder: { de: template('Noch da?'), en: template('Still there?') },
}
/** What runs began with. */
const before = makePlaybook({ sequences: { interest: sequence('s1', 3) }, emails, version: 'begun' })

const waiting: RunStatus = { type: 'waiting', until }
const held: RunStatus = { type: 'held', due: until, next: 2 }

/** @param statuses of one run each, entered one minute after the other. */
const world = async (...statuses: readonly RunStatus[]) => {
  const made = apiWorld({ sequences: { interest: sequence('s2', 1) }, emails })
  await made.playbooks.keep(before)
  for (const [index, status] of statuses.entries()) {
    const leadId: LeadId = leadIdOf(`lead-${String(index + 1).padStart(4, '0')}`)
    const run: Run = {
      runId: `${leadId}:interest:1`,
      leadId,
      sequence: 'interest',
      playbookVersion: 'begun',
      entryId: `${leadId}:stage:interest:1`,
      enteredAt: new Date(Date.UTC(2026, 2, 1, 9, index)).toISOString(),
      step: 1,
      status,
      version: 0,
      outbox: [],
    }
    await made.runs.commit(run)
  }
  const post = (address: string, body: object, query = {}) =>
    made.call(address, { method: 'POST', body: JSON.stringify(body), query })
  return { ...made, post }
}

interface Page {
  readonly runs: readonly { readonly leadId: string }[]
  readonly next?: string
}
const pageOf = (answer: { readonly type: string; readonly body?: unknown }): Page => {
  if (answer.type !== 'ok') throw new Error(answer.type)
  return answer.body as Page
}

describe('the preview of a migration', () => {
  test('says in words where each run stands, and what it gets next', async () => {
    const { post, addLead } = await world(waiting)
    await addLead(1, { firstName: 'Ada', lastName: 'Lovelace' })
    expect(await post(`${path}/migrate`, { preview: true })).toEqual({
      type: 'ok',
      body: {
        sequence: 'interest',
        version: 'v1',
        sequenceVersion: 's2',
        migration: null,
        open: 1,
        inAll: { looked: 1, moves: 1, stays: 0, exact: true },
        runs: [
          {
            leadId: 'lead-0001',
            name: 'Ada Lovelace',
            email: 'lead-1@werk.example.net',
            from: { version: 'begun', sequenceVersion: 's1', step: 1, words: 'waits 3 days' },
            to: { step: 1, words: 'waits 1 day' },
            because: null,
            next: {
              words: 'where clicked("welcome"): sends the email "study"; else: sends the email "reminder"',
              emails: [
                { email: 'study', subject: 'A study' },
                { email: 'reminder', subject: 'Noch da?' },
              ],
            },
            nextAt: '2026-03-02T09:00:00.000Z',
          },
        ],
        next: 'aGVsZA',
      },
    })
  })

  test('is read page by page, through all that are open and no others', async () => {
    const ended: RunStatus = { type: 'completed', at: now }
    const { post } = await world(waiting, held, waiting, ended, waiting, held)
    const seen: string[] = []
    let cursor: string | undefined
    let pages = 0
    do {
      const page = pageOf(
        await post(`${path}/migrate`, { preview: true }, { limit: '2', ...(cursor && { cursor }) }),
      )
      expect(page).toMatchObject({ open: 5 })
      seen.push(...page.runs.map(({ leadId }) => leadId))
      cursor = page.next
      pages += 1
    } while (cursor !== undefined && pages < 10)
    expect(seen).toEqual(['lead-0001', 'lead-0003', 'lead-0005', 'lead-0002', 'lead-0006'])
    expect(pages).toBe(3)
  })

  test.each([{ limit: '0' }, { limit: '101' }, { cursor: 'Y29tcGxldGVk' }, { cursor: '%' }])(
    'refuses %o',
    async (query) => {
      const { post } = await world(waiting)
      expect(await post(`${path}/migrate`, { preview: true }, query)).toMatchObject({
        type: 'bad-input',
        errors: [{ path: Object.keys(query)[0] }],
      })
    },
  )

  test.each([
    ['en', 'Still there?'],
    ['en-GB', 'Still there?'],
    ['de-AT', 'Noch da?'],
    ['fr', 'Noch da?'],
    [undefined, 'Noch da?'],
  ])('shows subjects as a lead whose language is %s gets them', async (language, subject) => {
    const { post, addLead } = await world(waiting)
    await addLead(1, language === undefined ? {} : { language })
    expect(await post(`${path}/migrate`, { preview: true })).toMatchObject({
      body: {
        runs: [{ next: { emails: [{ subject: 'A study' }, { email: 'reminder', subject }] } }],
      },
    })
  })

  test('counts on its first page who moves and who stays, on whatever page they are', async () => {
    const { post, runs } = await world(waiting, held, waiting, waiting)
    const [, , third] = runs.items.values()
    if (third) await runs.commit({ ...third, playbookVersion: 'v1' })
    const first = pageOf(await post(`${path}/migrate`, { preview: true }, { limit: '1' }))
    expect(first).toMatchObject({ open: 4, inAll: { looked: 4, moves: 3, stays: 1, exact: true } })
    const second = await post(`${path}/migrate`, { preview: true }, { cursor: first.next ?? '' })
    expect(second).toMatchObject({ body: { open: 4, inAll: null } })
  })

  test('says how many it has looked at where there are too many to look at all', async () => {
    const { post } = await world(...Array.from({ length: 1001 }, () => waiting))
    expect(await post(`${path}/migrate`, { preview: true }, { limit: '1' })).toMatchObject({
      body: { open: 1001, inAll: { looked: 1000, moves: 1000, stays: 0, exact: false } },
    })
  })

  test('changes nothing', async () => {
    const { post, told, sequences } = await world(waiting)
    await post(`${path}/migrate`, { preview: true })
    expect(told).toEqual([])
    expect(await sequences.load('interest')).toEqual({ version: 0 })
  })
})

describe('a migration', () => {
  test('is known to its sequence, which shows it, until it is undone', async () => {
    const { post, call, told } = await world(waiting, held)
    expect(await post(`${path}/migrate`, {})).toEqual({
      type: 'accepted',
      body: {
        sequence: 'interest',
        version: 'v1',
        migration: 'fresh-id',
        inAll: { looked: 2, moves: 2, stays: 0, exact: true },
      },
    })
    const migration = { migration: 'fresh-id', at: now, version: 'v1', undoneAt: null }
    const item = {
      sequence: 'interest',
      version: 'v1',
      sequenceVersion: 's2',
      goal: 'did("demo.requested")',
      goalCounts: 'at-once',
    }
    expect(await call('/api/sequences')).toMatchObject({ body: { items: [{ ...item, migration }] } })
    expect(told.map(({ type, status }) => [type, status])).toEqual([
      ['sweep', 'waiting'],
      ['sweep', 'held'],
    ])
    expect(await post(`${path}/migrate/undo`, { migration: 'fresh-id' })).toMatchObject({ type: 'accepted' })
    expect(await post(`${path}/migrate/undo`, { migration: 'fresh-id' })).toMatchObject({ type: 'accepted' })
    expect(await call('/api/sequences')).toMatchObject({
      body: { items: [{ migration: { ...migration, undoneAt: now } }] },
    })
  })

  test.each([
    [path, 'other-id'],
    ['/api/sequences/other', 'fresh-id'],
  ])('that %s does not know of cannot be undone: %s', async (address, migration) => {
    const { post, told } = await world(waiting)
    await post(`${path}/migrate`, {})
    told.splice(0)
    expect(await post(`${address}/migrate/undo`, { migration })).toMatchObject({ type: 'not-found' })
    expect(told).toEqual([])
  })
})
