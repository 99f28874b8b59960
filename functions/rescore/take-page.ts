import type { LeadId } from '../../domain/lead/lead-id.ts'
import {
  countPage,
  leadsToTake,
  leaveBehind,
  pageAfter,
  pageMark,
  turnPage,
} from '../../domain/rescoring/rescore-job.ts'
import { rulesOf } from '../compiled-rules.ts'
import { Conflict } from '../ports.ts'
import { makeRescoreLead } from '../record/rescore-lead.ts'
import type { RescoreMessage } from './parse-message.ts'
import { readPage } from './read-page.ts'
import type { RescorePorts } from './rescore-ports.ts'
import { lookAgain } from './start-rescoring.ts'

/** Seconds before a page on which some lead failed is tried again. */
const retryAfter = 30
/** Then the page goes on without those that still fail. */
const mostRetries = 3

type PageMessage = Extract<RescoreMessage, { type: 'page' }>

/**
 * Rescores the leads of one page, counts them and turns to the next page in one conditional write, and says so to its
 * own queue. A repeat takes the same leads, and each of them remembers the page that counts it.
 */
export const makeTakePage = (ports: RescorePorts) => {
  const rescoreLead = makeRescoreLead(ports)

  /** Leads that fail time and again are put on the queue one by one: they end among the dead letters, and hold nobody up. */
  const putByThemselves = async (failed: readonly LeadId[], rules: string): Promise<void> => {
    await Promise.all(failed.map((leadId) => ports.goOn({ type: 'lead', leadId, rules })))
  }

  return async (message: PageMessage): Promise<void> => {
    const { lane } = message
    const job = await ports.jobs.load(lane)
    if (job?.jobId !== message.jobId || job.finishedAt) return
    const say = (page: number) => ports.goOn({ type: 'page', jobId: job.jobId, lane, page, tries: 0 })
    if (job.page !== message.page) {
      // Taken already; the process that did may have died before it said so.
      if (job.page === message.page + 1) await say(job.page)
      return
    }
    const playbook = await ports.playbooks.current()
    if (playbook.rulesVersion !== job.rules) return lookAgain(ports, message)

    const rules = rulesOf(playbook)
    const leadIds = leadsToTake(job)
    const results = await Promise.allSettled(
      leadIds.map((leadId) => rescoreLead(leadId, rules, pageMark(job))),
    )
    const failed = leadIds.filter((_, index) => results[index]?.status === 'rejected')
    if (failed.length > 0 && message.tries < mostRetries)
      return ports.goOn({ ...message, tries: message.tries + 1 }, retryAfter)
    await putByThemselves(failed, job.rules)

    const counted = countPage(
      leaveBehind(job, failed),
      results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : [])),
    )
    const after = pageAfter(counted)
    const turned = turnPage(counted, after && (await readPage(ports, lane, after.cursor)), ports.clock())
    try {
      await ports.jobs.commit(turned)
    } catch (error) {
      // A second delivery of this message was faster, and goes on.
      if (error instanceof Conflict) return
      throw error
    }
    if (!turned.finishedAt) await say(turned.page)
  }
}
