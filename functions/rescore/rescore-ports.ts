import type { JsonObject } from '../../domain/json.ts'
import type { RescoreJob } from '../../domain/rescoring/rescore-job.ts'
import type { LeadList, Playbooks } from '../ports.ts'
import type { RescoreLeadPorts } from '../record/rescore-lead.ts'

/** How far rescoring is: an item for each lane. */
export interface RescoreJobs {
  /** Strongly consistent. */
  load(lane: number): Promise<RescoreJob | undefined>
  /** One conditional write against `job.version`. @throws Conflict */
  commit(job: RescoreJob): Promise<void>
}

/** Puts a message on the function's own queue, to be handed out after `delay` seconds (at most 900). */
export type Continue = (message: JsonObject, delay?: number) => Promise<void>

export interface RescorePorts extends RescoreLeadPorts {
  readonly list: Pick<LeadList, 'lane'>
  /** Parts of the lists that are gone through side by side. */
  readonly lanes: number
  /** How many leads the lists hold; eventually consistent. */
  readonly countLeads: () => Promise<number>
  readonly jobs: RescoreJobs
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly goOn: Continue
}
