import { parseArgs } from 'node:util'
import { z } from 'zod'
import { faultLine, isError } from '../../domain/playbook/fault.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { unanswered } from '../unanswered.ts'
import { type Command, templates } from './check.ts'

type Files = Readonly<Record<string, string>>

const fewest = 12

const listed = (word: string, names: readonly string[]): readonly string[] => {
  if (names.length === 0) return []
  const shown = names.slice(0, fewest).join(', ')
  const others = names.length - fewest
  return [`${word}: ${shown}${others > 0 ? ` and ${others} more` : ''}`]
}

/** What a publication changes of what is live, file by file, in words. */
const wordChanges = (before: Files, after: Files): readonly string[] => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  const [was, is] = [new Map(Object.entries(before)), new Map(Object.entries(after))]
  return [
    ...listed(
      'Added',
      names.filter((name) => !was.has(name)),
    ),
    ...listed(
      'Changed',
      names.filter((name) => was.has(name) && is.has(name) && was.get(name) !== is.get(name)),
    ),
    ...listed(
      'Removed',
      names.filter((name) => !is.has(name)),
    ),
  ]
}

/** What a call of the console API came to: its JSON, whatever the status. */
interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Calls the console API of a running Trichter. @throws when there is none at `url`, or it does not answer with JSON. */
export const makeConsoleClient =
  (url: string, token: string) =>
  async (method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<Answer> => {
    const request = {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }
    const response = await fetch(new URL(path, url), request).catch((error: unknown) => {
      throw unanswered(url, error)
    })
    const text = await response.text()
    try {
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      throw new Error(`${method} ${new URL(path, url)}: ${response.status}, and no JSON`)
    }
  }

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
  // API Gateway's own answer: no function was asked.
  if (status === 401) return ['The API answered 401: --token is not valid, or no longer.']
  const answer = problem.safeParse(body).data
  return answer === undefined
    ? [`The API answered ${status}.`]
    : [
        `${answer.title}: ${answer.detail}`,
        ...(answer.errors ?? []).map(({ path, message }) => `${path}: ${message}`),
      ]
}

const nextSteps = (
  dir: string,
) => `Forms follow within half a minute, everything else at once. Whoever is in a sequence finishes it as it was.
If scoring has changed, all leads are being rescored: GET /api/playbook shows how far that is.
Keep ${dir} with your code: a deployment that brings another playbook makes that one live.`

/** Sends pictures that may not be there yet. @returns the answer that refused one. */
const sendPictures = async (
  call: ReturnType<typeof makeConsoleClient>,
  { assets }: Awaited<ReturnType<typeof loadPlaybook>>,
): Promise<Answer | undefined> => {
  for (const picture of assets.values()) {
    const answer = await call('POST', '/api/playbook/assets', { picture })
    if (answer.status !== 200) return answer
  }
  return undefined
}

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
      const refused = before.status === 200 ? await sendPictures(call, loaded) : before
      const saved = refused ?? (await call('PUT', '/api/playbook', { files }))
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
