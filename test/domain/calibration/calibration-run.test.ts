import { describe, expect, it } from 'vitest'
import {
  beginRun,
  type CalibrationRun,
  emptyCalibration,
  finishRun,
  lastWanted,
  turnPage,
} from '../../../domain/calibration/calibration-run.ts'
import { salesWorld, today } from './sales-world.ts'

const now = '2027-01-04T00:00:00.000Z'
const beginning = { now, rules: 'r1' }
const runOf = (parts: Partial<CalibrationRun> = {}): CalibrationRun => {
  const { run } = beginRun(emptyCalibration, beginning)
  if (!run) throw new Error('nothing began')
  return { ...run, ...parts }
}

describe('a reading', () => {
  it('goes on within a part, and then with the next one, to the last', () => {
    expect(turnPage(runOf({ judged: 100 }), 'here', 16)).toMatchObject({ part: 0, cursor: 'here' })
    const next = turnPage(runOf({ judged: 100, cursor: 'here' }), undefined, 16)
    expect(next).toMatchObject({ part: 1 })
    expect(next).not.toHaveProperty('cursor')
    expect(turnPage(runOf({ part: 15 }), undefined, 16)).toMatchObject({ part: 16, isRead: true })
  })

  it('ends with a part that makes it enough, or within one that alone is more than that', () => {
    expect(turnPage(runOf({ part: 3, judged: 4_999 }), undefined, 16)).not.toHaveProperty('isRead')
    expect(turnPage(runOf({ part: 3, judged: 5_000 }), undefined, 16)).toMatchObject({
      part: 4,
      isRead: true,
    })
    expect(turnPage(runOf({ judged: 9_999 }), 'here', 16)).toMatchObject({ part: 0, cursor: 'here' })
    expect(turnPage(runOf({ judged: 10_000 }), 'here', 16)).toMatchObject({ part: 1, isRead: true })
  })

  it('is begun once for the same question, and anew once it was given up', () => {
    const begun = beginRun(emptyCalibration, beginning)
    const later = (hours: number) => new Date(Date.parse(now) + hours * 3_600_000).toISOString()
    expect(beginRun(begun, { ...beginning, now: later(1) })).toBe(begun)
    expect(beginRun(begun, { ...beginning, now: later(7) }).run?.startedAt).toBe(later(7))
    expect(beginRun(begun, { ...beginning, rules: 'r2' }).run?.rules).toBe('r2')
    expect(beginRun(begun, { ...beginning, wanted: 3 }).run?.wanted).toBe(3)
  })
})

describe('what a reading ends with', () => {
  const { judged } = salesWorld({ leads: 400, seed: 42 })
  const ended = (run: CalibrationRun) =>
    finishRun({ ...emptyCalibration, run }, judged, { scoring: today, threshold: 40, asOf: now, parts: 16 })
  const weeklyOf = (run: CalibrationRun) => {
    const calibration = ended(run).result?.calibration
    if (calibration?.status !== 'ok') throw new Error('nothing was learned')
    return calibration.threshold
  }

  it('is the same in whatever order its pieces come', () => {
    const backwards = finishRun({ ...emptyCalibration, run: runOf({ part: 16 }) }, judged.toReversed(), {
      ...{ scoring: today, threshold: 40, asOf: now, parts: 16 },
    })
    expect(backwards.result?.calibration).toMatchObject({ status: 'ok', judged: 400 })
  })

  it('reckons the handoffs of a week from the parts that were read', () => {
    const [all, quarter] = [weeklyOf(runOf({ part: 16 })), weeklyOf(runOf({ part: 4 }))]
    expect(quarter.now.handoffsPerWeek).toBeCloseTo(4 * all.now.handoffsPerWeek, 1)
    expect(quarter.proposed).toBe(all.proposed)
    expect(ended(runOf({ part: 4 })).result?.sampled).toBe(0.25)
  })

  it('remembers how many handoffs were asked for', () => {
    expect(lastWanted(emptyCalibration)).toBeUndefined()
    expect(lastWanted({ ...emptyCalibration, run: runOf({ wanted: 5 }) })).toBe(5)
    expect(lastWanted(ended(runOf({ part: 16, wanted: 5 })))).toBe(5)
    expect(lastWanted(ended(runOf({ part: 16 })))).toBeUndefined()
  })
})
