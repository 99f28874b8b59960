import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { requestHandoff } from '../../../domain/handoff/request-handoff.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { giveUp, newDelivery } from '../../../domain/webhook/delivery.ts'
import { dynamoDeliveries } from '../../../functions/adapters/dynamo-deliveries.ts'
import { dynamoHandoffs } from '../../../functions/adapters/dynamo-handoffs.ts'
import { dynamoLeads } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoBrowsers } from '../../../functions/adapters/dynamo-pointers.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { dynamoRuns } from '../../../functions/adapters/dynamo-runs.ts'
import { dynamoSuppressions } from '../../../functions/adapters/dynamo-sending.ts'
import { dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import { type EraseMessage, makeEraseLead, type Sweep } from '../../../functions/erase/erase-lead.ts'
import { Conflict } from '../../../functions/ports.ts'
import { fact, stored } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from '../adapters/dynalite-table.ts'
import { memoryBus } from '../fakes/memory-bus.ts'

const rules = compileRules(makePlaybook())
const now = '2026-03-02T09:00:00.000Z'
const hashAddress = (key: string): string => Buffer.from(key).toString('hex')

let table: TestTable
let rounds = 0
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const scan = async (): Promise<readonly Record<string, unknown>[]> =>
  (await table.client.send(new ScanCommand({ TableName: table.tableName, ConsistentRead: true }))).Items ?? []

/** A person of two leads, each with a browser of its own, and a neighbour. */
const eraseWorld = async () => {
  rounds += 1
  const idOf = (name: string): LeadId => {
    const id = parseLeadId(`${name}-of-person-${rounds}`)
    if (id === undefined) throw new Error('not a lead id')
    return id
  }
  const email = (name: string) => `${name}${rounds}@werk.example.net`
  const [root, member, neighbour] = [idOf('root'), idOf('member'), idOf('neighbour')]
  const { client, tableName } = table
  const make = (leadId: LeadId) => dynamoLeads({ client, tableName, hashAddress, newLeadId: () => leadId })
  const leads = make(root)
  for (const [leadId, name] of [
    [root, 'anna'],
    [member, 'bea'],
    [neighbour, 'carl'],
  ] as const) {
    await make(leadId).identify({ email: email(name) })
    await make(leadId).identify({ visitorId: `browser-${name}${rounds}` })
    const facts = [
      {
        ...fact(`f-${name}`, 'form.submitted', '03-01T08:00', { fields: { firstName: name } }),
        email: email(name),
      },
      ...(leadId === root ? [fact('m', 'lead.merged', '03-01T09:00', { leadId: member })] : []),
    ]
    await leads.append(leadId, facts)
    const state = stored(foldLead(facts, rules))
    const merged = leadId === member ? { mergedInto: root } : {}
    const members = leadId === root ? { members: [member] } : {}
    await leads.commit(
      { leadId, version: 0, outbox: [], email: email(name), state, ...merged, ...members },
      1,
    )
  }
  const bus = memoryBus()
  const swept: Sweep[] = []
  const cancelled: string[] = []
  const unlisted: string[] = []
  const letters: unknown[] = []
  const forgotten: LeadId[] = []
  const real = {
    leads,
    runs: dynamoRuns(client, tableName),
    sends: dynamoSends(client, tableName),
    deliveries: dynamoDeliveries(client, tableName),
    handoffs: dynamoHandoffs(client, tableName),
    remains: dynamoRemains(client, tableName),
    suppressions: dynamoSuppressions(client, tableName),
    timers: { cancel: async (name: string) => void cancelled.push(name) },
    bus,
    browsers: dynamoBrowsers(client, tableName),
    provider: { remove: async (address: string) => void unlisted.push(address) },
    forgetRows: async (leadIds: readonly LeadId[]) => void forgotten.push(...leadIds),
    deadLetters: [
      {
        sift: async (isTheirs: (body: unknown) => boolean) => {
          letters.splice(0, letters.length, ...letters.filter((body) => !isTheirs(body)))
        },
      },
    ],
    hashAddress,
    hashBrowser: (visitorId: string) => hashAddress(`browser:${visitorId}`),
    sweepLater: async (sweep: Sweep) => void swept.push(sweep),
    pause: async () => {},
  }
  const message = (leadId: LeadId, parts: Partial<EraseMessage> = {}): EraseMessage => ({
    leadId,
    because: 'request',
    look: 'first',
    at: now,
    names: [],
    ...parts,
  })
  /** What of these people is still there, beside that they were erased. */
  const left = async () =>
    (await scan()).filter((item) => {
      const text = JSON.stringify(item)
      const isTheirs = [root, member, email('anna'), email('bea'), `browser-anna${rounds}`].some((part) =>
        text.includes(part),
      )
      return isTheirs && item.erased === undefined
    })
  return {
    real,
    root,
    member,
    neighbour,
    email,
    bus,
    swept,
    cancelled,
    unlisted,
    forgotten,
    letters,
    message,
    left,
    leads,
  }
}

let world: Awaited<ReturnType<typeof eraseWorld>>
beforeEach(async () => {
  world = await eraseWorld()
})

describe('erasing', () => {
  test.each(['root', 'member'] as const)(
    'by the %s takes the whole person, and nobody else',
    async (which) => {
      const { real, message, left, email, neighbour, leads, bus, swept } = world
      await makeEraseLead(real)(message(world[which]))
      expect(await left()).toEqual([])
      expect((await leads.load(neighbour))?.email).toBe(email('carl'))
      expect(await leads.identify({ visitorId: `browser-carl${rounds}` })).toMatchObject({
        leadId: neighbour,
      })
      expect(bus.published.map(({ type, id }) => [type, id])).toEqual([
        ['LeadErased', `${world[which]}:erased`],
      ])
      expect(swept).toHaveLength(1)
    },
  )

  test('takes back the alarms of a handoff, also of one that was answered', async () => {
    const { real, message, root, member, cancelled } = world
    const { dach: team } = makePlaybook().handoff.teams
    if (!team) throw new Error('no team')
    for (const leadId of [root, member]) {
      const qualified = {
        leadId,
        cycle: 1,
        score: 70,
        stage: 'intent',
        decisionId: 'd',
        correlationId: 'c',
      } as const
      const choice = { team, member: team.members[0], because: 'routed' } as const
      const handoff = requestHandoff({ qualified, choice, rules: { accept: { remind: 3_600_000 } }, now })
      const accepted = { answer: { state: 'accepted', at: now, by: 'anna' } } as const
      await real.handoffs.commit({ ...handoff, ...(leadId === member && accepted) })
    }
    await makeEraseLead(real)(message(root))
    expect(cancelled.toSorted()).toEqual(
      [root, member].map((leadId) => `${leadId}.1:remind:2026-03-02T10:00:00.000Z`).toSorted(),
    )
  })

  test('takes back what was to tell others again, deliveries included', async () => {
    const { real, message, root, member, cancelled, left } = world
    const nextAt = '2026-03-02T11:00:00.000Z'
    for (const leadId of [root, member]) {
      const event = { decisionId: `${leadId}:x`, type: 'DealWon', occurredAt: now, leadId, data: {} } as const
      const fresh = newDelivery('crm', event, now)
      await real.deliveries.add(leadId === member ? giveUp(fresh, 'gone') : { ...fresh, nextAt })
    }
    await makeEraseLead(real)(message(root))
    expect(cancelled).toEqual([`webhook:${root}:crm:${root}:x:${nextAt}`])
    expect(await left()).toEqual([])
  })

  test('keeps a hash of each address, and says so to the lead that begins anew there', async () => {
    const { real, message, root, leads, email } = world
    await makeEraseLead(real)(message(root))
    for (const name of ['anna', 'bea'])
      expect(await real.suppressions.find(hashAddress(email(name)))).toEqual({
        reason: 'erased',
        at: now,
        erasedAt: now,
      })
    expect(await leads.identify({ email: email('bea') })).toMatchObject({ suppressed: { reason: 'erased' } })
  })

  test('of somebody who never confirmed keeps no hash', async () => {
    const { real, message, root, email } = world
    await makeEraseLead(real)(message(root, { because: 'unconfirmed' }))
    expect(await real.suppressions.find(hashAddress(email('anna')))).toBeUndefined()
  })

  test('whoever is in the middle of a commit meets a conflict', async () => {
    const { real, message, root, leads } = world
    const before = await leads.load(root)
    if (!before?.state) throw new Error('no lead')
    await makeEraseLead(real)(message(root))
    await expect(leads.commit({ ...before, state: before.state }, 1)).rejects.toThrow(Conflict)
    expect(await leads.load(root)).toMatchObject({ erased: { at: now } })
  })

  test('the second look finds what was written meanwhile, and tells nobody again', async () => {
    const { real, message, root, leads, left, bus } = world
    await makeEraseLead(real)(message(root))
    await leads.append(root, [fact('late', 'page.viewed', '03-02T08:59')])
    await makeEraseLead(real)(message(root, { look: 'second' }))
    expect(await left()).toEqual([])
    expect(bus.published).toHaveLength(1)
  })

  const about = (subject: object, occurredAt = '2026-03-02T08:00:00.000Z', properties = {}) => ({
    'detail-type': 'Activity',
    detail: { id: 'x', type: 'form.submitted', subject, occurredAt, properties },
  })

  test('what failed on its way is looked through: theirs goes, whoever it names them by', async () => {
    const { real, message, root, member, neighbour, email, letters } = world
    const theirs = [
      about({ email: email('anna') }),
      about({ email: email('bea').toUpperCase() }),
      about({ leadId: member }),
      about({ visitorId: `browser-anna${rounds}` }),
      about({ email: 'else@werk.example.net' }, undefined, { visitorId: `browser-bea${rounds}` }),
      { 'detail-type': 'LeadScored', detail: { metadata: {}, data: { leadId: root } } },
      { source: 'aws.ses', detail: { mail: { destination: [email('anna')] }, bounce: {} } },
    ]
    const others = [
      about({ email: email('carl') }),
      about({ leadId: neighbour }),
      about({ email: email('anna') }, '2026-03-02T09:00:00.001Z'),
      'no JSON',
      { detail: null },
    ]
    letters.push(...theirs, ...others)
    await makeEraseLead(real)(message(root))
    expect(letters).toEqual(others)
  })

  test('the looks after the first know them by hash, as the log is gone', async () => {
    const { real, message, root, email, letters, swept } = world
    await makeEraseLead(real)(message(root))
    const [second] = swept
    expect(second).toMatchObject({ look: 'second', at: now })
    letters.push(about({ email: email('anna') }), about({ visitorId: `browser-bea${rounds}` }))
    if (second) await makeEraseLead(real)(second)
    expect(letters).toEqual([])
    expect(swept.map(({ look }) => look)).toEqual(['second', 'last'])
    if (swept[1]) await makeEraseLead(real)(swept[1])
    expect(swept).toHaveLength(2)
  })

  test('takes the addresses from the list that SES keeps', async () => {
    const { real, message, root, unlisted, email } = world
    await makeEraseLead(real)(message(root))
    expect(unlisted.toSorted()).toEqual([email('anna'), email('bea')])
  })

  test('what they did before begins nobody anew, by address or by browser; what they do later does', async () => {
    const { real, message, root, leads, email } = world
    await makeEraseLead(real)(message(root))
    for (const subject of [{ email: email('anna') }, { visitorId: `browser-bea${rounds}` }]) {
      expect(await leads.identify(subject, now)).toBeUndefined()
      expect(await world.left()).toEqual([])
    }
    const later = '2026-03-02T09:00:00.001Z'
    expect(await leads.identify({ email: email('anna') }, later)).toMatchObject({
      suppressed: { erasedAt: now },
    })
    // The pointer of who begins anew goes on telling of it.
    expect(await leads.identify({ email: email('anna') }, now)).toMatchObject({
      suppressed: { erasedAt: now },
    })
  })

  test('a partition of more items than one request takes is emptied', async () => {
    const { real, message, root, left } = world
    for (let index = 0; index < 60; index += 1)
      await table.client.send(
        new PutCommand({
          TableName: table.tableName,
          Item: {
            pk: `L#${root}`,
            sk: `A#${index}`,
            id: `${index}`,
            occurredAt: now,
            type: 'a.b',
            properties: '{}',
          },
        }),
      )
    await makeEraseLead(real)(message(root))
    expect(await left()).toEqual([])
  })
})

test.each(['bury', 'clear', 'dropPointers', 'addErasure', 'remove', 'publish', 'sweepLater'])(
  'a process that dies at %s: the next one ends what it began',
  async (step) => {
    const { real, message, member, left, bus, email } = world
    let dead = false
    const die = () => {
      dead = true
      throw new Error('died')
    }
    let calls = 0
    // The second call: some of it is done.
    const dying = <Port extends object>(port: Port): Port =>
      new Proxy(port, {
        get: (target, name, receiver) => {
          const value: unknown = Reflect.get(target, name, receiver)
          if (name !== step || typeof value !== 'function' || dead) return value
          return (...args: unknown[]) => {
            calls += 1
            return calls > 1 || step === 'publish' ? die() : value.apply(target, args)
          }
        },
      })
    const ports = {
      ...real,
      remains: dying(real.remains),
      suppressions: dying(real.suppressions),
      provider: dying(real.provider),
      bus: dying(real.bus),
      ...(step === 'sweepLater' && { sweepLater: async () => die() }),
    }
    await expect(makeEraseLead(ports)(message(member))).rejects.toThrow('died')
    await makeEraseLead(real)(message(member))
    expect(await left()).toEqual([])
    expect(await real.suppressions.find(hashAddress(email('anna')))).toMatchObject({ reason: 'erased' })
    expect(new Set(bus.published.map(({ id }) => id)).size).toBe(1)
  },
)

describe('erasing whoever was found not to be kept', () => {
  const overdue = (version: number): Partial<EraseMessage> => ({ because: 'retention', version })

  test('takes them as they were found', async () => {
    const { real, root, message, left } = world
    await makeEraseLead(real)(message(root, overdue(1)))
    expect(await left()).toEqual([])
  })

  test('leaves them once something has come since', async () => {
    const { real, root, message, leads, bus, swept, unlisted } = world
    const lead = await leads.load(root)
    if (!lead?.state) throw new Error('no lead')
    await leads.commit({ ...lead, state: lead.state }, 1)
    await makeEraseLead(real)(message(root, overdue(1)))
    expect((await leads.load(root))?.erased).toBeUndefined()
    expect([bus.published, swept, unlisted]).toEqual([[], [], []])
  })

  test('leaves a lead that has gone into another', async () => {
    const { real, member, root, message, leads } = world
    await makeEraseLead(real)(message(member, overdue(1)))
    expect((await leads.load(root))?.erased).toBeUndefined()
  })

  test('goes on after a crash that has buried them already', async () => {
    const { real, root, message, left } = world
    const crash = { ...real, remains: { ...real.remains, clear: () => Promise.reject(new Error('crashed')) } }
    await expect(makeEraseLead(crash)(message(root, overdue(1)))).rejects.toThrow('crashed')
    await makeEraseLead(real)(message(root, overdue(1)))
    expect(await left()).toEqual([])
  })
})
