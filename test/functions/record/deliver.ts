import fc from 'fast-check'
import type { AppendedFact } from '../../../functions/ports.ts'
import type { QueueMessage } from '../../../functions/queue/message.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { type CrashPlan, crashAt } from '../fakes/crash-at.ts'
import type { recordWorld } from './record-world.ts'

type World = ReturnType<typeof recordWorld>
type Plans = readonly (CrashPlan | null)[]

/** Where each process dies: by number of port calls, or not at all. */
export const crashes = (longest: number): fc.Arbitrary<(CrashPlan | null)[]> =>
  fc.array(
    fc.option(fc.record({ call: fc.integer({ min: 0, max: longest }), done: fc.boolean() }), { freq: 2 }),
    { maxLength: 20 },
  )

/** What goes into the log in one write may get there in part. */
const inPieces = (leads: World['ports']['leads']): World['ports']['leads'] => ({
  ...leads,
  append: async (leadId, facts) => {
    const written: AppendedFact[] = []
    for (const fact of facts) written.push(...(await leads.append(leadId, [fact])))
    return written
  },
})

const dying = (ports: World['ports'], wrap: ReturnType<typeof crashAt>) =>
  makeRecordActivities({
    ...ports,
    leads: { ...inPieces(wrap(ports.leads)), guess: ports.leads.guess },
    claims: wrap(ports.claims),
    checkpoints: wrap(ports.checkpoints),
    bus: wrap(ports.bus),
    timers: wrap(ports.timers),
    leadTimers: wrap(ports.leadTimers),
  })

/** Delivers batch by batch; a batch whose process died, or that failed, comes again as a whole. */
export const deliver = async (
  { ports }: World,
  batches: readonly (readonly QueueMessage[])[],
  plans: Plans = [],
): Promise<void> => {
  const left = [...plans]
  // One process lives through all that no other dies over: it expects the rules that it knows.
  const living = makeRecordActivities({ ...ports, leads: inPieces(ports.leads) })
  for (const batch of batches) {
    let failed = true
    for (let deliveries = 0; failed; deliveries++) {
      if (deliveries > plans.length) throw new Error('a batch fails without a crash')
      const plan = left.shift()
      const record = plan ? dying(ports, crashAt(plan)) : living
      failed = (await record(batch)).size > 0
    }
  }
}

export const chunked = <Item>(items: readonly Item[], size: number): Item[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
