import { describe, expect, test } from 'vitest'
import type { Step } from '../../../domain/model/sequence.ts'
import { countFlow, flowOf, stepOf } from '../../../domain/sequence/flow.ts'
import type { Run, RunStatus } from '../../../domain/sequence/run.ts'

const at = '2026-03-01T09:00:00.000Z'
const waiting: RunStatus = { type: 'waiting', until: at }
const program: readonly Step[] = [
  { type: 'email', email: 'welcome' },
  { type: 'branch', if: 'opened("welcome")', otherwise: 4 },
  { type: 'wait', for: 1000 },
  { type: 'jump', goto: 5 },
  { type: 'exit', because: 'not interested' },
  { type: 'email', email: 'offer' },
]
const split: readonly Step[] = [
  {
    type: 'split',
    name: 'subject',
    ways: [
      { id: 'a', goto: 1 },
      { id: 'b', goto: 3 },
    ],
  },
  { type: 'email', email: 'one' },
  { type: 'jump', goto: 4 },
  { type: 'email', email: 'other' },
  { type: 'wait', for: 1000 },
]

const run = (step: number, status: RunStatus, ways?: Run['ways']) => ({ step, status, ...(ways && { ways }) })

describe('a sequence as a flow', () => {
  test('leads through jumps, with the ways of conditions and splits by name', () => {
    const { steps, edges } = flowOf(program)
    expect(steps.map(({ index }) => index)).toEqual([0, 1, 2, 4, 5])
    expect(edges).toEqual([
      { from: 0, to: 1 },
      { from: 1, to: 2, way: 'yes' },
      { from: 1, to: 4, way: 'no' },
      { from: 2, to: 5 },
      { from: 5, to: 6 },
    ])
    expect(flowOf(split).edges.filter(({ from }) => from === 0)).toEqual([
      { from: 0, to: 1, way: 'a' },
      { from: 0, to: 3, way: 'b' },
    ])
    expect(flowOf([])).toEqual({ steps: [], edges: [] })
  })

  test('a held run stands at the step that comes next', () => {
    expect(stepOf(run(2, { type: 'held', due: at, next: 3 }), program)).toBe(5)
    expect(stepOf(run(2, waiting), program)).toBe(2)
    expect(stepOf(run(6, { type: 'completed', at }), program)).toBe(6)
  })

  test('counts who waits, who has passed for sure, and who left where', () => {
    const counts = countFlow(program, [
      run(2, waiting),
      run(2, { type: 'goal', at }),
      run(4, { type: 'exited', at, because: 'not interested', byStep: true }),
      run(6, { type: 'completed', at }),
    ])
    expect(counts.get(0)).toEqual({ waiting: 0, done: 4, left: 0, goal: 0 })
    expect(counts.get(1)).toEqual({ waiting: 0, done: 4, left: 0, goal: 0 })
    expect(counts.get(2)).toEqual({ waiting: 1, done: 1, left: 0, goal: 1 })
    expect(counts.get(4)).toEqual({ waiting: 0, done: 0, left: 1, goal: 0 })
    expect(counts.get(6)).toEqual({ waiting: 0, done: 1, left: 0, goal: 0 })
  })

  test('knows by the run which way of a split it took, and of a run without one does not guess', () => {
    const counts = countFlow(split, [run(4, waiting, { subject: 'b' }), run(4, waiting)])
    expect(counts.get(0)?.done).toBe(2)
    expect(counts.get(1)).toBeUndefined()
    expect(counts.get(3)?.done).toBe(1)
  })
})
