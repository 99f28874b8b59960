import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { csvLine } from '../domain/import/table.ts'
import { asksForHelp } from './help.ts'
import { makeConsoleClient, refusal } from './playbook/publish.ts'

const usage = `usage: npm run export -- FILE.csv [--segment ID] [--where CONDITION] [options]   writes a list of leads
       npm run export -- FILE.ndjson [options]                                   writes everything held on everybody, a line each

  --url URL         the running system (default http://127.0.0.1:3000)
  --token TOKEN     for its console API (default local-marketing)

In a CSV no cell is taken for a formula. Every whole document of a person is in the audit log.`

const text = { type: 'string' } as const
const options = {
  ...{ segment: text, where: text },
  url: { type: 'string', default: 'http://127.0.0.1:3000' },
  token: { type: 'string', default: 'local-marketing' },
} as const

const page = z.object({
  items: z.array(z.looseObject({ leadId: z.string() })),
  next: z.string().optional(),
})

const columns = [
  ...['leadId', 'email', 'name', 'company', 'stage', 'score', 'fit', 'engagement', 'band', 'grade'],
  ...['consent', 'lastActivityAt', 'createdAt'],
]

const parsed = (args: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    const [file, further] = positionals
    const isWhole = file?.endsWith('.ndjson') === true
    const isFiltered = values.segment !== undefined || values.where !== undefined
    if (file === undefined || further !== undefined || (isWhole && isFiltered)) return undefined
    return isWhole || file.endsWith('.csv') ? { ...values, file, isWhole } : undefined
  } catch {
    return undefined
  }
}

type Given = NonNullable<ReturnType<typeof parsed>>

const makeGet = ({ url, token }: Given) => {
  const call = makeConsoleClient(url, token)
  return async (path: string): Promise<unknown> => {
    const { status, body } = await call('GET', path)
    if (status !== 200) throw new Error(refusal(status, body).join('\n'))
    return body
  }
}

type Get = ReturnType<typeof makeGet>

/** All leads of the list, page by page. */
async function* leadsOf(get: Get, { segment, where }: Given) {
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const query = new URLSearchParams({
      limit: '100',
      ...(cursor !== '' && { cursor }),
      ...(segment !== undefined && { segment }),
      ...(where !== undefined && { where }),
    })
    const { items, next }: z.infer<typeof page> = page.parse(await get(`/api/leads?${query}`))
    yield* items
    cursor = next
  }
}

const exported = z.looseObject({ next: z.string().optional() })

/** Everything held on a person: the parts of a long document, a line each. */
async function* wholeOf(get: Get, leadId: string) {
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const part: z.infer<typeof exported> = exported.parse(
      await get(`/api/leads/${leadId}/export${cursor && `?cursor=${cursor}`}`),
    )
    yield `${JSON.stringify(part)}\n`
    cursor = part.next
  }
}

const cellOf = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

/** What the file holds. @param tell is called with each lead that is in it. */
async function* linesOf(given: Given, tell: () => void) {
  const get = makeGet(given)
  if (!given.isWhole) yield `\uFEFF${csvLine(columns)}`
  for await (const lead of leadsOf(get, given)) {
    if (given.isWhole) yield* wholeOf(get, lead.leadId)
    else yield csvLine(columns.map((column) => cellOf(lead[column])))
    tell()
  }
}

/** What stood in the file before goes once all is written. @returns how many leads. */
const writeExport = async (given: Given): Promise<number> => {
  const part = `${given.file}.part`
  let count = 0
  const tell = (): void => {
    count += 1
  }
  try {
    await pipeline(linesOf(given, tell), createWriteStream(part))
    await rename(part, given.file)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
  return count
}

const run = async (): Promise<number> => {
  const args = process.argv.slice(2)
  const given = parsed(args)
  if (asksForHelp(args) || !given) {
    if (asksForHelp(args)) console.log(usage)
    else console.error(usage)
    return asksForHelp(args) ? 0 : 2
  }
  console.log(`${await writeExport(given)} leads in ${given.file}`)
  return 0
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 1
})
