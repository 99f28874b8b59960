import { describe, expect, it } from 'vitest'
import {
  makePublishDraft,
  makeReadPlaybook,
  makeSaveDraft,
} from '../../../functions/playbook/publish-draft.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { playbookWorld } from './playbook-world.ts'

const text = smallPlaybook().get('handoff.yaml') ?? ''
const withNotify = (...entries: readonly string[]) =>
  smallPlaybook({
    'handoff.yaml': `${text}notify:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`,
  })

const crm = 'id: crm, webhook: "https://crm.example.com/in", lead: true'
const bi = 'id: bi, webhook: "https://bi.example.com/in", events: [DealWon]'
const chat = 'id: chat, slack: "https://hooks.slack.com/services/T0/B0/SECRET", team: dach'

type Role = 'marketing' | 'sales' | 'admin'
const live = async () => {
  const world = await playbookWorld()
  const by = <Body extends object>(role: Role, body: Body) => ({
    caller: { name: 'Mara', roles: [role] },
    body,
  })
  const publish = async (role: Role, ...entries: readonly string[]) => {
    const files = Object.fromEntries(withNotify(...entries))
    await makeSaveDraft(world)(by(role, { files }))
    return makePublishDraft(world)(by(role, {}))
  }
  expect(await publish('admin', crm, bi, chat)).toMatchObject({ type: 'ok' })
  return { ...world, by, publish }
}

describe('what is sent out of the account', () => {
  it.each<[string, readonly string[], string]>([
    [
      'a new one with personal data',
      [crm, bi, chat, 'id: x, webhook: "https://x.example/", lead: true'],
      'x',
    ],
    ['a new one without', [crm, bi, chat, 'id: x, webhook: "https://x.example/in"'], 'x'],
    ['a new channel', [crm, bi, chat, 'id: x, teams: "https://x.example/in"'], 'x'],
    ['personal data to a known address', [crm, `${bi}, lead: true`, chat], 'bi'],
    ['another address under a known id', [crm, bi.replace('bi.example', 'evil.example'), chat], 'bi'],
    ['another path', [crm, bi, chat.replace('SECRET', 'OTHER')], 'chat'],
    ['another address for personal data', [crm.replace('/in', '/out'), bi, chat], 'crm'],
    ['more of personal data', [`${crm}, events: [LeadQualified]`, bi, chat], 'crm'],
  ])('%s takes an admin to be published', async (_, entries, id) => {
    const { publish, store, check } = await live()
    const before = store.standing().live.revision
    expect(await publish('marketing', ...entries)).toMatchObject({
      type: 'forbidden',
      detail: expect.stringContaining(`only an admin can publish this: ${id} sends`),
    })
    expect(store.standing().live.revision).toBe(before)
    const { body } = (await check(withNotify(...entries))) as { body: { ok: boolean; errors: object[] } }
    expect(body).toMatchObject({ ok: true, errors: [{ file: 'handoff.yaml', severity: 'warning' }] })
    expect(await publish('admin', ...entries)).toMatchObject({ type: 'ok' })
    expect(await publish('marketing', ...entries)).toMatchObject({ type: 'ok', body: { warnings: [] } })
  })

  it.each<[string, readonly string[]]>([
    ['nothing of it changed', [crm, bi, chat]],
    ['another order', [chat, crm, bi]],
    ['one less', [crm, chat]],
    ['no personal data any more', [crm.replace(', lead: true', ''), bi, chat]],
    ['other events to a known address', [crm, bi.replace('[DealWon]', '[DealLost]'), chat]],
  ])('a marketer publishes by themselves: %s', async (_, entries) => {
    const { publish } = await live()
    expect(await publish('marketing', ...entries)).toMatchObject({ type: 'ok' })
  })
})

describe('the addresses in the playbook', () => {
  it('are shown to writers, and by their hosts alone to sales, in the draft too', async () => {
    const world = await live()
    await makeSaveDraft(world)(
      world.by('marketing', { files: Object.fromEntries(withNotify(crm, chat.replace('SECRET', 'DRAFT'))) }),
    )
    const read = async (role: Role) => JSON.stringify(await makeReadPlaybook(world)(world.by(role, {})))
    for (const role of ['marketing', 'admin'] as const)
      for (const secret of ['SECRET', 'DRAFT']) expect(await read(role)).toContain(secret)
    const sales = await read('sales')
    for (const secret of ['SECRET', 'DRAFT', 'crm.example.com/in']) expect(sales).not.toContain(secret)
    expect(sales).toContain('https://hooks.slack.com/…')
  })
})
