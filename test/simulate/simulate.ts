import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startRunner } from '../../local/runtime.ts'
import { compiledBeside, markInUse, synthesize } from '../../local/synth/synthesize.ts'
import { makeClient } from '../story/client.ts'
import { invariants, repeatsForgiven } from './invariants.ts'
import type { Plan } from './plan.ts'
import { makePlayer, play } from './player.ts'
import { readWorld, type World } from './world.ts'

/** An invariant that does not hold, with a line for each lead, activity or email that breaks it. */
interface Breach {
  readonly invariant: string
  readonly lines: readonly string[]
}

export interface Outcome {
  readonly breaches: readonly Breach[]
  readonly facts: number
  readonly mails: number
  readonly calls: number
  /** Emails that went out twice where SES's events were lost and a sender died: the one exception. */
  readonly forgiven: number
  readonly seconds: number
}

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** A Monday, four weeks before the clocks change: the same for every run, so that its hours and holidays are. */
const startAt = '2027-03-01T06:00:00.000Z'

/** Synthesizes the app unless it stands already. @returns the folder with the cloud assembly. */
export const prepare = async (): Promise<string> => {
  const { folder } = await synthesize(project, join(project, 'templates'))
  markInUse(folder)
  return folder
}

const checkWorld = (world: World): readonly Breach[] =>
  invariants.flatMap((one) => {
    const lines = one.broken(world)
    return lines.length === 0 ? [] : [{ invariant: one.name, lines }]
  })

interface SimulateOptions {
  readonly cloudAssemblyDir: string
  readonly plan: Plan
  /** Called after each action. */
  readonly progress?: (done: number) => void
  /** What the checks are to see of the world. @default all, as it is */
  readonly seen?: (world: World) => World
}

/** Plays a plan against a stack of its own, in memory and over HTTP, and checks what came of it. */
export const simulate = async ({
  cloudAssemblyDir,
  plan,
  progress = () => undefined,
  seen = (world) => world,
}: SimulateOptions): Promise<Outcome> => {
  const began = performance.now()
  const runner = await startRunner({
    ...{ cloudAssemblyDir, port: 0, seed: plan.seed, startAt },
    compiled: compiledBeside(cloudAssemblyDir),
  })
  try {
    const client = makeClient(runner.url)
    const player = await makePlayer(client, startAt)
    await play(player, plan, progress)
    const world = seen(await readWorld(client, plan, player.observed))
    return {
      breaches: checkWorld(world),
      ...{ facts: world.facts.length, mails: world.mails.length, calls: world.calls },
      forgiven: repeatsForgiven(world),
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    await runner.stop()
  }
}
