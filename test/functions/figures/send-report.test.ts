import { describe, expect, test } from 'vitest'
import { columnsOf, rowsInColumns } from '../../../domain/kpi/columns.ts'
import type { ReportSettings } from '../../../domain/model/settings.ts'
import { makeSendReport } from '../../../functions/figures/send-report.ts'
import type { Read } from '../../../functions/kpi/read-rows.ts'
import type { Mailer, OutgoingEmail } from '../../../functions/send-ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'

type Answer = Awaited<ReturnType<Mailer['send']>>

/** A Monday morning, or what it is said to be. */
const reportWorld = (report: ReportSettings | undefined, now = '2026-11-30T05:00:00.000Z') => {
  const sent: OutgoingEmail[] = []
  const claimed = new Map<string, 'busy' | 'sent'>()
  const answers: Answer[] = []
  const later: object[] = []
  const found: { rows: Read<ReturnType<typeof columnsOf>[]> } = {
    rows: { type: 'read', rows: [columnsOf(rowsInColumns([]))] },
  }
  const base = makePlaybook()
  const playbook = makePlaybook({ settings: { ...base.settings, ...(report && { report }) } })
  const sendReport = makeSendReport({
    readColumns: async () => found.rows,
    playbooks: { current: async () => playbook },
    mailer: {
      send: async (email) => {
        const answer = answers.shift() ?? { type: 'accepted', messageId: 'm' }
        if (answer.type === 'accepted') sent.push(email)
        return answer
      },
    },
    claims: {
      claim: async (period, address) => {
        const key = `${period} ${address}`
        const standing = claimed.get(key)
        if (!standing) claimed.set(key, 'busy')
        return standing ?? 'claimed'
      },
      settle: async (period, address) => void claimed.set(`${period} ${address}`, 'sent'),
      release: async (period, address) => void claimed.delete(`${period} ${address}`),
    },
    goOn: async (message, delay) => void later.push({ message, delay }),
    clock: () => now,
  })
  return { sent, answers, found, claimed, later, sendReport }
}

const both = { weekly: ['mia@example.com', 'sam@example.com'], monthly: ['mia@example.com'] }

describe('the report', () => {
  test('goes to nobody by default', async () => {
    const { sent, sendReport } = reportWorld(undefined)
    await sendReport({ kind: 'week' })
    await sendReport({ kind: 'month' })
    expect(sent).toEqual([])
  })

  test.each([
    ['week', '2026-11-30T05:00:00.000Z', '2026-W48', 2],
    ['week', '2027-01-04T05:00:00.000Z', '2026-W53', 2],
    ['month', '2026-12-01T05:00:00.000Z', '2026-11', 1],
    // In the company's zone the month has begun.
    ['month', '2026-11-30T23:30:00.000Z', '2026-11', 1],
  ] as const)('of the last %s at %s is that of %s', async (kind, now, name, recipients) => {
    const { sent, sendReport } = reportWorld(both, now)
    await sendReport({ kind })
    expect(sent).toHaveLength(recipients)
    expect(sent[0]?.subject).toContain(name)
    expect(sent[0]?.tags).toEqual({ report: kind })
  })

  test('goes out once to each, however often the message comes; again where somebody asks for it', async () => {
    const { sent, sendReport } = reportWorld(both)
    await sendReport({ kind: 'week' })
    await sendReport({ kind: 'week' })
    expect(sent).toHaveLength(2)
    await sendReport({ name: '2026-W48', asked: 'x' })
    await sendReport({ name: '2026-W48', asked: 'x' })
    expect(sent).toHaveLength(4)
  })

  test('is tried again where SES does not take it, and does not come twice to those who have it', async () => {
    const { sent, answers, sendReport } = reportWorld(both)
    answers.push({ type: 'accepted', messageId: 'm' }, { type: 'turned-away', reason: 'sending-disabled' })
    await expect(sendReport({ kind: 'week' })).rejects.toThrow('sending-disabled')
    await sendReport({ kind: 'week' })
    expect(sent.map(({ to }) => to)).toEqual(both.weekly)
  })

  test('comes again until nobody else may be at it', async () => {
    const { sent, claimed, later, sendReport } = reportWorld(both)
    claimed.set('2026-W48 mia@example.com', 'busy')
    await sendReport({ kind: 'week' })
    expect(sent.map(({ to }) => to)).toEqual(['sam@example.com'])
    expect(later).toEqual([{ message: { type: 'report', report: { kind: 'week' } }, delay: 190 }])
    claimed.delete('2026-W48 mia@example.com')
    await sendReport({ kind: 'week' })
    expect(sent.map(({ to }) => to)).toEqual(['sam@example.com', 'mia@example.com'])
  })

  test('waits while figures would be wrong', async () => {
    const { sent, found, sendReport } = reportWorld(both)
    found.rows = { type: 'missing', what: 'the rows of shard 7 cannot be read' }
    await expect(sendReport({ kind: 'week' })).rejects.toThrow('shard 7')
    expect(sent).toEqual([])
  })

  test('is in the language that the settings ask for', async () => {
    const { sent, sendReport } = reportWorld({ ...both, language: 'de' })
    await sendReport({ kind: 'month' })
    expect(sent[0]?.subject).toMatch(/^Zahlen/)
    expect(sent[0]?.html).toContain('<html lang="de">')
  })
})
