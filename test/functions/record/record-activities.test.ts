import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { Conflict, Transient } from '../../../functions/ports.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { Crash } from '../fakes/crash-at.ts'
import { activityOfAnna, recordWorld, rules } from './record-world.ts'

const viewed = (id: string, day = 2) => activityOfAnna(id, 'page.viewed', day, { path: '/pricing' })

/** Counts calls of the ports by name; a guess asks nobody. */
const counted = <Port extends object>(port: Port, calls: Map<string, number>): Port =>
  new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function' || name === 'guess') return method
      return (...given: readonly unknown[]): unknown => {
        calls.set(String(name), (calls.get(String(name)) ?? 0) + 1)
        return Reflect.apply(method, target, given)
      }
    },
  })

describe('one activity', () => {
  test('makes a lead with a state, and says so once', async () => {
    const world = recordWorld()
    await expect(world.record([activityMessage(viewed('a'))])).resolves.toEqual(new Map())
    const lead = world.lead()
    expect(lead).toMatchObject({ email: 'anna@example.com', version: 1, outbox: [] })
    expect(lead.state).toEqual(foldLead(world.leads.log(lead.leadId), rules, world.times.now))
    expect(world.decisionIds()).toEqual([`${lead.leadId}:created`, `${lead.leadId}:stage:awareness:1`])
  })

  test('of a new lead looks up nothing else once the lead is claimed', async () => {
    const world = recordWorld()
    const calls = new Map<string, number>()
    const record = makeRecordActivities({ ...world.ports, leads: counted(world.leads, calls) })
    await record([activityMessage(viewed('a'))])
    expect(Object.fromEntries(calls)).toEqual({ find: 1, identify: 1, append: 1, commit: 1, clearOutbox: 1 })
  })

  test('of a known lead costs one find, one load with a look at the log, one append and one commit', async () => {
    const world = recordWorld()
    await world.record([activityMessage(viewed('a'))])
    const calls = new Map<string, number>()
    const record = makeRecordActivities({
      ...world.ports,
      leads: counted(world.leads, calls),
      bus: counted(world.bus, calls),
    })
    await record([activityMessage(viewed('b', 3))])
    expect(Object.fromEntries(calls)).toEqual({ find: 1, load: 1, firstTime: 1, append: 1, commit: 1 })
  })

  test('that comes once other rules are live belongs to whom these say, and nobody else is claimed', async () => {
    const world = recordWorld()
    const { settings } = rules.playbook
    const merging = compileRules(makePlaybook({ settings: { ...settings, identity: { plusTags: 'same' } } }))
    let live = rules
    const record = makeRecordActivities({ ...world.ports, currentRules: async () => live })
    await record([activityMessage(viewed('a'))])
    live = merging
    await record([activityMessage({ ...viewed('b', 3), subject: { email: 'anna+news@example.com' } })])
    expect(world.leads.log(world.lead().leadId)).toHaveLength(2)
    await expect(world.leads.find({ email: 'anna+news@example.com' })).resolves.toBeUndefined()
  })

  test('that was taken before writes nothing, once its time was looked up', async () => {
    const world = recordWorld()
    await world.record([activityMessage(viewed('a'))])
    const calls = new Map<string, number>()
    const record = makeRecordActivities({ ...world.ports, leads: counted(world.leads, calls) })
    await record([activityMessage(viewed('a')), activityMessage(viewed('a'))])
    expect(Object.fromEntries(calls)).toEqual({ find: 1, load: 1, firstTime: 1 })
  })

  test('without id and time takes both from the event, and a repeat keeps the first time', async () => {
    const world = recordWorld()
    const { id: _id, occurredAt: _at, ...bare } = viewed('a')
    const first = activityMessage(bare, '2026-03-05T10:00:00Z')
    await world.record([first, activityMessage({ ...bare, id: 'b' }, '2026-03-05T11:00:00Z')])
    await world.record([activityMessage({ ...bare, id: 'b' }, '2026-03-05T12:00:00Z')])
    expect(world.leads.log(world.lead().leadId)).toEqual([
      expect.objectContaining({ id: `event-${first.messageId}`, occurredAt: '2026-03-05T10:00:00.000Z' }),
      expect.objectContaining({ id: 'b', occurredAt: '2026-03-05T11:00:00.000Z' }),
    ])
  })
})

describe('a batch', () => {
  test('commits each lead once', async () => {
    const world = recordWorld()
    const calls = new Map<string, number>()
    const record = makeRecordActivities({ ...world.ports, leads: counted(world.leads, calls) })
    await record(['a', 'b', 'c'].map((id) => activityMessage(viewed(id))))
    expect(calls.get('commit')).toBe(1)
    expect(world.lead().state?.seen['page.viewed']?.count).toBe(3)
  })

  test('fails only the message that is no activity, and only the one that names nobody', async () => {
    const world = recordWorld()
    const noActivity = activityMessage({ ...viewed('x'), type: 'Nonsense' })
    const nobody = activityMessage({ ...viewed('y'), subject: { leadId: 'lead-9999' } })
    const noEvent = { messageId: 'plain', body: { hello: 'world' } }
    const failures = await world.record([
      noActivity,
      activityMessage(viewed('a')),
      nobody,
      noEvent,
      activityMessage({ ...viewed('b'), subject: { email: 'ben@example.com' } }),
    ])
    expect([...failures.keys()].sort()).toEqual(
      [noActivity.messageId, nobody.messageId, noEvent.messageId].sort(),
    )
    expect(String(failures.get(noActivity.messageId))).toContain('type must be noun.verb')
    expect(world.leads.items.size).toBe(2)
  })

  test('does not repeat personal data in the reason of a failure', async () => {
    const world = recordWorld()
    const message = activityMessage({ ...viewed('x'), subject: { email: 'anna@@example.com' } })
    expect(String((await world.record([message])).get(message.messageId))).not.toContain('anna')
  })
})

describe('others at the same time', () => {
  test('a lead that changed meanwhile is folded again on what is stored now', async () => {
    const world = recordWorld()
    await world.record([activityMessage(viewed('a', 2))])
    let interrupted = false
    const leads = {
      ...world.leads,
      commit: async (...given: Parameters<typeof world.leads.commit>) => {
        if (!interrupted) {
          interrupted = true
          await world.record([activityMessage(viewed('c', 6))])
        }
        return world.leads.commit(...given)
      },
    }
    const failures = await makeRecordActivities({ ...world.ports, leads })([activityMessage(viewed('b', 4))])
    expect(failures.size).toBe(0)
    const lead = world.lead()
    expect(lead.version).toBe(3)
    expect(lead.state).toEqual(foldLead(world.leads.log(lead.leadId), rules, world.times.now))
  })

  test('gives the messages back after five attempts', async () => {
    const world = recordWorld()
    let commits = 0
    const commit = async () => {
      commits++
      throw new Conflict('always')
    }
    const message = activityMessage(viewed('a'))
    const record = makeRecordActivities({ ...world.ports, leads: { ...world.leads, commit } })
    const failures = await record([message])
    expect(failures.get(message.messageId)).toBeInstanceOf(Conflict)
    expect(commits).toBe(5)
  })

  test('a bus that does not take the decisions leaves them in the outbox for the next delivery', async () => {
    const world = recordWorld()
    const message = activityMessage(viewed('a'))
    const bus = {
      publish: async () => {
        throw new Transient('busy')
      },
    }
    const failures = await makeRecordActivities({ ...world.ports, bus })([message])
    expect(failures.get(message.messageId)).toBeInstanceOf(Transient)
    expect(world.lead().outbox).toHaveLength(2)
    await world.record([message])
    expect(world.lead().outbox).toEqual([])
    expect(world.decisionIds()).toHaveLength(2)
  })
})

describe('what a form brings along', () => {
  const submitted = {
    ...activityOfAnna('f', 'form.submitted', 3, { form: 'demo', fields: {}, language: 'de' }),
    timeAssumed: true,
  }

  test('stands in the log after it, at its time', async () => {
    const world = recordWorld()
    await world.record([activityMessage(submitted)])
    await world.record([activityMessage({ ...submitted, occurredAt: '2026-03-04T09:00:00.000Z' })])
    const log = world.leads.log(world.lead().leadId)
    expect(log.map(({ id, type }) => [id, type])).toEqual([
      ['f', 'form.submitted'],
      ['f~1', 'consent.granted'],
      ['f~2', 'demo.requested'],
    ])
    expect(new Set(log.map(({ occurredAt }) => occurredAt))).toEqual(new Set([submitted.occurredAt]))
  })

  test('is not lost when the process dies after the form, and another one folds the log meanwhile', async () => {
    const world = recordWorld()
    await world.record([activityMessage(viewed('z', 9))])
    // All goes into one write, of which the first part gets through.
    const append: (typeof world.leads)['append'] = async (leadId, facts) => {
      await world.leads.append(leadId, facts.slice(0, 1))
      throw new Crash()
    }
    const dying = makeRecordActivities({ ...world.ports, leads: { ...world.leads, append } })
    const message = activityMessage(submitted)
    expect((await dying([message])).get(message.messageId)).toBeInstanceOf(Crash)
    await world.record([activityMessage(viewed('y', 1))])
    expect(world.lead().state?.recentIds).toContain('f')
    expect(world.lead().state?.recentIds).not.toContain('f~2')
    await world.record([message])
    expect(world.lead().state?.seen['demo.requested']?.count).toBe(1)
  })
})
