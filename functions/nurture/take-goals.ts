import { askLead } from '../../domain/sequence/ask-lead.ts'
import type { Reached } from '../../domain/sequence/enter-sequence.ts'
import { reachGoal } from '../../domain/sequence/reach-goal.ts'
import { isOpen, type Run } from '../../domain/sequence/run.ts'
import { rulesOf } from '../compiled-rules.ts'
import { type ContinueRunPorts, makeTakeRun } from './continue-run.ts'
import { sequenceOf } from './sequence-of.ts'

/**
 * A lead did something that some goal asks for: whichever of its runs has reached its goal by that ends, and counts from then
 * on. Every other goal is looked at when its run goes on.
 */
export const makeTakeGoals = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)

  /** The goal of the run, where it counts at once. */
  const goalOf = async (run: Run) => {
    const { goal } = await sequenceOf(ports.playbooks, run)
    const begun = rulesOf(await ports.playbooks.version(run.playbookVersion))
    return goal !== undefined && begun.promptGoals.has(goal) ? { goal, begun } : undefined
  }

  const hasReached = async (run: Run): Promise<boolean> => {
    const found = await goalOf(run)
    if (!found) return false
    const [lead, live] = await Promise.all([ports.leads.load(run.leadId), ports.playbooks.current()])
    if (!lead?.state) return false
    const ask = askLead({ ...lead, state: lead.state }, rulesOf(live), found.begun, ports.clock(), run)
    return ask.holdsInCycle(found.goal)
  }

  return async ({ leadId, decisionId }: Reached): Promise<void> => {
    const open = (await ports.runs.list(leadId)).filter(({ status }) => isOpen(status))
    for (const run of open)
      if (await hasReached(run))
        await takeRun(
          run,
          ({ runId, status }) => runId === run.runId && isOpen(status),
          async (current, { goal }, ask, now) =>
            goal !== undefined && ask.holdsInCycle(goal) ? reachGoal(current, decisionId, now) : current,
        )
  }
}
