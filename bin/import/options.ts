import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { z } from 'zod'
import { type Mode, modes } from '../../domain/import/plan-row.ts'

export const usage = `usage: npm run import -- FILE.csv [options]   imports contacts; begun and killed, it goes on where it was
       npm run import -- --undo ID            takes an import back

  --dry-run         says how the file is read and what would be refused, and writes nothing
  --map FILE.yaml   columns: { "<column>": attribute, email, $unsubscribed, $consentAt or null },
                    and what else there is here: name, mode, consent, occurredAt, enter
  --mode A=WAY      what happens to the attribute A that a lead has already: fill (default), overwrite, skip; repeatable
  --consent PURPOSE --evidence TEXT --at TIME
                    everybody in the file agreed to get mail for PURPOSE: how and where, and when
  --enter           sequences begin and sales is told as if people had come by themselves
  --name NAME       what the import is called (default: the file's name)
  --url URL         the running system (default http://127.0.0.1:3000)
  --token TOKEN     for its console API (default local-marketing)

What is refused goes to FILE.rejected.csv, with a reason.`

const text = { type: 'string' } as const

const options = {
  ...{ map: text, undo: text, consent: text, evidence: text, at: text, name: text },
  'dry-run': { type: 'boolean', default: false },
  enter: { type: 'boolean', default: false },
  mode: { type: 'string', multiple: true },
  url: { type: 'string', default: 'http://127.0.0.1:3000' },
  token: { type: 'string', default: 'local-marketing' },
} as const

const mapSchema = z.strictObject({
  name: z.string().optional(),
  columns: z.record(z.string(), z.string().nullable()).default({}),
  mode: z.record(z.string(), z.enum(modes)).default({}),
  consent: z
    .strictObject({ purpose: z.string(), evidence: z.string(), at: z.string() })
    .nullable()
    .optional(),
  occurredAt: z.string().optional(),
  enter: z.boolean().optional(),
})

type MapFile = z.infer<typeof mapSchema>

export interface ImportOptions {
  readonly url: string
  readonly token: string
  readonly task:
    | { readonly type: 'undo'; readonly importId: string }
    | { readonly type: 'import' | 'dry-run'; readonly file: string; readonly settings: MapFile }
}

const isMode = (way: string): way is Mode => modes.some((mode) => mode === way)

const modesOf = (given: readonly string[]): Readonly<Record<string, Mode>> | undefined => {
  const pairs = given.map((one) => one.split('='))
  const read = pairs.flatMap(([name = '', way = '']) =>
    name !== '' && isMode(way) ? [[name, way] as const] : [],
  )
  return read.length === pairs.length ? Object.fromEntries(read) : undefined
}

const readMap = async (file: string | undefined): Promise<MapFile> => {
  if (file === undefined) return mapSchema.parse({})
  const read = mapSchema.safeParse(parse(await readFile(file, 'utf8')) ?? {})
  if (read.success) return read.data
  throw new TypeError(
    read.error.issues.map(({ path, message }) => `${file}: ${path.join('.')}: ${message}`).join('\n'),
  )
}

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch {
    return undefined
  }
}

/** @returns undefined for a command line that is not understood. @throws TypeError for a map that is none. */
export const readOptions = async (args: readonly string[]): Promise<ImportOptions | undefined> => {
  const given = parsed(args)
  if (!given || !URL.canParse(given.values.url)) return undefined
  const { values, positionals } = given
  const { url, token, undo, consent: purpose, evidence, at } = values
  const [file, further] = positionals
  if (undo !== undefined)
    return file === undefined ? { url, token, task: { type: 'undo', importId: undo } } : undefined
  const mode = modesOf(values.mode ?? [])
  const words = [purpose, evidence, at].filter((word) => word !== undefined)
  if (file === undefined || further !== undefined || !mode || ![0, 3].includes(words.length)) return undefined
  const map = await readMap(values.map)
  const settings: MapFile = {
    ...map,
    mode: { ...map.mode, ...mode },
    ...(purpose !== undefined &&
      evidence !== undefined &&
      at !== undefined && { consent: { purpose, evidence, at } }),
    ...(values.name !== undefined && { name: values.name }),
    ...(values.enter && { enter: true }),
  }
  return { url, token, task: { type: values['dry-run'] ? 'dry-run' : 'import', file, settings } }
}
