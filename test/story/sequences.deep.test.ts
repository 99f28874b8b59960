import { beforeAll, describe, expect, it } from 'vitest'
import { useStory } from './use-story.ts'

interface SequenceView {
  readonly sequence: string
  readonly paused: string | null
  readonly runs: Readonly<Record<string, number>>
}

interface Migration {
  readonly migration: string | null
}

interface Report {
  readonly total: { readonly suppressed: number }
}

interface Unsent {
  readonly type: string
  readonly properties: { readonly email?: string; readonly reason?: string }
}

/** No sending hours and no caps: they are another story. */
const settings = `company: { name: Probe GmbH, address: 'Weg 1, 33602 Bielefeld', imprint: https://www.example.com/imprint }
sender: { name: Probe, email: hallo@mail.example.com }
timeZone: Europe/Berlin
languages: [de, en]
`

const followUp = (wait: string) => `id: follow-up
enter: { activity: probe.tried }
steps:
  - wait: ${wait}
  - email: case-study
`

const sequences = {
  'sequences/probe.yaml': `id: probe
enter: { activity: probe.ordered }
steps:
  - wait: { for: probe.returned, timeout: 7d }
  - if: 'did("probe.returned")'
    then:
      - notify: { team: dach, message: 'The probe came back' }
      - enter: thanks
    else:
      - email: comparison
      - exit: never came back
  - email: easy-order
`,
  'sequences/thanks.yaml': `id: thanks
enter: { when: 'lead.segment == "fan"' }
steps:
  - email: first-results
`,
  'sequences/follow-up.yaml': followUp('3d'),
  'sequences/goal.yaml': `id: goal
enter: { activity: goal.begun }
goal: 'did("goal.reached")'
steps:
  - wait: 2w
  - email: case-study
`,
}

/** What sequences begin with, wait for and lead to, and how they are paused and changed while leads are in them. */
describe('sequences in full', () => {
  const client = useStory()
  let files: Readonly<Record<string, string>>
  let ids = 0
  beforeAll(async () => {
    const { files: shipped } = await client.get<{ files: Readonly<Record<string, string>> }>('/api/playbook')
    files = { ...shipped, ...sequences, 'settings.yaml': settings }
    await publish(files)
  })

  const call = async <Body>(path: string, body: unknown, status: number, method = 'POST'): Promise<Body> => {
    const response = await client.raw(path, {
      method,
      headers: { authorization: 'Bearer local-marketing', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const text = await response.text()
    expect([response.status, text]).toEqual([status, text])
    await client.settle()
    return JSON.parse(text)
  }
  const publish = async (next: Readonly<Record<string, string>>) => {
    await call('/api/playbook', { files: next }, 200, 'PUT')
    await call('/api/playbook/publish', {}, 200)
  }
  const record = async (email: string, type: string, properties: object = {}) => {
    ids += 1
    const event = { id: `sequence-${ids}`, type, subject: { email }, properties }
    expect((await client.postEvents([event])).rejected).toEqual([])
    await client.settle()
  }
  const consenting = async (email: string) => {
    await record(email, 'consent.granted', { purpose: 'newsletter' })
    await record(email, 'profile.updated', { fields: { firstName: 'Ada', language: 'en' } })
  }
  const emails = async (to: string) => (await client.inbox(to)).map(({ tags }) => tags.email)
  const runOf = async (email: string, sequence: string) =>
    (await client.leadByEmail(email)).sequences.find((run) => run.sequence === sequence)
  const view = async (sequence: string) => {
    const { items } = await client.get<{ items: SequenceView[] }>('/api/sequences')
    return items.find((item) => item.sequence === sequence)
  }

  it('begin with an activity, wait for another, tell a team, and lead on', async () => {
    const email = 'returns@werk.example.net'
    await consenting(email)
    await record(email, 'probe.ordered')
    expect(await runOf(email, 'probe')).toMatchObject({ status: 'waiting' })
    await client.advance('2d')
    await record(email, 'probe.returned')
    expect((await emails(email)).filter((id) => id !== 'hidden-cost')).toEqual(
      ['easy-order', 'first-results'].sort(),
    )
    const notices = (await client.inbox('lea@sales.example.com')).filter(
      ({ tags }) => tags.email === 'notify',
    )
    expect(notices.map(({ subject }) => subject)).toEqual([
      'Hinweis zu Ada returns@werk.example.net: The probe came back',
    ])
    expect(await runOf(email, 'thanks')).toMatchObject({ status: 'completed' })
  })

  it('go on when the time is up, and end where the author says so', async () => {
    const email = 'keeps@werk.example.net'
    await consenting(email)
    await record(email, 'probe.ordered')
    await client.advance('8d')
    await record(email, 'probe.returned')
    expect(await emails(email)).toContain('comparison')
    expect(await emails(email)).not.toContain('easy-order')
    expect(await runOf(email, 'probe')).toMatchObject({ status: 'exited' })
  })

  it('begin once a condition becomes true', async () => {
    const email = 'fan@werk.example.net'
    await consenting(email)
    await record(email, 'profile.updated', { fields: { segment: 'fan' } })
    await record(email, 'profile.updated', { fields: { segment: 'fan' } })
    expect((await emails(email)).filter((id) => id === 'first-results')).toHaveLength(1)
  })

  it.each([
    ['send', ['case-study']],
    ['skip', []],
    ['shift', []],
  ] as const)('are paused and resumed: %s what fell due', async (due, at) => {
    const email = `paused-${due}@werk.example.net`
    await consenting(email)
    await record(email, 'probe.tried')
    await call('/api/sequences/follow-up/pause', {}, 200)
    await client.advance('4d')
    expect(await runOf(email, 'follow-up')).toMatchObject({ status: 'held' })
    expect(await view('follow-up')).toMatchObject({ paused: expect.any(String), runs: { held: 1 } })
    await call('/api/sequences/follow-up/resume', { due: 'whatever' }, 422)
    await call('/api/sequences/follow-up/resume', { due }, 202)
    const studies = async () => (await emails(email)).filter((id) => id === 'case-study')
    expect(await studies()).toEqual(at)
    await client.advance('4d')
    expect(await studies()).toEqual(due === 'skip' ? [] : ['case-study'])
    expect(await runOf(email, 'follow-up')).toMatchObject({ status: 'completed' })
    await call('/api/sequences/follow-up/resume', { due }, 409)
  })

  it.each([
    ['send', 'stale'],
    ['skip', 'skipped-paused'],
  ] as const)('account for what was left out: %s, %s', async (due, reason) => {
    const email = `left-out-${due}@werk.example.net`
    await consenting(email)
    const report = async () =>
      (await client.get<Report>('/api/sequences/follow-up/report', 'marketing')).total.suppressed
    const before = await report()
    await record(email, 'probe.tried')
    await call('/api/sequences/follow-up/pause', {}, 200)
    await client.advance('7d')
    await call('/api/sequences/follow-up/resume', { due }, 202)
    expect(await emails(email)).not.toContain('case-study')
    const { leadId } = await client.leadByEmail(email)
    const lead = await client.get<{ emails: object[] }>(`/api/leads/${leadId}`)
    expect(lead.emails).toContainEqual(
      expect.objectContaining({ email: 'case-study', status: 'suppressed', reason }),
    )
    const { items } = await client.get<{ items: Unsent[] }>(`/api/leads/${leadId}/timeline`)
    expect(
      items.filter(({ type }) => type === 'email.suppressed').map(({ properties }) => properties.reason),
    ).toContain(reason)
    expect(await report()).toBe(before + 1)
  })

  it('count a goal when it is reached', async () => {
    const email = 'reached@werk.example.net'
    await consenting(email)
    await record(email, 'goal.begun')
    expect(await runOf(email, 'goal')).toMatchObject({ status: 'waiting', words: 'waits 14 days' })
    await record(email, 'goal.reached')
    expect(await runOf(email, 'goal')).toMatchObject({ status: 'goal', nextAt: null })
    expect(await view('goal')).toMatchObject({ goalCounts: 'at-once', runs: { waiting: 0, goal: 1 } })
  })

  it('move to another version where asked, and back', async () => {
    const email = 'moved@werk.example.net'
    await consenting(email)
    await record(email, 'probe.tried')
    await publish({ ...files, 'sequences/follow-up.yaml': followUp('1h') })
    const path = '/api/sequences/follow-up/migrate'
    const preview = await call<Migration>(path, { preview: true }, 200)
    expect(preview).toMatchObject({
      migration: null,
      open: 1,
      inAll: { looked: 1, moves: 1, stays: 0, exact: true },
      runs: [
        {
          email,
          from: { words: 'waits 3 days' },
          to: { words: 'waits 1 hour' },
          next: {
            words: 'sends the email "case-study"',
            emails: [{ email: 'case-study', subject: expect.stringMatching(/./) }],
          },
        },
      ],
    })
    const before = (await runOf(email, 'follow-up'))?.nextAt
    const { migration } = await call<Migration>(path, {}, 202)
    const moved = (await runOf(email, 'follow-up'))?.nextAt
    expect(Date.parse(before ?? '') - Date.parse(moved ?? '')).toBe(71 * 3_600_000)
    await call(`${path}/undo`, { migration: 'of-nobody' }, 404)
    await call('/api/sequences/probe/migrate/undo', { migration }, 404)
    await call(`${path}/undo`, { migration }, 202)
    expect((await runOf(email, 'follow-up'))?.nextAt).toBe(before)
    // The list of runs is gone through once more a minute later, by then for nothing.
    await client.advance('2m')
    expect(await runOf(email, 'follow-up')).toMatchObject({ nextAt: before, words: 'waits 3 days' })
    await call(`${path}/undo`, { migration }, 202)
    await call(path, {}, 202)
    await client.advance('2h')
    expect((await emails(email)).filter((id) => id === 'case-study')).toHaveLength(1)
    await client.advance('4d')
    expect((await emails(email)).filter((id) => id === 'case-study')).toHaveLength(1)
  })
})
