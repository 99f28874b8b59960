import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { entriesOf, surelyFoundBy } from '../../../domain/lead/directory.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { dynamoDirectory, keepListed } from '../../../functions/adapters/dynamo-directory.ts'
import { dynamoItems } from '../../../functions/adapters/dynamo-items.ts'
import { factItem, leadItem } from '../../../functions/adapters/dynamo-lead-items.ts'
import { memoryDirectory, memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import type { LeadDirectory, LeadPage, Search } from '../../../functions/ports.ts'
import { fact, leadIdOf } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable } from './dynalite-table.ts'

const rules = compileRules(makePlaybook())

const person = (number: number, firstName: string, company: string) => {
  const leadId = leadIdOf(`lead-${String(number).padStart(4, '0')}`)
  const told = fact(`f-${number}`, 'profile.updated', '03-01T09:00', { fields: { firstName, company } })
  const state = foldLead([told], rules)
  if (!state) throw new Error('no state')
  return { lead: { leadId, email: `${number}@example.com`, state, version: 0, outbox: [] }, told }
}
type Person = ReturnType<typeof person>

interface World {
  readonly directory: Pick<LeadDirectory, 'page' | 'rarest' | 'find' | 'findAll'>
  readonly add: (people: readonly Person[]) => Promise<void>
  readonly stop: () => Promise<void>
}

const inMemory = async (): Promise<World> => {
  const leads = memoryLeads()
  return {
    directory: memoryDirectory(leads),
    add: async (people) => {
      for (const { lead } of people) await leads.commit(lead, 0)
    },
    stop: async () => {},
  }
}

const inTable = async (): Promise<World> => {
  const { client, tableName, stop } = await startTable()
  const { write } = dynamoItems(client, tableName)
  return {
    directory: dynamoDirectory(client, tableName),
    add: async (people) => {
      await Promise.all(
        people.map(async ({ lead, told }) => {
          await Promise.all([leadItem(lead, 0), factItem(lead.leadId, told)].map(write))
          await keepListed(client, tableName)(lead.leadId, entriesOf(lead), [])
        }),
      )
    },
    stop,
  }
}

describe.each([
  ['in memory', inMemory],
  ['in DynamoDB', inTable],
])('the words that people are found by %s', (_, make) => {
  let world: World
  beforeEach(async () => {
    world = await make()
    await world.add(
      Array.from({ length: 60 }, (_, index) =>
        person(index, index % 20 === 0 ? 'Béla' : 'Anna', index % 3 === 0 ? 'Nordpack' : 'Alm'),
      ),
    )
  })
  afterEach(() => world.stop())

  const everybody = async (search: Search, limit: number): Promise<readonly string[]> => {
    const goOn = async (page: LeadPage): Promise<readonly string[]> => {
      expect(page.items.length).toBeLessThanOrEqual(limit)
      const found = page.items.map(({ email }) => email ?? '')
      const { next: cursor } = page
      if (cursor === undefined) return found
      return [...found, ...(await goOn(await world.directory.find({ ...search, limit, cursor })))]
    }
    return goOn(await world.directory.find({ ...search, limit }))
  }

  it('tell whom a search of several finds, each once, page by page', async () => {
    const found = await everybody({ word: 'nord', others: ['ann'] }, 4)
    expect(found).toHaveLength(19)
    expect(new Set(found).size).toBe(19)
    expect(await everybody({ word: 'bela', others: ['alm'] }, 50)).toHaveLength(2)
    expect(await everybody({ word: 'bela', others: ['muster'] }, 50)).toEqual([])
  })

  it('tell which of several the fewest have', async () => {
    expect(await world.directory.rarest(['anna', 'bel', 'nordpack'])).toBe('bel')
    expect(await world.directory.rarest(['anna'])).toBe('anna')
    expect(await world.directory.rarest(['anna', 'nobody'])).toBe('nobody')
  })

  it('give all at once where they are few', async () => {
    const { findAll } = world.directory
    expect(await findAll({ word: 'nord', others: ['anna'], most: 19 })).toHaveLength(19)
    expect(await findAll({ word: 'nord', others: ['anna'], most: 18 })).toBeUndefined()
    expect(await findAll({ word: 'nobody', others: [], most: 18 })).toEqual([])
  })

  it('find by whole words where these are meant', async () => {
    const [nord = '', al = ''] = ['Nord', 'Al'].flatMap(surelyFoundBy)
    const [bela = '', nordpack = ''] = ['Béla', 'Nordpack'].flatMap(surelyFoundBy)
    expect(await everybody({ word: nordpack, others: [bela] }, 1)).toHaveLength(1)
    expect(await everybody({ word: bela, others: [nordpack] }, 50)).toHaveLength(1)
    expect(await everybody({ word: bela, others: [al] }, 50)).toEqual([])
    expect(await everybody({ word: nord, others: [] }, 50)).toEqual([])
    expect(await world.directory.rarest(['alm', nord])).toBe(nord)
  })

  it('are read with the lead where they stand not beside the word', async () => {
    const long = 'x'.repeat(38)
    await world.add([person(99, `Cem ${long}a ${long}b ${long}c`, `${long}d ${long}e ${long}f`)])
    expect(await everybody({ word: 'cem', others: [`${long}f`] }, 10)).toEqual(['99@example.com'])
  })

  it('hold names in any letters, each once, in either order, page by page', async () => {
    const names = ['Ωmega', 'Анна', '李雷', '明美', 'ÿves', '\u{ffef}x', '𠀋田', '😀 Fun', '~tilde']
    await world.add(names.map((name, index) => person(100 + index, name, 'Welt')))
    for (const order of ['ascending', 'descending'] as const) {
      const found: string[] = []
      for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
        const place = cursor === undefined ? { limit: 5 } : { limit: 5, cursor }
        const { items, next } = await world.directory.page({ ...place, by: 'name', order })
        found.push(...items.map(({ email }) => email ?? ''))
        cursor = next
      }
      expect(found).toHaveLength(60 + names.length)
      expect(new Set(found).size).toBe(found.length)
    }
  })

  it('find a word that goes on with a rare letter', async () => {
    await world.add([person(200, 'Kim\u{ffef}', 'Welt'), person(201, 'Kim𠀋', 'Welt')])
    expect(await everybody({ word: 'kim', others: [] }, 1)).toHaveLength(2)
  })

  it.each(['\u0001', ' ', '~', '\u{10fffe}'])(
    'end or begin at a cursor outside of them: %j',
    async (cursor) => {
      for (const order of ['ascending', 'descending'] as const) {
        const { items } = await world.directory.page({ by: 'name', order, limit: 100, cursor })
        const isBefore = cursor < 'a'
        expect(items).toHaveLength(isBefore === (order === 'ascending') ? 60 : 0)
      }
      const { items } = await world.directory.find({ word: 'nord', others: [], limit: 100, cursor })
      expect(items).toHaveLength(cursor < 'a' ? 20 : 0)
    },
  )
})
