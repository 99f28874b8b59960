import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { seeded } from '../functions/fakes/dawdling.ts'
import { makeClient } from './client.ts'
import { startTrichter, type Trichter } from './trichter.ts'

const rows = 1_200
const kills = 10
/** Another one ends the same: `SEED=7`. */
const seed = Number(process.env.SEED ?? 1)

/** People who come twice, who do not want mail, and who are none. */
const tableOf = (domain: string): string => {
  const lines = Array.from({ length: rows }, (_, row) => {
    const email = row % 50 === 3 ? `nobody-${row}` : `person-${row % 1_000}@${domain}`
    return `${email};"Firma ${row};\n${row % 17}";${row % 23 === 0 ? 'ja' : ''}`
  })
  return `E-Mail;Firma;Abgemeldet\n${lines.join('\n')}\n`
}

const consent = ['--consent', 'newsletter', '--evidence', 'sign-up list at the fair, page 3']
const settings = [...consent, '--at', '2026-03-20T10:00:00Z', '--mode', 'company=overwrite']

/** Why commands ended that nobody killed. */
const complaints: string[] = []

const command = (file: string, url: string): ChildProcess => {
  const args = [...packageJson.scripts.import.split(' ').slice(1), file, ...settings, '--url', url]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text))
  return child
}

const isOver = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** Milliseconds after which a wait is over, which else takes a few seconds. */
const patience = 240_000

interface Shown {
  readonly importId: string
  readonly name: string
  readonly rows: number
  readonly state: string
}

interface Queue {
  readonly name: string
  readonly messages: Readonly<Record<string, number>>
}

interface Listed {
  readonly email: string
  readonly company: string
  readonly consent: string
}

describe(`an import that is killed at ${kills} random rows (SEED=${seed})`, () => {
  let folder: string
  let running: Trichter
  let child: ChildProcess | undefined
  const client = makeClient(() => running.url)
  const options = () => ['--data', join(folder, 'data')]
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trichter-import-'))
    running = await startTrichter(options())
  })
  afterAll(async () => {
    child?.kill('SIGKILL')
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** A port is kept over restarts: whoever sends rows goes on where it was. */
  const killRunner = async (): Promise<void> => {
    const { port } = new URL(running.url)
    await running.kill()
    running = await startTrichter([...options(), '--port', port])
  }

  const fileOf = async (name: string): Promise<string> => {
    const file = join(folder, `${name}.csv`)
    await writeFile(file, tableOf(`${name}.example.net`))
    return file
  }

  const importOf = async (name: string): Promise<Shown | undefined> => {
    const { items } = await client.get<{ items: readonly Shown[] }>('/api/imports')
    const own = items.filter((one) => one.name === `${name}.csv`)
    if (own.length > 1) throw new Error(`${name} was begun ${own.length} times`)
    return own[0]
  }

  /** Waits, and says what stands where if that takes too long. */
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    for (const end = performance.now() + patience; !(await isSo()); await sleep(50)) {
      if (performance.now() < end) continue
      const { items } = await client.get<{ items: readonly Shown[] }>('/api/imports')
      const { queues } = (await (await client.raw('/_local')).json()) as { readonly queues: readonly Queue[] }
      const waiting = queues.filter(({ messages }) => Object.values(messages).some((count) => count > 0))
      throw new Error(
        `${what} stood still: ${JSON.stringify({ items, waiting, complaints })}\n${running.output()}`,
      )
    }
  }

  const ended = async (one: ChildProcess): Promise<number | null> => {
    await until('the command', () => isOver(one))
    return one.exitCode
  }

  /** Sends it again as somebody would who has seen it end too early. */
  const goOn = async (file: string): Promise<void> => {
    if (child && !isOver(child)) return
    if (child?.exitCode !== 0) child = command(file, running.url)
  }

  const takenUpTo = (name: string, file: string, row: number): Promise<void> =>
    until(`row ${row}`, async () => {
      await goOn(file)
      const taken = await importOf(name)
      return (taken?.rows ?? 0) >= row || taken?.state === 'done'
    })

  /** What stands of the people of a file, and what is said of its rows: without what differs between two of them. */
  const endOf = async (name: string) => {
    const { importId = '' } = (await importOf(name)) ?? {}
    const { created, updated, unchanged, rejectedRows, rejected, state } = await client.get<
      Record<string, unknown>
    >(`/api/imports/${importId}`)
    const people: string[] = []
    for (let cursor: string | undefined = ''; cursor !== undefined; ) {
      const page: { items: readonly Listed[]; next?: string } = await client.get(
        `/api/leads?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      const own = page.items.filter(({ email }) => email.endsWith(`@${name}.example.net`))
      people.push(
        ...own.map(({ email, company, consent: has }) => `${email.split('@')[0]} ${company} ${has}`),
      )
      cursor = page.next
    }
    return { created, updated, unchanged, rejectedRows, rejected, state, people: people.sort() }
  }

  it('ends as one that nobody disturbed', async () => {
    const undisturbed = await fileOf('whole')
    expect(await ended(command(undisturbed, running.url))).toBe(0)
    await client.settle()
    const whole = await endOf('whole')
    expect(whole).toMatchObject({ state: 'done', rejectedRows: rows / 50 })
    expect(Number(whole.created) + Number(whole.updated) + Number(whole.unchanged)).toBe(rows - rows / 50)
    expect(whole.people).toHaveLength(Number(whole.created))

    const random = seeded(seed)
    const killed = await fileOf('killed')
    const places = Array.from({ length: kills }, () => Math.ceil(random() * rows)).sort((a, b) => a - b)
    for (const [index, row] of places.entries()) {
      await takenUpTo('killed', killed, row)
      if (index % 2 === 0) await killRunner()
      else if (child?.kill('SIGKILL')) await ended(child)
    }
    await until('the last command', async () => {
      await goOn(killed)
      return child?.exitCode === 0
    })
    child = undefined
    await client.settle()
    expect(await endOf('killed')).toEqual(whole)
    expect(await client.deadLetters()).toEqual([])
    await expect(readFile(`${killed}.import.json`)).rejects.toThrow('ENOENT')
  }, 600_000)
})
