import { readFile } from 'node:fs/promises'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseLeadId } from '../../domain/model/activity.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { dynamoCheckpoints, dynamoLeadLog } from '../../functions/adapters/dynamo-leads.ts'
import { memoryHandoffs } from '../../functions/adapters/memory-handoffs.ts'
import { memoryPlaybooks } from '../../functions/adapters/memory-playbooks.ts'
import { memoryRuns } from '../../functions/adapters/memory-runs.ts'
import { memorySends } from '../../functions/adapters/memory-sends.ts'
import { makeExportLead } from '../../functions/api/export-lead.ts'
import { makeExplainScore, makeShowLead } from '../../functions/api/show-lead.ts'
import { makeShowTimeline } from '../../functions/api/show-timeline.ts'

/** In a process of its own: one request about one lead, and what it took. `node read-history.ts PLAYBOOK.json ENDPOINT TABLE LEAD NOW ROUTE` */
const [playbookFile = '', endpoint = '', tableName = '', id, now = '', route = ''] = process.argv.slice(2)
const leadId = parseLeadId(id)
if (!leadId) throw new Error('no lead')
// As it comes with the function: reading the folder takes more memory than anything here.
const playbook = JSON.parse(await readFile(playbookFile, 'utf8'))
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials })
const none = { list: async () => [] }
const ports = {
  leads: dynamoLeadLog(client, tableName),
  checkpoints: dynamoCheckpoints(client, tableName),
  runs: memoryRuns(),
  handoffs: memoryHandoffs(),
  sends: memorySends(),
  playbooks: memoryPlaybooks(playbook),
  browsers: none,
  deliveries: none,
  clock: () => now,
  rules: compileRules(playbook),
}
const answers = {
  timeline: makeShowTimeline(ports),
  explanation: makeExplainScore(ports),
  page: makeShowLead(ports),
  export: makeExportLead(ports),
}
const ask = Object.entries(answers).find(([name]) => name === route)?.[1]
if (!ask) throw new Error(`no route ${route}`)

let requests = 0
client.middlewareStack.add(
  (next) => (input) => {
    requests += 1
    return next(input)
  },
  { step: 'initialize' },
)
const before = process.cpuUsage()
const answer = await ask({
  params: { leadId },
  query: { limit: 100 },
  body: undefined,
  caller: { name: 'Sam', email: 'sam@example.com', roles: ['admin'] },
})
const { user, system } = process.cpuUsage(before)
if (answer.type !== 'ok') throw new Error(answer.type)
const bytes = Buffer.byteLength(JSON.stringify(answer.body))
console.log(
  JSON.stringify({
    requests,
    bytes,
    cpu: (user + system) / 1000,
    memory: Number(/^VmHWM:\s+(\d+) kB/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1]) / 1024,
  }),
)
client.destroy()
