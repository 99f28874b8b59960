import { describe, expect, it } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { importLanes } from '../../../functions/import-ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryImports } from '../fakes/memory-imports.ts'
import { importWorld } from './import-world.ts'

const consent = {
  purpose: 'newsletter',
  evidence: 'sign-up list of the fair in Hanover',
  at: '2026-03-20T10:00:00Z',
}

const anna = { Mail: 'Anna@Example.com ', Vorname: 'Anna', Firma: 'Delta Glas', Kennung: '7' }

const valuesOf = (lead: ReturnType<ReturnType<typeof importWorld>['leadOf']>) =>
  Object.fromEntries(Object.entries(lead?.state?.attributes ?? {}).map(([name, { value }]) => [name, value]))

describe('an import', () => {
  it('makes leads of rows, and says of each what became of it', async () => {
    const world = importWorld()
    const id = await world.begin()
    const rows = [
      [2, anna],
      [3, { Mail: 'ben@example.com' }],
      [4, { Mail: 'not an address', Vorname: 'Cid' }],
      [5, { Vorname: 'Dora' }],
      [6, { ...anna, Vorname: 'Anne' }],
    ] as const
    expect(await world.rows(id, rows, true)).toEqual({
      type: 'accepted',
      body: { importId: id, accepted: 5 },
    })
    await world.settle()
    expect(await world.show(id)).toMatchObject({
      ...{ state: 'done', rows: 5, created: 2, updated: 0, unchanged: 1, rejectedRows: 2 },
      rejected: [
        { line: 4, reason: 'not an email address' },
        { line: 5, reason: 'no email address' },
      ],
    })
    expect(valuesOf(world.leadOf('anna@example.com'))).toEqual({
      ...{ email: 'anna@example.com', firstName: 'Anna', company: 'Delta Glas' },
    })
    expect(world.leadOf('anna@example.com')?.state?.consent).toEqual({})
    const counts = { created: 2, updated: 0, unchanged: 1, rejected: 2 }
    expect(new Set(world.announced.map((event) => JSON.stringify(event)))).toEqual(
      new Set([
        JSON.stringify({
          ...{ type: 'ImportFinished', id: `import:${id}:finished`, occurredAt: world.times.now },
          ...{ importId: id, ...counts },
        }),
      ]),
    )
  })

  it('changes nothing by what comes again, in whatever pieces, and by messages that come again', async () => {
    const once = importWorld()
    const again = importWorld()
    const all = Array.from(
      { length: 300 },
      (_, index) =>
        [
          index + 1,
          { Mail: index % 7 === 0 ? 'nobody' : `person${index % 200}@example.com`, Firma: `Firma ${index}` },
        ] as const,
    )
    const settings = { mode: { company: 'overwrite' }, consent }
    const [one, other] = [await once.begin(settings), await again.begin(settings)]
    await once.rows(one, all, true)
    await once.settle()
    for (const [from, to] of [
      [0, 130],
      [100, 250],
      [0, 20],
      [250, 300],
      [90, 300],
    ] as const) {
      await again.rows(other, all.slice(from, to), to === 300)
      await again.settle(2)
      await again.rows(other, all.slice(from, to), to === 300)
    }
    await again.settle(2)
    const { rejected, rows, created, updated, unchanged, rejectedRows } = await once.show(one)
    expect({
      rows,
      sum: Number(created) + Number(updated) + Number(unchanged) + Number(rejectedRows),
    }).toEqual({
      rows: 300,
      sum: 300,
    })
    expect(await again.show(other)).toMatchObject({
      rejected,
      rows,
      created,
      updated,
      unchanged,
      rejectedRows,
    })
    const end = (world: typeof once) =>
      [...world.leads.items.values()].map((lead) => JSON.stringify(valuesOf(lead))).sort()
    expect(end(again)).toEqual(end(once))
    expect(valuesOf(once.leadOf('person2@example.com'))).toMatchObject({ company: 'Firma 202' })
  })

  it('gives consent with its evidence, and none to whoever has withdrawn it or does not want mail', async () => {
    const world = importWorld()
    const before = await world.begin({ consent })
    await world.rows(before, [[1, { Mail: 'eva@example.com' }]])
    await world.settle()
    const eva = world.leadOf('eva@example.com')
    expect(eva?.state?.consent.newsletter).toMatchObject({
      status: 'granted',
      at: '2026-03-20T10:00:00.000Z',
    })
    const [granted] = (await world.leads.facts(eva?.leadId as never)).filter(
      ({ type }) => type === 'consent.granted',
    )
    expect(granted?.properties).toEqual({
      ...{ purpose: 'newsletter', how: 'import', import: before },
      evidence: consent.evidence,
    })

    const dated = { Mail: 'email', 'Einwilligung am': '$consentAt' }
    const inGerman = await world.begin({ mapping: dated, consent })
    await world.rows(inGerman, [
      [1, { Mail: 'ida@example.com', 'Einwilligung am': '3.02.2026' }],
      [2, { Mail: 'jan@example.com', 'Einwilligung am': '04.02.2026 09:30' }],
      [3, { Mail: 'kai@example.com', 'Einwilligung am': '31.02.2026' }],
    ])
    await world.settle()
    const agreedAt = (mail: string) => world.leadOf(mail)?.state?.consent.newsletter?.at
    expect(agreedAt('ida@example.com')).toBe('2026-02-03T00:00:00.000Z')
    expect(agreedAt('jan@example.com')).toBe('2026-02-04T09:30:00.000Z')
    expect(world.leadOf('kai@example.com')).toBeUndefined()

    const mapping = { Mail: 'email', Status: '$unsubscribed' }
    const second = await world.begin({ mapping, consent })
    await world.rows(second, [
      [1, { Mail: 'eva@example.com', Status: 'unsubscribed' }],
      [2, { Mail: 'fritz@example.com', Status: 'Yes' }],
      [3, { Mail: 'gerd@example.com', Status: 'no' }],
    ])
    await world.settle()
    const third = await world.begin({ consent: { ...consent, at: '2026-03-31T10:00:00Z' } })
    await world.rows(
      third,
      ['eva', 'fritz', 'gerd']
        .map((name, index) => [index, { Mail: `${name}@example.com` }])
        .map(([line, values]) => [Number(line) + 1, values as object]),
    )
    await world.settle()
    const statusOf = (name: string) => world.leadOf(`${name}@example.com`)?.state?.consent.newsletter?.status
    expect(['eva', 'fritz', 'gerd'].map(statusOf)).toEqual(['withdrawn', 'withdrawn', 'granted'])
    expect(await world.show(third)).toMatchObject({ unchanged: 3 })
  })

  it('begins no sequence and hands nobody over, unless asked to', async () => {
    const marksOf = async (settings: object) => {
      const world = importWorld()
      const id = await world.begin({ ...settings, consent })
      await world.rows(id, [[1, anna]])
      await world.settle()
      return world.bus.published.map(({ data }) => data.rescored)
    }
    expect(new Set(await marksOf({}))).toEqual(new Set(['import:import-1']))
    expect(new Set(await marksOf({ enter: true }))).toEqual(new Set([undefined]))
  })

  it('is taken back: leads that it made go, of others what it said is voided', async () => {
    const world = importWorld()
    const first = await world.begin()
    await world.rows(first, [[1, anna]], true)
    await world.settle()
    const second = await world.begin({ mode: { firstName: 'overwrite' }, consent })
    await world.rows(
      second,
      [
        [1, { ...anna, Vorname: 'Anne' }],
        [2, { Mail: 'ben@example.com' }],
        [3, { Mail: 'cid@example.com' }],
      ],
      true,
    )
    await world.settle()
    const cid = world.leadOf('cid@example.com')
    await world.record(
      [
        {
          messageId: 'm',
          body: {
            source: 'trichter',
            'detail-type': 'Activity',
            id: 'e',
            time: world.times.now,
            detail: { id: 'p', type: 'page.viewed', subject: { leadId: cid?.leadId }, properties: {} },
          },
        },
      ],
      'none',
      true,
    )
    expect(await world.call(`/api/imports/${second}/undo`, {})).toMatchObject({ type: 'accepted' })
    expect(await world.rows(second, [[4, anna]])).toMatchObject({ type: 'conflict' })
    await world.settle(2)
    expect(await world.show(second)).toMatchObject({ state: 'undone' })
    expect(valuesOf(world.leadOf('anna@example.com'))).toMatchObject({ firstName: 'Anna' })
    expect(world.leadOf('anna@example.com')?.state?.consent).toEqual({})
    expect(world.leadOf('cid@example.com')?.state?.consent).toEqual({})
    const ben = world.leadOf('ben@example.com')
    const asked = world.bus.published.filter(({ type }) => type === 'ErasureRequested')
    expect([...new Set(asked.map(({ leadId }) => leadId))]).toEqual([ben?.leadId])
    expect(asked[0]?.data).toMatchObject({ because: 'import-undone', version: ben?.version })
    expect(world.announced.at(-1)).toMatchObject({ id: `import:${second}:undone`, undone: true })
  })

  it('writes nothing to somebody who is being erased: the row waits until they are gone', async () => {
    const world = importWorld()
    const first = await world.begin()
    await world.rows(first, [[1, anna]], true)
    await world.settle()
    const lead = world.leadOf('anna@example.com')
    if (!lead) throw new Error('nobody was made')
    const { leadId } = lead
    const items = world.leads.items as Map<typeof leadId, typeof lead>
    items.set(leadId, { ...lead, erased: { at: world.times.now, family: [leadId] } })
    const before = world.leads.log(leadId)
    const second = await world.begin({ mode: { firstName: 'overwrite' } })
    await world.rows(second, [[1, { ...anna, Vorname: 'Anne' }]], true)
    await expect(world.settle()).rejects.toThrow('is being erased')
    expect(world.leads.log(leadId)).toEqual(before)
  })

  it('takes rows about one person one after the other, by whatever addresses', async () => {
    const { settings } = makePlaybook()
    const tagged = compileRules(makePlaybook({ settings: { ...settings, identity: { plusTags: 'same' } } }))
    const world = importWorld(memoryImports(), tagged)
    const id = await world.begin()
    const rows = ['anna', 'anna+fair', 'anna+news'].map((name, index) => [
      index + 1,
      { Mail: `${name}@example.com`, Firma: `F ${index}` },
    ]) as unknown as Parameters<typeof world.rows>[1]
    await world.rows(id, rows, true)
    await world.settle()
    expect(await world.show(id)).toMatchObject({ created: 1, unchanged: 2 })
    expect(world.leads.items.size).toBe(1)
  })

  it('refuses what it cannot do before anything is written', async () => {
    const world = importWorld()
    const errorsOf = async (settings: object) => {
      const answer = await world.call('/api/imports', { name: 'x', mapping: { Mail: 'email' }, ...settings })
      return answer.type === 'bad-input' ? answer.errors.map(({ path }) => path) : answer
    }
    expect(await errorsOf({ mapping: { Name: 'lastName' } })).toEqual(['mapping'])
    expect(await errorsOf({ mapping: { Mail: 'email', A: 'company', B: 'company' } })).toEqual(['mapping'])
    expect(await errorsOf({ mapping: { Mail: 'email', A: 'last name' } })).toEqual(['mapping.A'])
    expect(await errorsOf({ mode: { phone: 'fill' } })).toEqual(['mode.phone'])
    expect(await errorsOf({ consent: { ...consent, evidence: ' ' } })).toEqual(['consent.evidence'])
    expect(await errorsOf({ consent: { ...consent, at: '2027-01-01T00:00:00Z' } })).toEqual(['consent.at'])
    expect(await errorsOf({ occurredAt: '2010-01-01T00:00:00Z' })).toEqual(['occurredAt'])
    const id = await world.begin()
    expect(await world.rows(id, [[1, { Mail: 'a@example.com', Strasse: 'Weg 1' }]])).toMatchObject({
      errors: [{ path: 'rows', message: 'line 1: the mapping does not say what the column "Strasse" is' }],
    })
    expect(
      await world.rows(id, [
        [1, anna],
        [1, anna],
      ]),
    ).toMatchObject({
      errors: [{ message: 'line 1 is there more than once' }],
    })
    expect(await world.rows('nothing', [[1, anna]])).toMatchObject({ type: 'not-found' })
    expect(world.queue).toEqual([])
  })
})

it('rows that were kept are taken though whoever sent them died before saying so', async () => {
  const world = importWorld()
  const id = await world.begin()
  const rows = Array.from(
    { length: 20 },
    (_, index) => [index + 1, { Mail: `p${index}@example.com` }] as const,
  )
  const { commitLane } = world.imports
  world.imports.commitLane = async () => {
    throw new Error('died')
  }
  await expect(world.rows(id, rows, true)).rejects.toThrow('died')
  world.queue.length = 0
  world.imports.commitLane = commitLane
  await world.rows(id, rows, true)
  await world.settle()
  expect(await world.show(id)).toMatchObject({ created: 20, rows: 20, state: 'done' })
})

it('a message that comes twice does not live on beside the work', async () => {
  const world = importWorld()
  const id = await world.begin()
  const size = 500
  for (let from = 1; from <= 2_000; from += size)
    await world.rows(
      id,
      Array.from({ length: size }, (_, index) => [from + index, { Mail: `p${from + index}@example.com` }]),
      from + size > 2_000,
    )
  const [again] = world.queue
  await world.take(world.queue.shift())
  await world.take(again)
  const waiting: number[] = []
  for (let message = world.queue.shift(); message; message = world.queue.shift()) {
    await world.take(message)
    waiting.push(world.queue.length)
  }
  expect(waiting.length).toBeGreaterThan(2 * importLanes)
  expect(Math.max(...waiting.slice(2 * importLanes))).toBe(importLanes)
  expect(await world.show(id)).toMatchObject({ state: 'done', created: 2_000, rows: 2_000 })
})

/** So many lines of one person from a line on, each of them long. */
const longRows = (company: string, from: number, length: number) =>
  Array.from(
    { length },
    (_, index) => [from + index, { Mail: 'eva@example.com', Firma: company, Vorname: `E${index}` }] as const,
  )

it('long rows of one person wait in blocks that each fit an item, and in no more than they need', async () => {
  const world = importWorld()
  const id = await world.begin()
  const sent = 50
  const company = 'x'.repeat(5_800)
  for (let from = 1; from < 240; from += sent)
    await world.rows(id, longRows(company, from, Math.min(sent, 240 - from)))
  const lanes = await Promise.all(
    Array.from({ length: importLanes }, (_, lane) => world.imports.firstWaiting(id, lane, 100)),
  )
  const bytes = lanes.flat().map(({ rows }) => Buffer.byteLength(JSON.stringify(rows)))
  expect(bytes).toHaveLength(4)
  expect(Math.max(...bytes)).toBeLessThan(400_000)
  await world.rows(id, [[240, { Mail: 'eva@example.com' }]], true)
  await world.settle()
  expect(await world.show(id)).toMatchObject({ state: 'done', rows: 240, created: 1 })
})

it('long rows of one person that no block takes are left out with a reason, and the others are taken', async () => {
  const world = importWorld()
  const id = await world.begin()
  const company = '語'.repeat(3_900)
  for (let from = 1; from < 240; from += 60)
    await world.rows(id, longRows(company, from, Math.min(60, 240 - from)))
  const lanes = await Promise.all(
    Array.from({ length: importLanes }, (_, lane) => world.imports.firstWaiting(id, lane, 100)),
  )
  const bytes = lanes.flat().map(({ rows }) => Buffer.byteLength(JSON.stringify(rows)))
  expect(Math.max(...bytes)).toBeLessThan(400_000)
  await world.rows(id, [[240, { Mail: 'adam@example.com' }]], true)
  await world.settle()
  const { created, updated, unchanged, rejectedRows, rejected } = await world.show(id)
  expect(Number(created) + Number(updated) + Number(unchanged) + Number(rejectedRows)).toBe(240)
  expect(created).toBe(2)
  expect(rejectedRows).toBeGreaterThan(50)
  expect(rejected).toContainEqual({ line: 239, reason: 'too many long rows about one person' })
})

/** Everything that is called in the course of an import, to die before or after it. */
const callsOf = ({ imports, leads, reviews, bus }: ReturnType<typeof importWorld>) =>
  [
    [imports, ['commitTaken', 'commitLane', 'endWaiting', 'addRejected']],
    [leads, ['identify', 'append', 'commit', 'clearOutbox']],
    [reviews, ['begin']],
    [bus, ['publish']],
  ] as unknown as readonly (readonly [Record<string, (...given: unknown[]) => Promise<unknown>>, string[]])[]

it('an import that dies at any call ends the same once its message comes again', async () => {
  const rows = Array.from(
    { length: 12 },
    (_, index) => [index + 1, { Mail: `p${index % 9}@example.com`, Firma: `F ${index}` }] as const,
  )
  const endOf = async (dieAt: number) => {
    const world = importWorld()
    const known = await world.begin()
    await world.rows(known, [[1, { Mail: 'p3@example.com', Firma: 'Before' }]], true)
    await world.settle()
    const id = await world.begin({ mode: { company: 'overwrite' }, consent })
    await world.rows(id, rows, true)
    let calls = 0
    for (const [port, names] of callsOf(world))
      for (const name of names) {
        const call = port[name]?.bind(port)
        port[name] = async (...given) => {
          if (++calls === dieAt) throw new Error('died')
          const answer = await call?.(...given)
          if (++calls === dieAt) throw new Error('died')
          return answer
        }
      }
    for (let message = world.queue.shift(); message; message = world.queue.shift())
      await world.take(message).catch(() => world.queue.push(message as never))
    const { created, updated, unchanged, rows: count, state } = await world.show(id)
    const people = [...new Set(rows.map(([, { Mail }]) => Mail))].map((email) => {
      const lead = world.leadOf(email)
      const told = world.bus.published.filter(({ leadId }) => leadId === lead?.leadId)
      const facts = world.leads.log(lead?.leadId as never)
      return {
        ...{ email, values: valuesOf(lead), consent: lead?.state?.consent.newsletter?.status },
        told: [...new Set(told.map((one) => one.id.replace(one.leadId, '')))].sort(),
        isWhole:
          JSON.stringify(lead?.state) === JSON.stringify(foldLead(facts, world.rules, world.times.now)),
        owes: lead?.outbox.length,
      }
    })
    return { end: { created, updated, unchanged, count, state, people }, isOver: dieAt > calls }
  }
  const { end: whole } = await endOf(Number.POSITIVE_INFINITY)
  expect(whole).toMatchObject({ created: 8, updated: 4, unchanged: 0, count: 12, state: 'done' })
  expect(whole.people.map(({ isWhole, owes }) => ({ isWhole, owes }))).toEqual(
    whole.people.map(() => ({ isWhole: true, owes: 0 })),
  )
  for (let dieAt = 1; ; dieAt += 1) {
    const { end, isOver } = await endOf(dieAt)
    expect(end).toEqual(whole)
    if (isOver) break
  }
})
