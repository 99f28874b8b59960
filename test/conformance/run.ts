import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** `npm run conformance -- DIR`: runs what the folder has records for. Exits 2 when that is nothing. */
const folder = process.argv[2] ?? ''
const suites = [
  { record: 'cases.json', run: () => import('./event-patterns.ts') },
  { record: 'events.json', run: () => import('./ses-events.ts') },
]
const wanted = suites.filter(({ record }) => existsSync(join(folder, record)))
for (const { run } of wanted) await run()
if (wanted.length === 0) {
  console.error('usage: npm run conformance -- DIR')
  console.error('DIR holds cases.json and invalid.json (event patterns) or events.json (SES events)')
  process.exitCode = 2
}
