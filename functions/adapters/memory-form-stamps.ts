import type { FormStamps } from '../form-ports.ts'

/** Stamps that are the time itself. */
export const memoryFormStamps = (): FormStamps => ({ issue: (at) => at, read: (stamp) => stamp })
