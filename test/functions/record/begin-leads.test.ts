import { expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { type Activity, compareFacts, type LeadId } from '../../../domain/model/activity.ts'
import { dynamoItems } from '../../../functions/adapters/dynamo-items.ts'
import { Transient } from '../../../functions/ports.ts'
import { makeBeginLeads } from '../../../functions/record/begin-leads.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { startTable } from '../adapters/dynalite-table.ts'
import { dynamoRecordPorts } from '../adapters/dynamo-record-ports.ts'
import { recordWorld, rules } from './record-world.ts'

const rescored = 'import:fair'
const names = ['anna', 'ben', 'cid'] as const

const saidOf = (name: string): readonly Activity[] => {
  const subject = { email: `${name}@example.com` }
  const occurredAt = '2026-03-20T10:00:00.000Z'
  const fields = { firstName: name, company: 'Delta Glas' }
  return [
    ['', 'profile.updated', { fields, import: 'fair' }] as const,
    [':consent', 'consent.granted', { purpose: 'newsletter', how: 'import', import: 'fair' }] as const,
  ].map(([suffix, type, properties]) => ({
    ...{ id: `import:fair:${name}${suffix}`, type, subject, occurredAt, properties, timeAssumed: false },
  }))
}

const asMessage = ({ timeAssumed: _, ...detail }: Activity) => ({
  messageId: detail.id,
  body: {
    ...{ source: 'trichter', 'detail-type': 'Activity', id: detail.id, time: detail.occurredAt, detail },
  },
})

const heardIn = async ({ leads }: ReturnType<typeof recordWorld>, name: string) => {
  const found = await leads.identify({ email: `${name}@example.com` })
  if (!found) throw new Error('nobody was claimed')
  const { leadId, suppressed } = found
  return {
    leadId,
    activities: saidOf(name),
    lead: await leads.load(leadId),
    ...(suppressed && { suppressed }),
  }
}

const asRecorder = (world: ReturnType<typeof recordWorld>) =>
  makeRecordActivities({ ...world.ports, noNews: { rescored } })

/** All that stands, ids of leads aside: two worlds draw their own. */
const standing = ({ leads, reviews, bus }: ReturnType<typeof recordWorld>) => {
  const text = JSON.stringify({
    leads: [...leads.items.values()].map(({ outbox, version, ...lead }) => ({
      ...lead,
      owed: outbox.length,
    })),
    logs: [...leads.items.keys()].map((leadId) => leads.log(leadId)),
    reviews: [...reviews.days],
    told: bus.published.map(({ unawaited: _, ...one }) => one),
  })
  const ids = [...leads.items.keys()]
  return JSON.parse(ids.reduce((all, id, index) => all.replaceAll(id, `lead-${index}`), text))
}

test('what is first said of many stands as the recorder has it, and is told in the same words', async () => {
  const [together, apart] = [recordWorld(), recordWorld()]
  const all = []
  for (const name of names) all.push(await heardIn(together, name))
  expect(await makeBeginLeads(together.ports)(all, rules, rescored)).toEqual([])
  for (const name of names) await asRecorder(apart)(saidOf(name).map(asMessage))
  expect(standing(together)).toEqual(standing(apart))
  expect(together.leads.items.size).toBe(3)
  // Nothing can wait for somebody new.
  expect(together.bus.published.every(({ unawaited }) => unawaited)).toBe(true)
})

test('a repeat tells the same again, and changes nothing', async () => {
  const world = recordWorld()
  const begin = makeBeginLeads(world.ports)
  await begin([await heardIn(world, 'anna')], rules, rescored)
  const [told, stands] = [world.bus.published.length, JSON.stringify([...world.leads.items])]
  world.times.now = '2026-04-02T00:00:00.000Z'
  expect(await begin([await heardIn(world, 'anna')], rules, rescored)).toEqual([])
  expect(world.bus.published.slice(told)).toEqual(world.bus.published.slice(0, told))
  expect(JSON.stringify([...world.leads.items])).toBe(stands)
})

const wholeOf = ({ leads, times }: ReturnType<typeof recordWorld>, leadId: LeadId) =>
  foldLead(leads.log(leadId).toSorted(compareFacts), rules, times.now)

test('whom somebody else has written to meanwhile is left to the recorder, who misses nothing', async () => {
  const world = recordWorld()
  const [anna, ben] = [await heardIn(world, 'anna'), await heardIn(world, 'ben')]
  const detail = { id: 'v', type: 'page.viewed', subject: { email: 'anna@example.com' }, properties: {} }
  const visit = { ...asMessage({ ...saidOf('anna')[0], ...detail } as Activity) }
  const meanwhile = { ...world.ports.reviews }
  const begin = makeBeginLeads({
    ...world.ports,
    // Between the log and the lead.
    reviews: {
      begin: async (leadId, day, isNew) => {
        if (leadId === anna.leadId) await world.record([visit])
        await meanwhile.begin(leadId, day, isNew)
      },
    },
  })
  const left = await begin([anna, ben], rules, rescored)
  expect(left).toEqual([anna])
  expect(world.bus.published.some(({ leadId }) => leadId === ben.leadId)).toBe(true)
  await asRecorder(world)(left.flatMap(({ activities }) => activities.map(asMessage)))
  const lead = world.leads.items.get(anna.leadId)
  expect(lead?.state?.attributes.firstName?.value).toBe('anna')
  expect(lead?.state).toEqual(wholeOf(world, anna.leadId))
  expect(world.leads.log(anna.leadId).map(({ id }) => id)).toHaveLength(3)

  // Known by now, but not for what is said: the recorder's as well.
  const cid = await heardIn(world, 'cid')
  await world.record([
    { ...asMessage({ ...saidOf('cid')[0], ...detail, subject: { email: 'cid@example.com' } } as Activity) },
  ])
  const known = { ...cid, lead: await world.leads.load(cid.leadId) }
  expect(await makeBeginLeads(world.ports)([known], rules, rescored)).toEqual([known])
})

test('what the bus does not take is told to whoever called, and told again', async () => {
  const world = recordWorld()
  const anna = await heardIn(world, 'anna')
  let isDown = true
  const bus = {
    publish: async (decisions: Parameters<typeof world.bus.publish>[0]) => {
      if (isDown) throw new Transient('the bus is down')
      await world.bus.publish(decisions)
    },
  }
  const begin = makeBeginLeads({ ...world.ports, bus })
  await expect(begin([anna], rules, rescored)).rejects.toThrow(Transient)
  isDown = false
  expect(await begin([await heardIn(world, 'anna')], rules, rescored)).toEqual([])
  expect(world.bus.published.map(({ type }) => type)).toContain('LeadCreated')
})

test('on the table all of it is shared', async () => {
  const table = await startTable()
  try {
    const operations: string[] = []
    table.client.middlewareStack.add(
      (next, { commandName = '' }) => {
        return (given) => {
          operations.push(commandName)
          return next(given)
        }
      },
      { step: 'initialize' },
    )
    const ports = dynamoRecordPorts(table)
    dynamoItems(table.client, table.tableName).insertTogether()
    const people = Array.from({ length: 50 }, (_, index) => `person${index}`)
    const all = await Promise.all(
      people.map(async (name) => {
        const found = await ports.leads.identify({ email: `${name}@example.com` })
        if (!found) throw new Error('nobody was claimed')
        return { leadId: found.leadId, activities: saidOf(name) }
      }),
    )
    expect(await makeBeginLeads(ports)(all, rules, rescored)).toEqual([])
    const counts = Map.groupBy(operations, (operation) => operation)
    // The pointer; two facts with their ids, and the day of the first look; the lead: 25 to a request.
    expect(Object.fromEntries([...counts].map(([operation, own]) => [operation, own.length]))).toEqual({
      BatchGetItemCommand: 1,
      BatchExecuteStatementCommand: (2 * 50) / 25,
      BatchWriteItemCommand: (5 * 50) / 25,
    })
    for (const { leadId } of all) {
      const lead = await ports.leads.load(leadId)
      const { facts } = await ports.leads.history(leadId)
      expect(facts).toHaveLength(2)
      expect(lead?.state).toEqual(JSON.parse(JSON.stringify(foldLead(facts, rules, ports.clock()))))
    }
  } finally {
    await table.stop()
  }
})
