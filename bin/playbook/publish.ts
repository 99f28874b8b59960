import { parseArgs } from 'node:util'
import { z } from 'zod'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { wordChanges } from './changed-files.ts'
import { type Command, templates } from './command.ts'
import { makeConsoleClient } from './console-client.ts'

const options = {
  url: { type: 'string', default: 'http://127.0.0.1:3000' },
  token: { type: 'string', default: 'local-marketing' },
} as const

const faults = z.array(
  z.object({
    file: z.string(),
    line: z.number(),
    column: z.number(),
    message: z.string(),
    severity: z.enum(['error', 'warning']),
  }),
)
const live = z.object({ files: z.record(z.string(), z.string()) })
const published = z.object({ version: z.string(), unchanged: z.boolean().optional(), warnings: faults })
const problem = z.object({
  title: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})

/** `[DIR] [--url …] [--token …]`; undefined when `args` are something else. */
export const parse = (args: readonly string[]) => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return positionals.length > 1 || !URL.canParse(values.url)
      ? undefined
      : { ...values, dir: positionals[0] ?? templates }
  } catch {
    return undefined
  }
}

/** What a problem says, line by line. */
export const refusal = (status: number, body: unknown): readonly string[] => {
  const told = problem.safeParse(body).data
  return told === undefined
    ? [`The API answered ${status}.`]
    : [
        `${told.title}: ${told.detail}`,
        ...(told.errors ?? []).map(({ path, message }) => `${path}: ${message}`),
      ]
}

const nextSteps = (
  dir: string,
) => `Forms follow within half a minute, everything else at once. Whoever is in a sequence finishes it as it was.
If scoring has changed, all leads are being scored anew: GET /api/playbook shows how far that is.
Keep ${dir} with your code: a deployment that brings another playbook makes that one live.`

/** Checks a folder, saves it as the draft and publishes it, through the console API. */
export const publish: Command = {
  usage: ['[DIR] [--url …] [--token …]', 'checks a playbook and puts it live'],
  run: async (args) => {
    const given = parse(args)
    if (!given) return undefined
    const { dir, url, token } = given
    const loaded = await loadPlaybook(dir)
    for (const fault of loaded.faults) console.log(faultLine(fault))
    if (loaded.faults.some(isError)) return 1
    const call = makeConsoleClient(url, token)
    try {
      const before = await call('GET', '/api/playbook')
      const files = Object.fromEntries(loaded.files)
      const saved = before.status === 200 ? await call('PUT', '/api/playbook', { files }) : before
      const done = saved.status === 200 ? await call('POST', '/api/playbook/publish') : saved
      if (done.status !== 200) {
        for (const line of refusal(done.status, done.body)) console.error(line)
        return 1
      }
      const { version, unchanged } = published.parse(done.body)
      if (unchanged) {
        console.log(`This playbook is live already: version ${version}`)
        return 0
      }
      const changes = wordChanges(live.parse(before.body).files, files)
      console.log([`Live: version ${version}`, ...changes, nextSteps(dir)].join('\n'))
      return 0
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error))
      return 1
    }
  },
}
