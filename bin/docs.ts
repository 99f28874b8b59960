import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeRoutes } from '../functions/api/describe-routes.ts'
import { writeSchemas } from '../lib/playbook/load-playbook.ts'
import { blocks, routes } from './docs/blocks.ts'
import { describeEvents } from './docs/event-schemas.ts'
import { renderPage } from './docs/page.ts'

/** `npm run docs`: writes what pages, editors and programs are told of the code. */
const root = join(import.meta.dirname, '..')
await writeSchemas(join(root, 'templates/schema'))
const described = JSON.stringify(describeRoutes(routes), null, 2)
writeFileSync(join(root, 'functions/api/openapi.json'), `${described}\n`)
writeFileSync(join(root, 'docs/reference/events.json'), `${JSON.stringify(describeEvents(), null, 1)}\n`)
for (const page of globSync('docs/reference/**/*.md', { cwd: root })) {
  const file = join(root, page)
  writeFileSync(file, await renderPage(readFileSync(file, 'utf8'), blocks))
}
