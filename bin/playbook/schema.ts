import { join } from 'node:path'
import { writeSchemas } from '../../lib/playbook/write-schemas.ts'
import { type Command, templates } from './command.ts'

export const schema: Command = {
  usage: ['', 'writes templates/schema/*.json, for editors'],
  run: async (args) => {
    if (args.length > 0) return undefined
    await writeSchemas(join(templates, 'schema'))
    return 0
  },
}
