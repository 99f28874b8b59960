import { formatMailbox } from '../../domain/email/judge-send.ts'
import { lastPeriod, periodNamed, type ReportPeriod, teamReport } from '../../domain/kpi/team-report.ts'
import { reportEmail } from '../../domain/kpi/team-report-email.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { type ReportClaims, reportLease } from '../figures-ports.ts'
import type { ReadColumns } from '../kpi/read-rows.ts'
import { type Clock, type Playbooks, Transient } from '../ports.ts'
import type { Mailer } from '../send-ports.ts'

interface SendReportPorts {
  readonly readColumns: ReadColumns
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly mailer: Mailer
  readonly claims: ReportClaims
  /** The same message once more, after so many seconds. */
  readonly goOn: (message: JsonObject, delay: number) => Promise<void>
  readonly clock: Clock
}

/** The latest period of a kind, or one by its name, which goes out again to everybody who has it. */
export type AskedReport =
  | { readonly kind: ReportPeriod['kind'] }
  | { readonly name: string; readonly asked: string }

const periodOf = (asked: AskedReport, now: string, zone: string): ReportPeriod => {
  if ('kind' in asked) return lastPeriod(asked.kind, now, zone)
  const period = periodNamed(asked.name)
  if (!period) throw new Error('a report is of a week or a month')
  return period
}

const recipientsOf = ({ settings: { report = {} } }: Playbook, { kind }: ReportPeriod): readonly string[] =>
  (kind === 'week' ? report.weekly : report.monthly) ?? []

/**
 * Mails the figures of a period to those whom the settings name, in the company's language; to nobody by default. Where it dies
 * before it has noted that SES took one, colleagues get it twice rather than not at all.
 * @throws Transient while figures would be wrong, or SES takes no mail of the sender's: the message comes again.
 */
export const makeSendReport =
  ({ readColumns, playbooks, mailer, claims, goOn, clock }: SendReportPorts) =>
  async (asked: AskedReport): Promise<void> => {
    const playbook = await playbooks.current()
    const { settings } = playbook
    const { sender, timeZone: zone } = settings
    const now = clock()
    const period = periodOf(asked, now, zone)
    const recipients = recipientsOf(playbook, period)
    if (recipients.length === 0) return
    const found = await readColumns()
    if (found.type === 'missing') throw new Transient(found.what)
    const language = settings.report?.language ?? settings.languages[0]
    const letterhead = { ...settings, reject: playbook.handoff.reject }
    const email = reportEmail(teamReport(found.rows, period, { zone, now }), letterhead, language)
    const claimed = 'asked' in asked ? `${period.name}:${asked.asked}` : period.name
    let isBusy = false
    for (const to of recipients) {
      const claim = await claims.claim(claimed, to)
      isBusy ||= claim === 'busy'
      if (claim !== 'claimed') continue
      const answer = await mailer.send({
        from: formatMailbox(sender),
        ...(sender.replyTo !== undefined && { replyTo: sender.replyTo }),
        to,
        ...email,
        headers: { 'Feedback-ID': 'report:figures:transactional:trichter' },
        tags: { report: period.kind },
      })
      if (answer.type === 'accepted') {
        await claims.settle(claimed, to)
        continue
      }
      await claims.release(claimed, to)
      throw new Transient(`SES does not take reports: ${answer.reason}`)
    }
    // Another delivery is at it, or died with it.
    if (isBusy) await goOn({ type: 'report', report: asked }, reportLease + 10)
  }
