import type { Run } from '../../domain/sequence/run.ts'
import { alarmOf, profileChangesOf } from '../../domain/sequence/run-effects.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Alarms, Bus, Clock, Playbooks, Runs } from '../ports.ts'
import { sequenceOf } from './sequence-of.ts'

export interface PerformRunPorts {
  readonly runs: Runs
  readonly alarms: Alarms
  readonly bus: Bus
  readonly playbooks: Playbooks
  readonly clock: Clock
}

/**
 * Does what a committed run still owes: its alarm, its decisions, its profile changes. Safe to repeat: alarms have a
 * name, decisions and activities an id. @returns the run with nothing left to do.
 */
export const performRun = async (ports: PerformRunPorts, run: Run): Promise<Run> => {
  if (run.outbox.length === 0) return run
  const changes = profileChangesOf(run, await sequenceOf(ports.playbooks, run))
  const alarm = alarmOf(run)
  await Promise.all([
    alarm && ports.alarms.set(alarm.name, notPast(alarm.at, ports.clock()), alarm.message),
    ports.bus.publish(run.outbox),
    changes.length > 0 && ports.bus.submit(changes),
  ])
  await ports.runs.clearOutbox(run)
  return { ...run, outbox: [] }
}

/** Time for the call that sets an alarm: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/** An alarm that is only set when it is due goes off soon. */
const notPast = (at: string, now: string): string => {
  const soonest = addMilliseconds(now, leadTime)
  return at < soonest ? soonest : at
}
