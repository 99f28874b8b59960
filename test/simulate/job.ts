import { makePlan } from './plan.ts'
import type { Job } from './play-many.ts'
import { playOne, replayOf } from './play-one.ts'

/** A process that plays one seed after another, as its parent tells it. */
process.on('message', async ({ cloudAssemblyDir, minutes, ...size }: Job) => {
  const holds = await playOne({ plan: makePlan(size), cloudAssemblyDir }, { replay: replayOf(size), minutes })
  process.send?.(holds)
})
