import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonSchemas } from '../../domain/playbook/json-schemas.ts'

/** Text of a schema's file. */
export const schemaText = (schema: unknown): string => `${JSON.stringify(schema, null, 2)}\n`

/** Writes the JSON Schema of each kind of playbook file into `folder`. */
export const writeSchemas = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const [name, schema] of Object.entries(jsonSchemas()))
    await writeFile(join(folder, name), schemaText(schema))
}
