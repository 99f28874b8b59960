import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { makeProgress } from '../../bin/progress.ts'
import { rowsVersion } from '../../domain/kpi/row.ts'
import { entriesOf } from '../../domain/lead/directory.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { scoreAt } from '../../domain/lead/lead-view.ts'
import { type Fact, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { compileRules, type Rules } from '../../domain/rules/rules.ts'
import { placesOf } from '../../functions/adapters/dynamo-directory.ts'
import { factItem, leadItem } from '../../functions/adapters/dynamo-lead-items.ts'
import { dynamoRebuilds } from '../../functions/adapters/dynamo-rebuilds.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import type { Client } from '../story/client.ts'
import { inParallel } from './progress.ts'
import { quantile, type Row } from './table.ts'

const firstNames = ['Anna', 'Béla', 'Cem', 'Dora', 'Emil', 'Fatma', 'Greta', 'Hugo', 'Ines', 'Jan']
const lastNames = ['Albers', 'Brandt', 'Carter', 'Dubois', 'Engel', 'Franke', 'Gruber', 'Huber', 'Keller']
const companies = ['Alm Milch', 'Nordpack', 'Delta Glas', 'Lahn Guss', 'Kufner Textil', 'Rhein Extrusion']
const countries = ['DE', 'AT', 'CH', 'GB', 'FR']
/** What leads have done, from the least to the most. */
const courses = [
  ['page.viewed'],
  ['page.viewed', 'newsletter.subscribed'],
  ['page.viewed', 'newsletter.subscribed', 'webinar.registered', 'webinar.attended'],
  ['page.viewed', 'demo.requested', 'quote.requested'],
]

const oneOf = <Of>(all: readonly Of[], index: number): Of => all[index % all.length] as Of

const day = 86_400_000

interface Made {
  readonly leadId: LeadId
  readonly email: string
  readonly facts: readonly Fact[]
}

/** The same one for the same number, whoever asks. */
const madeLead = (index: number, now: number): Made => {
  const leadId = parseLeadId(`bench-${String(index).padStart(8, '0')}`)
  if (!leadId) throw new Error('no lead id')
  const begin = now - (1 + ((index * 7) % 300)) * day
  const fields: JsonObject = {
    firstName: oneOf(firstNames, index),
    lastName: `${oneOf(lastNames, Math.floor(index / 10))}${index}`,
    company: `${oneOf(companies, index)} ${index % 997}`,
    country: oneOf(countries, index),
  }
  const types = ['profile.updated', ...oneOf(courses, index % 11)]
  const facts = types.map((type, at) => {
    const occurredAt = new Date(begin + at * 3_600_000).toISOString()
    return {
      id: `${leadId}-${at}`,
      type,
      occurredAt,
      recordedAt: occurredAt,
      properties: at === 0 ? { fields } : {},
    }
  })
  return { leadId, email: `lead${index}@bench${index % 97}.example.net`, facts }
}

const itemsOf = ({ leadId, email, facts }: Made, rules: Rules, now: string) => {
  const state = foldLead(facts, rules)
  if (!state) throw new Error('no state')
  const lead = { leadId, email, state, version: 1, outbox: [] }
  return [
    leadItem(lead, scoreAt({ email, state }, rules, now).score),
    ...facts.map((fact) => factItem(leadId, fact)),
    ...placesOf(leadId, entriesOf({ email, state })),
  ]
}

/** As much as a request of DynamoDB takes. */
const perRequest = 25
const requestsAtOnce = 8
const leadsAtOnce = 200

/** Leads in the runner's own table, with their places, as if each had been recorded. */
const fill = async (client: Client, leads: number): Promise<number> => {
  const { table: tableName, urls } = await client.get<{ table: string; urls: { aws: string } }>('/_local')
  const { now } = await client.get<{ now: string }>('/_local/clock')
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  const dynamo = new DynamoDBClient({ endpoint: urls.aws, region: 'us-east-1', credentials })
  const table = DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } })
  const { playbook } = await loadPlaybook('templates')
  if (!playbook) throw new Error('the shipped playbook has faults')
  const rules = compileRules(playbook)
  const progress = makeProgress('Leads', leads)
  for (let from = 0; from < leads; from += leadsAtOnce) {
    const made = Array.from({ length: Math.min(leadsAtOnce, leads - from) }, (_, index) =>
      itemsOf(madeLead(from + index, Date.parse(now)), rules, now),
    ).flat()
    const requests = Array.from({ length: Math.ceil(made.length / perRequest) }, (_, index) =>
      made.slice(index * perRequest, (index + 1) * perRequest),
    )
    await inParallel(requests, requestsAtOnce, (items) =>
      table.send(
        new BatchWriteCommand({
          RequestItems: { [tableName]: items.map((Item) => ({ PutRequest: { Item } })) },
        }),
      ),
    )
    progress(Math.min(leadsAtOnce, leads - from))
  }
  await dynamoRebuilds(table, tableName).commit({ version: 0, rowsVersion, open: [], isWhole: true })
  dynamo.destroy()
  return Date.parse(now)
}

const samples = 60

const aim = '≤ 100'

/** What the console asks for, each with changing words, so that nothing is answered twice. */
const questionsOf = (leads: number): Readonly<Record<string, (index: number) => string>> => {
  const some = (index: number): number => (index * 7_919) % leads
  const leadAt = (index: number) => `bench-${String(some(index)).padStart(8, '0')}`
  const stages = ['awareness', 'interest', 'consideration', 'intent']
  return {
    'all, by score': (index) => `/api/leads?limit=${50 + (index % 3)}`,
    'a stage, by score': (index) => `/api/leads?limit=50&stage=${oneOf(stages, index)}`,
    'all, by name': (index) => `/api/leads?limit=50&sort=name&order=${oneOf(['asc', 'desc'], index)}`,
    'all, last active first': (index) => `/api/leads?limit=${50 + (index % 3)}&sort=lastActivityAt`,
    'all, newest first': (index) => `/api/leads?limit=${50 + (index % 3)}&sort=createdAt`,
    'search for a name': (index) =>
      `/api/leads?limit=50&q=${oneOf(lastNames, Math.floor(some(index) / 10))}${some(index)}`,
    'search for a company': (index) =>
      `/api/leads?limit=50&q=${encodeURIComponent(`nordpack ${some(index) % 997}`)}`,
    'search for a letter': (index) => `/api/leads?limit=50&q=${'abcdefgh'[index % 8]}`,
    'whoever has an address': (index) =>
      `/api/leads?email=lead${some(index)}@bench${some(index) % 97}.example.net`,
    "a lead's page": (index) => `/api/leads/${leadAt(index)}`,
    'its timeline': (index) => `/api/leads/${leadAt(index)}/timeline?limit=50`,
    'why its score': (index) => `/api/leads/${leadAt(index)}/explanation`,
    'its score over time': (index) => `/api/leads/${leadAt(index)}/score`,
    'a condition that fits many': (index) =>
      `/api/leads?limit=50&where=${encodeURIComponent(`lead.country == "DE" && score > ${index % 5}`)}`,
    'a condition that fits few': (index) =>
      `/api/leads?limit=50&where=${encodeURIComponent(`lead.company == "Nordpack ${index}"`)}`,
  }
}

/** Answers of the API to the console's lists and pages, one request after the other. */
export const measureConsole = async (client: Client, leads: number): Promise<readonly Row[]> => {
  await fill(client, leads)
  const rows: Row[] = []
  for (const [what, path] of Object.entries(questionsOf(leads))) {
    const times: number[] = []
    for (let index = -5; index < samples; index += 1) {
      const begin = performance.now()
      await client.get(path(Math.abs(index)))
      if (index >= 0) times.push(performance.now() - begin)
    }
    rows.push(
      { what: `${what}: p50`, value: quantile(times, 0.5), unit: 'ms' },
      { what: `${what}: p95`, value: quantile(times, 0.95), unit: 'ms', aim },
    )
  }
  return rows
}
