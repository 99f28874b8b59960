import type { Clock } from '../ports.ts'

/** The only place that reads the machine's clock. */
export const systemClock: Clock = () => new Date().toISOString()

/** Waits `ms` milliseconds of real time. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits a random part of `ms` milliseconds. */
export const sleepUpTo = (ms: number): Promise<void> => sleep(Math.random() * ms)
