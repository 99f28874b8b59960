import { join } from 'node:path'
import { checkPlaybook } from '../lib/playbook/check-playbook.ts'
import { writeSchemas } from '../lib/playbook/write-schemas.ts'

const usage = `usage: npm run playbook -- check [DIR]   validates a playbook (default: templates)
       npm run playbook -- schema        writes templates/schema/*.json, for editors`

const [command, ...rest] = process.argv.slice(2)
const templates = join(import.meta.dirname, '../templates')

if (command === 'check' && rest.length <= 1)
  process.exitCode = await checkPlaybook(rest[0] ?? templates, console.log)
else if (command === 'schema' && rest.length === 0) await writeSchemas(join(templates, 'schema'))
else {
  console.error(usage)
  process.exitCode = 2
}
