import { chooseLanguage } from '../../domain/email/choose-language.ts'
import { nameOf } from '../../domain/lead/lead-summary.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Run } from '../../domain/sequence/run.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { comingNext, wordPlace } from '../../domain/sequence/word-step.ts'
import type { Refusal } from '../http/refusal.ts'
import type { Lead, Leads, Playbooks } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { RunList } from '../sequence-ports.ts'
import { countMoves, moveOf } from './count-moves.ts'
import { knownSequence, noSequence } from './known-sequence.ts'
import { openRuns, openStatuses } from './open-runs.ts'

export interface PreviewMigrationPorts {
  readonly playbooks: Pick<Playbooks, 'current' | 'version'>
  readonly runList: RunList
  readonly leads: Pick<Leads, 'load'>
}

interface PageQuery {
  readonly limit: number
  readonly cursor?: string
}

type Answer =
  | { readonly type: 'ok'; readonly body: object; readonly next?: string }
  | { readonly type: 'bad-cursor' }
  | Refusal

/** As the lead would get it; null for an email that the playbook does not have. */
const subjectOf = (
  { emails, settings }: Playbook,
  email: string,
  wish: string | undefined,
): string | null => {
  const texts = Object.hasOwn(emails, email) ? (emails[email] ?? {}) : {}
  const [first, ...others] = Object.keys(texts)
  if (first === undefined) return null
  return texts[chooseLanguage([first, ...others], [wish, ...settings.languages])]?.subject ?? null
}

const languageOf = (lead: Lead | undefined): string | undefined => {
  const language = lead?.state?.attributes.language?.value
  return typeof language === 'string' ? language : undefined
}

interface Move {
  readonly run: Run
  readonly lead: Lead | undefined
  /** The playbook under which the run began. */
  readonly begun: Playbook
}

const viewMove = ({ run, lead, begun }: Move, live: Playbook, to: Sequence) => {
  const from = begun.sequences[run.sequence]
  const here = {
    leadId: run.leadId,
    name: lead?.state ? nameOf(lead.state) : null,
    email: lead?.email ?? null,
    from: {
      version: run.playbookVersion,
      sequenceVersion: from?.version ?? null,
      step: Math.max(0, run.step),
      words: from ? wordPlace(run, from.program) : null,
    },
  }
  const move = moveOf(run, begun, to)
  if (move.type === 'stays') return { ...here, to: null, because: move.because, next: null, nextAt: null }
  const { step, status } = move
  const { words, emails } = comingNext(run.runId, to.program, step + 1)
  return {
    ...here,
    to: { step: Math.max(0, step), words: wordPlace(move, to.program) },
    because: null,
    next: {
      words,
      emails: emails.map((email) => ({ email, subject: subjectOf(live, email, languageOf(lead)) })),
    },
    nextAt: status.type === 'waiting' ? status.until : null,
  }
}

/**
 * What moving the open runs of a sequence to the live version would come to, page by page: who stands where, would stand
 * where, and would get what next. `open` counts all of them; the first page says how many of them would move.
 */
export const makePreviewMigration =
  ({ playbooks, runList, leads }: PreviewMigrationPorts) =>
  async (id: string, page: PageQuery): Promise<Answer> => {
    const live = await playbooks.current()
    const sequence = knownSequence(live, id)
    if (!sequence) return noSequence
    const [found, counts, inAll] = await Promise.all([
      openRuns(runList, id, page),
      runList.counts(id),
      page.cursor === undefined ? countMoves({ playbooks, runList }, sequence) : null,
    ])
    if (!found) return { type: 'bad-cursor' }
    const runs = await Promise.all(
      found.items.map(async (run) => {
        const [begun, lead] = await Promise.all([
          playbooks.version(run.playbookVersion),
          rootLead(leads, run.leadId),
        ])
        return viewMove({ run, lead, begun }, live, sequence)
      }),
    )
    return {
      type: 'ok',
      body: {
        sequence: id,
        version: live.version,
        sequenceVersion: sequence.version,
        migration: null,
        open: openStatuses.reduce((sum, status) => sum + counts[status], 0),
        inAll,
        runs,
      },
      ...(found.next !== undefined && { next: found.next }),
    }
  }
