import { z } from 'zod'
import { noChecks } from './faults.ts'
import { formSchema } from './schema/form-schema.ts'
import { handoffSchema } from './schema/handoff-schema.ts'
import { hookSchema } from './schema/hook-schema.ts'
import { rehearsalSchema } from './schema/rehearsal-schema.ts'
import { funnelSchema, scoringSchema } from './schema/scoring-schema.ts'
import { frontMatterSchema, segmentSchema, sequenceSchema } from './schema/sequence-schema.ts'
import { settingsSchema } from './schema/settings-schema.ts'

/** JSON Schema (draft 2020-12) of each kind of file for editors, by file name. */
export const jsonSchemas = (): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries({
      settings: settingsSchema(noChecks),
      scoring: scoringSchema(noChecks),
      funnel: funnelSchema(noChecks),
      handoff: handoffSchema(noChecks),
      form: formSchema(noChecks),
      sequence: sequenceSchema(noChecks),
      segment: segmentSchema(noChecks),
      hook: hookSchema(noChecks),
      'front-matter': frontMatterSchema(),
      rehearsal: rehearsalSchema,
    }).map(([name, schema]) => [
      `${name}.json`,
      z.toJSONSchema(schema, {
        io: 'input',
        override: ({ jsonSchema }) => {
          if (jsonSchema.anyOf !== undefined)
            jsonSchema.anyOf = jsonSchema.anyOf.filter((branch) => branch.deprecated !== true)
        },
      }),
    ]),
  )
