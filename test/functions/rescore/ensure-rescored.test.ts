import { expect, test } from 'vitest'
import type { Announcement } from '../../../domain/model/decision.ts'
import { startJob } from '../../../domain/rescoring/rescore-job.ts'
import { makeEnsureRescored } from '../../../functions/rescore/rescore-leads.ts'
import { memoryRescoreJobs } from '../fakes/memory-rescore-jobs.ts'

const now = '2026-04-01T00:00:00.000Z'
const live = { version: 'v2', rulesVersion: 'r2' }

const world = () => {
  const announced: Announcement[] = []
  const jobs = memoryRescoreJobs()
  const announce = async (published: Announcement) => {
    announced.push(published)
  }
  return {
    announced,
    jobs,
    announce,
    ensure: makeEnsureRescored({ jobs, announce, clock: () => now, deployed: 'v2' }),
  }
}

test('a lead under other rules has the live ones announced, once', async () => {
  const { ensure, announced } = world()
  await ensure(live, 'r1')
  await ensure(live, 'r1')
  expect(announced).toEqual([
    {
      type: 'PlaybookPublished',
      id: 'playbook:v2:deployed',
      occurredAt: now,
      ...live,
      previousRulesVersion: 'r1',
    },
  ])
})

test('a playbook that was published was announced by whoever published it', async () => {
  const { ensure, announced } = world()
  await ensure({ version: 'v3', rulesVersion: 'r3' }, 'r1')
  expect(announced).toEqual([])
})

test('a published playbook that a new release folds otherwise is announced all the same', async () => {
  const { ensure, announced } = world()
  await ensure({ version: 'v3', rulesVersion: '2.r3' }, '1.r3')
  await ensure({ version: 'v3', rulesVersion: '2.r3' }, 'r3')
  expect(announced).toMatchObject([{ rulesVersion: '2.r3' }])
})

test('rules whose job is there already are not announced, nor those of the lead itself', async () => {
  const { ensure, announced, jobs } = world()
  await jobs.commit(startJob({ rules: 'r2', lane: 0, leads: 0 }, { leadIds: [] }, now, undefined))
  await ensure(live, 'r1')
  await ensure({ version: 'v2', rulesVersion: 'r3' }, 'r3')
  expect(announced).toEqual([])
})

test('an announcement that failed is made by the next one to ask', async () => {
  const { jobs, announced, announce } = world()
  let failures = 1
  const ensure = makeEnsureRescored({
    jobs,
    clock: () => now,
    deployed: 'v2',
    announce: async (published) => {
      if (failures-- > 0) throw new Error('busy')
      await announce(published)
    },
  })
  await expect(ensure(live, 'r1')).rejects.toThrow('busy')
  await ensure(live, 'r1')
  expect(announced).toHaveLength(1)
})
