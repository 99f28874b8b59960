import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb'
import { makeProgress } from '../../bin/progress.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { type Fact, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { factItem } from '../../functions/adapters/dynamo-lead-items.ts'
import { dynamoCheckpoints, dynamoLeadLog } from '../../functions/adapters/dynamo-leads.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import type { TestTable } from '../functions/adapters/dynalite-table.ts'
import { serveTable } from './served-table.ts'
import type { Row } from './table.ts'

const sizes = [1_000, 20_000, 100_000]
const routes = ['page', 'timeline', 'explanation', 'export']
/** The newest so many come after the earliest kept state, as the recorder sees to. */
const sinceCheckpoint = 200
const begin = Date.parse('2024-01-01T08:00:00.000Z')
/** One activity each quarter of an hour. */
const pause = 15 * 60_000

const kinds: readonly (readonly [string, Fact['properties']])[] = [
  ['page.viewed', { path: '/', title: 'Home', referrer: 'https://www.example.com/some/article' }],
  ['page.viewed', { path: '/pricing', title: 'What it costs', referrer: 'https://www.example.com/' }],
  ['page.engaged', { path: '/pricing', seconds: 75 }],
  ['content.viewed', { content: 'guide', path: '/guide' }],
  ['email.opened', { email: 'welcome', userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)' }],
  ['email.clicked', { email: 'welcome', link: 'https://www.example.com/guide' }],
  ['content.downloaded', { content: 'guide' }],
]

const factAt = (index: number): Fact => {
  const [type, properties] = kinds[index % kinds.length] ?? ['page.viewed', {}]
  const occurredAt = new Date(begin + index * pause).toISOString()
  return { id: `fact-${index}`, type, occurredAt, recordedAt: occurredAt, properties }
}

const writeFacts = async ({ client, tableName }: TestTable, leadId: LeadId, facts: readonly Fact[]) => {
  const progress = makeProgress(`A lead with ${facts.length} activities`, facts.length)
  for (let from = 0; from < facts.length; from += 25) {
    const part = facts.slice(from, from + 25)
    const writes = part.map((fact) => ({ PutRequest: { Item: factItem(leadId, fact) } }))
    await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: writes } }))
    progress(part.length)
  }
}

interface Taken {
  readonly requests: number
  readonly cpu: number
  readonly memory: number
}

const rowsOf = (what: string, { requests, cpu, memory }: Taken): readonly Row[] => [
  { what: `${what}: requests`, value: requests, unit: '' },
  { what: `${what}: processor`, value: cpu, unit: 'ms' },
  { what: `${what}: memory`, value: memory, unit: 'MB' },
]

/**
 * What the answers of the console take that read a lead's log, each asked once in a process of its own: processor time
 * (the function has one core), and memory at its peak, some 100 MB of which it has in any case.
 */
export const measureHistory = async (): Promise<readonly Row[]> => {
  const { playbook } = await loadPlaybook('templates')
  if (!playbook) throw new Error('the shipped playbook has faults')
  const rules = compileRules(playbook)
  const folder = await mkdtemp(join(tmpdir(), 'trichter-bench-'))
  const playbookFile = join(folder, 'playbook.json')
  await writeFile(playbookFile, JSON.stringify(playbook))
  const table = await serveTable()
  const rows: Row[] = []
  try {
    for (const size of sizes) {
      const leadId = parseLeadId(`lead-${size}`)
      if (!leadId) throw new Error('no lead')
      const facts = Array.from({ length: size }, (_, index) => factAt(index))
      const now = new Date(begin + size * pause).toISOString()
      await writeFacts(table, leadId, facts)
      const state = foldLead(facts, rules, now)
      if (!state) throw new Error('no state')
      const before = facts.slice(0, -sinceCheckpoint)
      const kept = foldLead(before, rules, before.at(-1)?.occurredAt)
      if (!kept) throw new Error('no state')
      const checkpoints = [await dynamoCheckpoints(table.client, table.tableName).keep(leadId, 0, kept)]
      const lead = { leadId, email: `${size}@example.com`, version: 0, state, outbox: [], checkpoints }
      await dynamoLeadLog(table.client, table.tableName).commit(lead, 0)
      for (const route of routes) {
        const args = [playbookFile, table.endpoint, table.tableName, leadId, now, route]
        const { stdout } = await promisify(execFile)(process.execPath, [
          'test/bench/read-history.ts',
          ...args,
        ])
        rows.push(...rowsOf(`${route}, ${size} activities`, JSON.parse(stdout)))
      }
    }
  } finally {
    await table.stop()
    await rm(folder, { recursive: true })
  }
  return rows
}
