import { describe, expect, it } from 'vitest'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import {
  makeListVersions,
  makeShowChanges,
  makeShowVersion,
} from '../../../functions/playbook/compare-draft.ts'
import { changed, smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { playbookWorld } from './playbook-world.ts'

const bodyOf = (result: ApiResult): Readonly<Record<string, unknown>> => {
  if (result.type !== 'ok') throw new Error(`refused: ${JSON.stringify(result)}`)
  return { ...(typeof result.body === 'object' ? result.body : {}) }
}

const warm = changed('scoring.yaml', 'points: 30', 'points: 35')
const warmer = (points: number) => ({
  'scoring.yaml': warm.get('scoring.yaml')?.replace('points: 35', `points: ${points}`),
})

describe('two who edit', () => {
  it('overwrite nothing: the second one is shown what stands there', async () => {
    const { read, saveBody, store } = await playbookWorld()
    const { edition } = bodyOf(await read())
    const first = bodyOf(await saveBody({ changes: warmer(36), replaces: edition }))
    expect(await saveBody({ changes: warmer(37), replaces: edition })).toMatchObject({
      type: 'conflict',
      current: { edition: first.edition, by: 'mara@x.example', files: warmer(36) },
    })
    expect(store.standing().draft?.files.get('scoring.yaml')).toContain('points: 36')
    // Whoever has seen it goes on from there.
    expect(await saveBody({ changes: warmer(37), replaces: first.edition })).toMatchObject({ type: 'ok' })
    expect(store.standing().draft?.files.get('scoring.yaml')).toContain('points: 37')
  })

  it('are told, too, where the other one was faster between reading and writing', async () => {
    const world = await playbookWorld()
    const { edition } = bodyOf(await world.read())
    const { store } = world
    const late = { ...store, saveDraft: async () => 'changed' as const }
    expect(await world.saveBody({ changes: warmer(36), replaces: edition }, { store: late })).toMatchObject({
      type: 'conflict',
      current: { edition },
    })
  })

  it('go on where the other one published just what both had', async () => {
    const { read, saveBody, publish } = await playbookWorld()
    const { edition } = bodyOf(await read())
    const saved = bodyOf(await saveBody({ changes: warmer(36), replaces: edition }))
    await publish()
    expect(await saveBody({ changes: warmer(37), replaces: saved.edition })).toMatchObject({ type: 'ok' })
  })

  it('take a file away by null, and name no files twice', async () => {
    const { saveBody, store } = await playbookWorld()
    await saveBody({ changes: { 'forms/newsletter.yaml': null } })
    expect([...(store.standing().draft?.files.keys() ?? [])]).not.toContain('forms/newsletter.yaml')
    expect(await saveBody({ changes: {}, files: {} })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'changes' }],
    })
    expect(await saveBody({ changes: { 'a.yaml': 5 } })).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'changes.a.yaml' }],
    })
  })
})

describe('checking as one types', () => {
  it('says what may be named, and draws the sequence, though another file is wrong', async () => {
    const { checkBody } = await playbookWorld()
    const interest = smallPlaybook().get('sequences/interest.yaml') ?? ''
    const answer = bodyOf(
      await checkBody({
        changes: { 'scoring.yaml': 'fit: nothing', 'sequences/interest.yaml': `${interest}  - wait: 9d\n` },
        ...{ names: true, sequence: 'interest' },
      }),
    )
    expect(answer).toMatchObject({
      ok: false,
      names: { emails: ['welcome'], sequences: ['interest'], teams: ['dach'] },
      flow: { sequence: 'interest', enter: { stage: 'interest' } },
    })
    expect(JSON.stringify(answer.flow)).toContain(`"for":${9 * 86_400_000}`)
    expect(bodyOf(await checkBody({ changes: {} }))).toEqual({ ok: true, errors: [] })
  })
})

describe('what has been live', () => {
  const query = { limit: 50, cursor: undefined }
  const caller = { name: 'Mara', roles: ['marketing'] } as const

  it('is listed, and goes live again without touching the draft', async () => {
    const world = await playbookWorld()
    const { save, publish, store, playbook } = world
    await save(warm)
    const published = bodyOf(await publish())
    expect(published.previous).toBe(playbook.version)
    const list = makeListVersions(world)
    const { items } = bodyOf(await list({ caller, params: {}, query, body: undefined }))
    expect(items).toEqual([
      { version: published.version, publishedAt: '2026-03-02T09:00:01.000Z', by: 'mara@x.example' },
      { version: playbook.version, publishedAt: null, by: null },
    ])
    const show = makeShowVersion(world)
    const asked = (version: string) => show({ caller, params: { version }, query: {}, body: undefined })
    expect(bodyOf(await asked(playbook.version)).files).toEqual(Object.fromEntries(smallPlaybook()))
    expect(await asked('never')).toMatchObject({ type: 'not-found' })

    await save(changed('scoring.yaml', 'points: 30', 'points: 40'))
    expect(bodyOf(await publish({}, { version: playbook.version }))).toMatchObject({
      version: playbook.version,
      previous: published.version,
    })
    expect(store.standing().live.playbook).toEqual(playbook)
    expect(store.standing().draft?.files.get('scoring.yaml')).toContain('points: 40')
    expect(await publish({}, { version: 'never' })).toMatchObject({ type: 'not-found' })
  })

  it('is published only as it was looked at', async () => {
    const { read, save, saveBody, publish, store } = await playbookWorld()
    const { edition } = bodyOf(await read())
    const seen = bodyOf(await saveBody({ changes: warmer(36), replaces: edition }))
    await save(changed('scoring.yaml', 'points: 30', 'points: 99'))
    expect(await publish({}, { edition: String(seen.edition) })).toMatchObject({ type: 'conflict' })
    expect(store.standing().live.revision).toBe(0)
  })
})

describe('what the draft changes', () => {
  const shownOf = async (world: Awaited<ReturnType<typeof playbookWorld>>, version?: string) =>
    makeShowChanges({
      ...world,
      countLeads: async () => 7,
      playbooks: { version: async () => world.playbook },
      runList: {
        page: async ({ status }) => ({
          items:
            status === 'waiting'
              ? [
                  {
                    ...{ runId: 'r', leadId: 'lead-00000001', sequence: 'interest', version: 1 },
                    ...{
                      playbookVersion: world.playbook.version,
                      step: 0,
                      enteredAt: '2026-03-01T09:00:00.000Z',
                    },
                    status: { type: 'waiting', until: '2026-03-05T09:00:00.000Z' },
                  } as never,
                ]
              : [],
        }),
      },
    })({ caller: { name: 'Mara', roles: ['marketing'] }, params: {}, query: { version }, body: undefined })

  it('is told with whom it concerns', async () => {
    const world = await playbookWorld()
    expect(bodyOf(await shownOf(world))).toMatchObject({ changes: [], rescored: null, inside: [] })
    expect(await shownOf(world, 'never')).toMatchObject({ type: 'not-found' })
    const interest = smallPlaybook().get('sequences/interest.yaml') ?? ''
    await world.saveBody({
      changes: { ...warmer(36), 'sequences/interest.yaml': `${interest}  - wait: 9d\n` },
    })
    expect(bodyOf(await shownOf(world))).toMatchObject({
      from: world.playbook.version,
      changes: [
        { part: 'sequence', id: 'interest', change: 'changed', steps: [{ after: { type: 'wait' } }] },
        { part: 'rule', id: 'demo', fields: [{ field: 'points', before: 30, after: 36 }] },
      ],
      rescored: 7,
      inside: [{ sequence: 'interest', isRemoved: false, looked: 1, exact: true }],
    })
  })

  it('has faults instead where there are any', async () => {
    const world = await playbookWorld()
    await world.saveBody({ changes: { 'scoring.yaml': 'fit: nothing' } })
    expect(await shownOf(world)).toMatchObject({ type: 'bad-input' })
  })
})
