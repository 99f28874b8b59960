import { randomUUID } from 'node:crypto'
import { type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import type { Clock } from '../ports.ts'

/** The only place that reads the machine's clock. */
export const systemClock: Clock = () => new Date().toISOString()

/** Waits `ms` milliseconds of real time. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits a random part of `ms` milliseconds. */
export const sleepUpTo = (ms: number): Promise<void> => sleep(Math.random() * ms)

const environment = Math.random()

/** Of counters that are spread over several items the one that this environment counts in: what it counts within a moment is one write. */
export const ownSlot = (slots: number): number => Math.floor(environment * slots)

/** @returns an id that says nothing about the person. */
export const newLeadId = (): LeadId => {
  const id = parseLeadId(randomUUID())
  if (id === undefined) throw new Error('a UUID is not a lead id')
  return id
}

/** @returns an id for a fact that came without one. */
export const newFactId = (): string => randomUUID()
