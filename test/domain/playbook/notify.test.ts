import { describe, expect, test } from 'vitest'
import { channelEvents, webhookEvents } from '../../../domain/model/endpoint.ts'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { assemblePlaybook, parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { digest } from '../../../functions/adapters/digest.ts'
import { smallPlaybook } from './small-playbook.ts'

const withNotify = (...lines: readonly string[]) => {
  const handoff = smallPlaybook().get('handoff.yaml') ?? ''
  const block = ['notify:', ...lines.map((line) => `  - ${line}`), ''].join('\n')
  return parsePlaybook(smallPlaybook({ 'handoff.yaml': `${handoff.trimEnd()}\n${block}` }))
}
/** What the small playbook says without it. */
const before = new Set(parsePlaybook(smallPlaybook()).faults.map(faultLine))
const told = (lines: readonly string[]) =>
  withNotify(...lines)
    .faults.map(faultLine)
    .filter((line) => !before.has(line))
const faults = (...lines: readonly string[]) =>
  told(lines).map((line) => line.replace(/^handoff\.yaml:\d+:/, ''))

describe('notify in handoff.yaml', () => {
  test('names programs and channels', () => {
    const lines = [
      '{ id: crm, webhook: https://crm.example.com/hooks, events: [HandoffRequested, DealWon], lead: true }',
      '{ id: all, webhook: "http://127.0.0.1:4000/x" }',
      '{ id: channel, slack: https://hooks.slack.com/services/T/B/x, team: dach, language: de }',
      '{ id: others, teams: https://x.webhook.office.com/webhookb2/y }',
    ]
    expect(told(lines)).toEqual([])
    expect(withNotify(...lines).playbook?.handoff.notify).toEqual([
      {
        id: 'crm',
        type: 'webhook',
        url: 'https://crm.example.com/hooks',
        events: ['HandoffRequested', 'DealWon'],
        lead: true,
      },
      { id: 'all', type: 'webhook', url: 'http://127.0.0.1:4000/x', events: [...webhookEvents], lead: false },
      {
        id: 'channel',
        type: 'slack',
        url: 'https://hooks.slack.com/services/T/B/x',
        events: [...channelEvents],
        team: 'dach',
        language: 'de',
        lead: false,
      },
      {
        id: 'others',
        type: 'teams',
        url: 'https://x.webhook.office.com/webhookb2/y',
        events: [...channelEvents],
        lead: false,
      },
    ])
  })

  test.each([
    ['{ id: a, webhook: http://crm.example.com }', '23: must be an https:// address'],
    ['{ id: a, webhook: https://user:pass@crm.example.com }', '23: must not contain a user name or password'],
    ['{ id: a, webhook: https://x.example.com, events: [HandofRequested] }', '55: expected one of'],
    ['{ id: a, webhook: https://x.example.com, events: [] }', '54: needs at least 1'],
    ['{ id: a, webhook: https://x.example.com, language: de }', '46: unknown key "language"'],
    ['{ id: a, events: [DealWon] }', '5: "webhook" is missing'],
    ['{ id: a, slack: https://x.example.com, team: dahc }', '50: unknown team "dahc"; did you mean "dach"?'],
    ['{ id: a, webhook: https://hooks.slack.com/x }', '23: warning: hooks.slack.com expects its own format'],
  ])('%s is told at its place', (line, message) => {
    const found = faults(line)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(message)
  })

  test('two endpoints with one id are one too many: secrets are derived from it', () => {
    expect(
      faults('{ id: a, webhook: https://x.example.com }', '{ id: a, slack: https://y.example.com }'),
    ).toEqual(['11: "a" is repeated: each id must be unique'])
  })

  test('is no rule: leads are not rescored because of it, though the version is another', () => {
    const versions = [
      parsePlaybook(smallPlaybook()),
      withNotify('{ id: a, webhook: https://x.example.com }'),
    ].map(({ playbook }) => {
      if (!playbook) throw new Error('not a playbook')
      return assemblePlaybook(playbook, {}, digest)
    })
    expect(new Set(versions.map(({ rulesVersion }) => rulesVersion)).size).toBe(1)
    expect(new Set(versions.map(({ version }) => version)).size).toBe(2)
  })
})
