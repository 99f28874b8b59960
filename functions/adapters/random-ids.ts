import { randomUUID } from 'node:crypto'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'

/** @returns an id that says nothing about the person. */
export const newLeadId = (): LeadId => {
  const id = parseLeadId(randomUUID())
  if (id === undefined) throw new Error('a UUID is not a lead id')
  return id
}

/** @returns an id for a fact that came without one. */
export const newFactId = (): string => randomUUID()
