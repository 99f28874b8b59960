import { describe, expect, it } from 'vitest'
import { calibrationWorld } from './calibration-world.ts'

/** Sales accepts the large ones and those who asked for a demo, more or less; today's scoring looks at reading. */
const judgedWorld = async (options: Parameters<typeof calibrationWorld>[0] = {}) => {
  const world = calibrationWorld(options)
  for (let number = 0; number < 160; number += 1) {
    const [hasDemo, isLarge] = [number % 2 === 0, number % 8 < 4]
    const isAccepted = hasDemo ? isLarge || number % 5 === 0 : isLarge && number % 3 === 0
    const types = [...(hasDemo ? ['demo.requested'] : []), ...(number % 3 === 0 ? ['content.viewed'] : [])]
    const verdict = isAccepted ? 'accepted' : number % 4 === 1 ? 'not-now' : 'wrong-fit'
    await world.judge(types, verdict, isLarge ? 200 : 20)
  }
  return world
}

interface View {
  readonly status: string
  readonly judged: number
  readonly asOf: string | null
  readonly leftOut: number
  readonly rules: readonly { readonly rule: string; readonly today: number; readonly proposed: number }[]
  readonly threshold: { readonly today: number; readonly proposed: number; readonly wanted: number }
  readonly proposal: { readonly state: string; readonly reason?: string }
  readonly running?: unknown
}

const route = '/api/scoring/calibration'
type World = ReturnType<typeof calibrationWorld>
const viewOf = async ({ call }: World): Promise<View> => {
  const result = await call(route)
  if (result.type !== 'ok') throw new Error(JSON.stringify(result))
  return result.body as View
}
const run = async (world: World, body?: unknown): Promise<View> => {
  expect(await world.call(route, { method: 'POST', body })).toMatchObject({ type: 'accepted' })
  await world.settle()
  return viewOf(world)
}

describe('a run', () => {
  it('reads all judged handoffs, however many pages they fill, and says what follows', async () => {
    const [world, paged] = [await judgedWorld(), await judgedWorld({ pageSize: 7 })]
    const view = await run(world)
    expect(view).toMatchObject({
      status: 'ok',
      judged: 160,
      leftOut: 0,
      sampled: 1,
      population: 'handed-off',
    })
    expect(view.running).toBeUndefined()
    expect(view.threshold.today).toBe(60)
    const { rules: paginated, ...rest } = await run(paged)
    expect(paginated).toEqual(view.rules)
    expect(rest.threshold).toEqual(view.threshold)
  })

  it('is the same where every message comes twice', async () => {
    const [world, once] = [await judgedWorld(), await judgedWorld()]
    await world.call(route, { method: 'POST' })
    await world.settle(2)
    expect(await viewOf(world)).toEqual({ ...(await run(once)), asOf: expect.any(String) })
  })

  it('goes on where the process died before it said so', async () => {
    const world = await judgedWorld()
    await world.call(route, { method: 'POST' })
    const [first] = world.queue
    await world.take(world.queue.shift())
    // The message with the next piece is lost, and the one before comes again.
    world.queue.length = 0
    expect((await viewOf(world)).running).toBeDefined()
    await world.take(first)
    await world.settle()
    expect(await viewOf(world)).toMatchObject({ status: 'ok', judged: 160 })
  })

  it('is begun once, however many ask, and weekly by the calendar', async () => {
    const world = await judgedWorld()
    await world.take({ type: 'begin' })
    await world.take({ type: 'begin' })
    expect(new Set(world.queue.map(({ runId }) => runId)).size).toBe(1)
    await world.settle()
    expect(await viewOf(world)).toMatchObject({ status: 'ok', judged: 160 })
    await expect(world.take({ type: 'else' })).rejects.toThrow()
  })

  it('by the calendar asks for as many handoffs as a person did last', async () => {
    const world = await judgedWorld()
    expect((await run(world, { handoffsPerWeek: 1 })).threshold.wanted).toBe(1)
    await world.take({ type: 'begin' })
    await world.settle()
    expect((await viewOf(world)).threshold.wanted).toBe(1)
    expect((await run(world)).threshold.wanted).toBeGreaterThan(1)
  })

  it('begins again under the rules that went live meanwhile', async () => {
    const world = await judgedWorld()
    await world.call(route, { method: 'POST' })
    const { live } = world.store.standing()
    const playbook = { ...live.playbook, version: 'v2', rulesVersion: 'r2' }
    await world.store.publish(
      { playbook, files: live.files, at: live.playbook.version, by: 'x' },
      live.revision,
    )
    await world.settle()
    expect((await world.calibrations.load()).result).toMatchObject({ rules: 'r2' })
  })

  it('leaves out a lead whose log is too long, and says so', async () => {
    const world = await judgedWorld()
    world.ports.leads.factsWithin = async () => undefined
    expect(await run(world)).toMatchObject({ status: 'not-enough-data', judged: 0, leftOut: 160 })
  })

  it('keeps nothing by which a lead could be found', async () => {
    const world = await judgedWorld()
    await run(world)
    const kept = JSON.stringify([[...world.calibrations.kept], await world.calibrations.load()])
    expect(kept).toContain('demo')
    expect(kept).not.toMatch(/lead-0|example/)
  })
})

describe('before there is enough', () => {
  it('says so, and proposes nothing', async () => {
    const world = calibrationWorld()
    expect(await viewOf(world)).toMatchObject({
      ...{ status: 'not-enough-data', judged: 0, rarer: 0, asOf: null },
      proposal: { state: 'none' },
    })
    for (let number = 0; number < 99; number += 1)
      await world.judge(['demo.requested'], number % 2 === 0 ? 'accepted' : 'wrong-fit')
    expect(await run(world)).toMatchObject({ status: 'not-enough-data', judged: 99 })
    for (const action of ['draft', 'decline'])
      expect(
        await world.call(`${route}/${action}`, { method: 'POST', body: { reason: 'no' } }),
      ).toMatchObject({
        type: 'conflict',
      })
  })
})

describe('a proposal', () => {
  it('becomes a draft of the playbook, on top of the draft that there is', async () => {
    const world = await judgedWorld()
    const view = await run(world)
    expect(view.proposal.state).toBe('open')
    const result = await world.call(`${route}/draft`, { method: 'POST' })
    expect(result).toMatchObject({ type: 'ok', body: { ok: true, leftOut: [] } })
    const { draft, live } = world.store.standing()
    const proposed = view.rules.find(({ rule }) => rule === 'demo')?.proposed
    expect(draft?.files.get('scoring.yaml')).toContain(`on: demo.requested, points: ${proposed},`)
    expect(draft?.files.get('handoff.yaml')).toContain(`score >= ${view.threshold.proposed} `)
    expect(draft?.files.get('funnel.yaml')).toBe(live.files.get('funnel.yaml'))
    const edited = new Map([...(draft?.files ?? []), ['notes.yaml', 'mine']])
    await world.store.saveDraft({ files: edited, savedAt: 'later', by: 'x' })
    await world.call(`${route}/draft`, { method: 'POST' })
    expect(world.store.standing().draft?.files.get('notes.yaml')).toBe('mine')
  })

  it('that is declined with a reason is remembered, and not made again unchanged', async () => {
    const world = await judgedWorld()
    await run(world)
    const body = { reason: 'We hire first' }
    expect(await world.call(`${route}/decline`, { method: 'POST', body })).toMatchObject({ type: 'ok' })
    const again = await run(world)
    expect(again.proposal).toMatchObject({ state: 'declined', reason: 'We hire first' })
    expect(await world.call(`${route}/draft`, { method: 'POST' })).toEqual({
      type: 'conflict',
      detail: 'It was declined on 2026-07-01: We hire first',
    })
    // Another threshold is another proposal.
    expect((await run(world, { handoffsPerWeek: 1 })).proposal.state).toBe('open')
  })

  it('is outdated once other rules are live', async () => {
    const world = await judgedWorld()
    await run(world)
    const { live } = world.store.standing()
    const playbook = { ...live.playbook, version: 'v2', rulesVersion: 'r2' }
    await world.store.publish({ playbook, files: live.files, at: 'now', by: 'x' }, live.revision)
    expect((await viewOf(world)).proposal.state).toBe('outdated')
    for (const action of ['draft', 'decline'])
      expect(
        await world.call(`${route}/${action}`, { method: 'POST', body: { reason: 'no' } }),
      ).toMatchObject({
        type: 'conflict',
      })
  })

  it('is noted in the log of who did what, and is not for sales to make', async () => {
    const world = await judgedWorld()
    await run(world)
    await world.call(`${route}/draft`, { method: 'POST' })
    await world.call(`${route}/decline`, { method: 'POST', body: { reason: 'no' } })
    expect(world.audited.map(({ action, target }) => [action, target])).toEqual(
      ['begun', 'drafted', 'declined'].map((done) => [`calibration.${done}`, 'scoring/calibration']),
    )
    for (const path of [route, `${route}/draft`, `${route}/decline`])
      expect(
        await world.call(path, { method: 'POST', groups: '[sales]', body: { reason: 'no' } }),
      ).toMatchObject({ type: 'forbidden' })
    expect(await world.call(route, { groups: '[sales]' })).toMatchObject({ type: 'ok' })
  })

  it('asks for a reason and for a number', async () => {
    const world = calibrationWorld()
    for (const body of [undefined, {}, { reason: ' ' }, { reason: 'x'.repeat(501) }])
      expect(await world.call(`${route}/decline`, { method: 'POST', body })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: 'reason' }],
      })
    for (const handoffsPerWeek of [0, -1, 'many'])
      expect(await world.call(route, { method: 'POST', body: { handoffsPerWeek } })).toMatchObject({
        type: 'bad-input',
        errors: [{ path: 'handoffsPerWeek' }],
      })
  })
})
