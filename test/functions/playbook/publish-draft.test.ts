import { describe, expect, it } from 'vitest'
import { changed } from '../../domain/playbook/small-playbook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { playbookWorld } from './playbook-world.ts'

const warm = changed('scoring.yaml', 'points: 30', 'points: 35')

describe('publishing', () => {
  it('puts the draft live, tells the bus what changed, and drops the draft', async () => {
    const { save, publish, store, announced, playbook } = await playbookWorld()
    await save(warm)
    const result = await publish()
    const { live, draft } = store.standing()
    expect(result).toMatchObject({ type: 'ok', body: { version: live.playbook.version, warnings: [] } })
    expect(live.playbook.scoring.engagement[0]).toMatchObject({ points: 35 })
    expect(live.files).toEqual(warm)
    expect(live.published).toEqual({ at: '2026-03-02T09:00:01.000Z', by: 'mara@x.example' })
    expect(draft).toBeUndefined()
    expect(announced).toEqual([
      {
        type: 'PlaybookPublished',
        id: `playbook:${live.playbook.version}:1`,
        occurredAt: '2026-03-02T09:00:01.000Z',
        version: live.playbook.version,
        rulesVersion: live.playbook.rulesVersion,
        previousRulesVersion: playbook.rulesVersion,
      },
    ])
    expect(live.playbook.rulesVersion).not.toBe(playbook.rulesVersion)
    expect(live.outbox).toBeUndefined()
  })

  it('needs a draft, and one without errors', async () => {
    const { save, publish, store, announced } = await playbookWorld()
    expect(await publish()).toMatchObject({ type: 'conflict' })
    await save(changed('scoring.yaml', 'points: 30', 'points: many'))
    expect(await publish()).toMatchObject({
      type: 'bad-input',
      errors: [{ path: expect.stringMatching(/^scoring\.yaml:\d+:\d+$/), file: 'scoring.yaml' }],
    })
    expect(store.standing().live.revision).toBe(0)
    expect(announced).toEqual([])
  })

  it('passes warnings on', async () => {
    const { save, publish } = await playbookWorld()
    await save(changed('scoring.yaml', 'on: demo.requested', 'on: demo.requestd'))
    expect(await publish()).toMatchObject({ type: 'ok', body: { warnings: [{ severity: 'warning' }] } })
  })

  it('changes nothing where only comments differ, but keeps them', async () => {
    const { save, publish, store, announced, playbook } = await playbookWorld()
    const commented = changed('scoring.yaml', 'fit:', '# what they are\nfit:')
    await save(commented)
    const result = { type: 'ok', body: { version: playbook.version, unchanged: true, warnings: [] } }
    expect(await publish()).toMatchObject(result)
    expect(announced).toEqual([])
    expect(store.standing().live.files).toEqual(commented)
    await save(commented)
    expect(await publish()).toMatchObject(result)
    expect(store.standing().live.revision).toBe(1)
  })

  it('gives way to somebody who published meanwhile', async () => {
    const { save, publish, store } = await playbookWorld()
    await save(warm)
    const stale = await store.live()
    await publish()
    await save(changed('scoring.yaml', 'points: 30', 'points: 40'))
    expect(await publish({ store: { ...store, live: async () => stale } })).toMatchObject({
      type: 'conflict',
    })
    expect(store.standing().live.playbook.scoring.engagement[0]).toMatchObject({ points: 35 })
  })

  // Six calls of ports; the last plan lets it live.
  const plans = [0, 1, 2, 3, 4, 5, 6].flatMap((call) => [false, true].map((done) => ({ call, done })))
  it.each(plans)('is finished by asking again, wherever it died ($call, done: $done)', async (plan) => {
    const { save, publish, store, announce, announced } = await playbookWorld()
    await save(warm)
    const dying = crashAt(plan)
    const bus = dying({ announce })
    await publish({ store: dying(store), announce: bus.announce }).catch((error: unknown) => {
      if (!(error instanceof Crash)) throw error
    })
    if (store.standing().draft) await publish()
    const { live, draft } = store.standing()
    expect(live.playbook.scoring.engagement[0]).toMatchObject({ points: 35 })
    expect(live.outbox).toBeUndefined()
    expect(draft).toBeUndefined()
    expect(new Set(announced.map(({ id }) => id))).toEqual(new Set([`playbook:${live.playbook.version}:1`]))
  })
})
