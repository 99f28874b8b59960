import { asksForHelp } from './help.ts'
import { makeProgress } from './progress.ts'
import { sampleActivities } from './sample-leads.ts'
import { unanswered } from './unanswered.ts'

/** Loads sample leads into a running Trichter: `npm run demo -- URL`. */
const [url = 'http://127.0.0.1:3000'] = process.argv.slice(2)
if (asksForHelp(process.argv)) {
  console.log(
    'npm run demo -- [URL]     loads sample leads into the Trichter that runs there (http://127.0.0.1:3000)',
  )
  process.exit(0)
}
const batchSize = 20

const call = async <Body>(method: string, path: string, token: string, body?: object): Promise<Body> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(new URL(path, url), {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw unanswered(url, error)
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json() as Promise<Body>
}
const leadsWith = async (query: string) =>
  (await call<{ items: object[] }>('GET', `/api/leads?limit=100&${query}`, 'local-marketing')).items.length

const { now } = await call<{ now: string }>('GET', '/_local/clock', '')
const activities = sampleActivities(Date.parse(now))
const email = activities[0]?.subject.email ?? ''

if ((await leadsWith(`email=${encodeURIComponent(email)}`)) > 0)
  console.log('The sample leads are here already.')
else {
  const progress = makeProgress('Sample activities', activities.length)
  for (let start = 0; start < activities.length; start += batchSize) {
    const events = activities.slice(start, start + batchSize)
    const { rejected } = await call<{ rejected: object[] }>('POST', '/events', 'local-api-key', { events })
    if (rejected.length > 0) throw new Error(`refused: ${JSON.stringify(rejected)}`)
    progress(events.length)
  }
  await call('POST', '/_local/settle', '')
  const stages = ['awareness', 'interest', 'consideration', 'intent', 'evaluation', 'purchase']
  for (const stage of stages) console.log(`  ${stage.padEnd(14)}${await leadsWith(`stage=${stage}`)} leads`)
  const handoffs = await call<{ items: object[] }>('GET', '/api/handoffs?limit=100', 'local-sales')
  console.log(`Sample leads loaded; ${handoffs.items.length} of them are with sales.`)
}
