import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Rehearsed } from '../../domain/rehearsal/entry.ts'
import type { PlannedDeed, Rehearsal } from '../../domain/rehearsal/rehearsal.ts'
import { makeConsoleView } from './console-view.ts'
import { makeDeliverEvents } from './deliver-events.ts'
import { keepJournal } from './keep-journal.ts'
import { makeSystem, nextAlarm } from './make-system.ts'
import { makePerformDeed } from './perform-deed.ts'
import { makeWatchScore } from './watch-score.ts'

/**
 * Plays a lead through a playbook: the functions that are deployed, on stores in memory and a clock that jumps from one
 * event to the next. Of a deed and an alarm at the same moment the deed comes first.
 */
export const rehearse = async (rehearsal: Rehearsal, playbook: Playbook): Promise<Rehearsed> => {
  const system = makeSystem({ ...rehearsal, playbook })
  const journal = keepJournal(system)
  const view = makeConsoleView(system)
  const { settle, wake } = makeDeliverEvents(system, journal, makeWatchScore(view))
  const perform = makePerformDeed(system, rehearsal)

  const act = async ({ at, deed }: PlannedDeed): Promise<void> => {
    system.time.now = at
    const reason = await perform(deed)
    journal.note(reason === undefined ? { type: 'deed', deed } : { type: 'refused', deed, reason })
    await settle()
  }

  const wakeWhile = async (isTime: (at: string) => boolean): Promise<void> => {
    for (let next = nextAlarm(system); next && isTime(next.at); next = nextAlarm(system)) {
      const alarm = next.alarms.take()
      if (next.at > system.time.now) system.time.now = next.at
      await wake(next.worker, alarm?.message)
    }
  }

  for (const planned of rehearsal.deeds) {
    await wakeWhile((at) => at < planned.at)
    await act(planned)
  }
  await wakeWhile((at) => at <= rehearsal.until)
  system.time.now = rehearsal.until
  const seen = await view()
  return { entries: journal.entries, ...(seen && { outcome: seen.outcome }) }
}
