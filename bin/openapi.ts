import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeRoutes } from '../functions/api/describe-routes.ts'
import { consoleRoutes } from '../functions/api/routes.ts'
import { emailRoutes } from '../functions/emails/email-routes.ts'
import { hookRoutes } from '../functions/hook/hook-routes.ts'
import { playbookRoutes } from '../functions/playbook/playbook-routes.ts'

/** `npm run openapi`: writes what `GET /openapi.json` answers, from the routes of all functions. */
const described = describeRoutes([...consoleRoutes, ...playbookRoutes, ...emailRoutes, ...hookRoutes])
const file = join(import.meta.dirname, '../functions/api/openapi.json')
writeFileSync(file, `${JSON.stringify(described, null, 2)}\n`)
