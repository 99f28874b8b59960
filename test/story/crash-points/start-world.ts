import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { synthesize } from '../../../local/synth/synthesize.ts'
import { readAssembly } from '../../../local/template/assembly.ts'
import { StackModel } from '../../../local/template/model.ts'
import { type Client, makeClient } from '../client.ts'
import { startTrichter } from '../trichter.ts'
import { companyScenarios } from './company.ts'
import { crashRunner, type Scenario } from './crash-run.ts'
import { askerOf, erasureScenario, peopleScenarios } from './people.ts'
import { crashPlaybook } from './playbook.ts'
import { type Receiver, receiverOf, type World, worldOf } from './world.ts'

type Make = (client: Client, world: World, receiver: Receiver) => readonly Scenario[]

/** One after the other in each; the lanes go on beside each other. */
export const lanes: readonly (readonly Make[])[] = [[peopleScenarios, erasureScenario], [companyScenarios]]

/** Where the machine is busy, rest takes a while. */
const patientClient = (url: string): Client => {
  const client = makeClient(url)
  const settle = async (): Promise<{ now: string }> => {
    const response = await client.raw('/_local/settle?timeout=1200', { method: 'POST' })
    if (!response.ok) throw new Error(await response.text())
    return JSON.parse(await response.text())
  }
  return { ...client, settle }
}

/** What was published is read from the table. */
const publish = async (client: Client, key: string): Promise<void> => {
  const { ask, draft } = askerOf(client)
  await draft(key)
  await ask('/api/playbook/publish', {})
  await client.settle()
  await client.advance('1m')
}

/** What scenarios are called, before anything runs that they ask. */
const namesOf = (makes: readonly Make[], receiver: Receiver): readonly string[] => {
  const nowhere = makeClient('http://localhost:1')
  return makes.flatMap((make) => make(nowhere, {} as World, receiver)).map(({ what }) => what)
}

export type Running = Awaited<ReturnType<typeof startWorld>>

const startWorld = async (playbook: string, receiver: Receiver, makes: readonly Make[]) => {
  const trichter = await startTrichter(['--memory', '--playbook', playbook])
  const client = patientClient(trichter.url)
  const world = await worldOf(client)
  const runner = crashRunner(client)
  await publish(client, runner.newKey())
  return {
    ...runner,
    deadLetters: client.deadLetters,
    scenarios: makes.flatMap((make) => make(client, world, receiver)),
    stop: async () => {
      world.close()
      await trichter.stop()
    },
  }
}

/** Synthesizes once. @param work what is done with it: `start` begins a Trichter of its own for scenarios */
export const withStack = async <Result>(
  work: (stack: {
    readonly model: StackModel
    readonly start: (makes: readonly Make[]) => Promise<Running>
    readonly names: (makes: readonly Make[]) => readonly string[]
  }) => Promise<Result>,
): Promise<Result> => {
  const receiver = await receiverOf()
  const playbook = await crashPlaybook(receiver.origin)
  try {
    const { folder } = await synthesize(resolve('.'), playbook)
    const urls = { app: 'http://localhost:1', aws: 'http://localhost:2' }
    const model = new StackModel(readAssembly(folder), urls)
    const start = (makes: readonly Make[]) => startWorld(playbook, receiver, makes)
    return await work({ model, start, names: (makes) => namesOf(makes, receiver) })
  } finally {
    receiver.close()
    await rm(playbook, { recursive: true })
  }
}
