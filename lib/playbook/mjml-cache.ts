import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { z } from 'zod'
import type { EmailSource } from '../../domain/playbook/parse-email.ts'
import { compileMjml } from '../../functions/adapters/mjml/compile-mjml.ts'
import type { CompiledEmail } from '../../functions/playbook-ports.ts'

/** SHA-256 of a text, in hexadecimal. */
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const folder = join(import.meta.dirname, '../../node_modules/.cache/trichter/mjml')

/** What is done to MJML besides MJML: when it changes, what was kept is of no use. */
const code = [
  '../../../domain/email/liquid.ts',
  '../../../domain/email/html-liquid.ts',
  'compile-mjml.ts',
  'mjml-tags.ts',
]
  .map((file) => readFileSync(join(import.meta.dirname, '../../functions/adapters/mjml', file), 'utf8'))
  .join('')

const stored = z.object({
  html: z.string(),
  faults: z.array(
    z.object({
      file: z.string(),
      line: z.number(),
      column: z.number(),
      message: z.string(),
      severity: z.enum(['error', 'warning']),
    }),
  ),
})

const mjmlVersion = z
  .object({ version: z.string() })
  .parse(createRequire(import.meta.url)('mjml/package.json')).version

const keyOf = ({ file, mjml, bodyLine, preheader, origins, constants }: EmailSource): string =>
  sha256(JSON.stringify([code, mjmlVersion, file, bodyLine, preheader, mjml, origins, constants]))

/** A missing, broken or half-written file is as good as none. */
const read = async (path: string): Promise<CompiledEmail | undefined> => {
  try {
    return stored.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch {
    return undefined
  }
}

/** Written beside and renamed, so that two that run at once never read half a file; a folder that cannot be written is no reason to fail. */
const write = async (path: string, compiled: CompiledEmail): Promise<void> => {
  const own = `${path}.${process.pid}`
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(own, JSON.stringify(compiled))
    await rename(own, path)
  } catch {
    return
  }
}

/** Compiles an email once for each content: importing and running MJML takes a hundred times as long as reading a file. */
export const cachedMjml = async (source: EmailSource): Promise<CompiledEmail> => {
  const path = join(folder, `${keyOf(source)}.json`)
  const known = await read(path)
  if (known !== undefined) return known
  const compiled = await compileMjml(source)
  await write(path, compiled)
  return compiled
}
