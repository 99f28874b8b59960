import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const at = '2026-01-05T09:00:00.000Z'
const leaseUntil = '2026-01-05T09:15:00.000Z'

const claimOf = (sendId: string): Send => ({
  sendId,
  leadId,
  email: 'welcome',
  request: { leadId, sendId, email: 'welcome', recipient: 'lead' },
  cause: { decisionId: 'decision-1', correlationId: 'fact-1' },
  requestedAt: at,
  marketing: true,
  status: 'claimed',
  claimedAt: at,
  leaseUntil,
})

describe('dynamoSends', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table.stop())
  const sends = () => dynamoSends(table.client, table.tableName)

  test('of many claims at once one is granted', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => sends().claim(claimOf('once'), at)))
    expect(claims.filter((standing) => standing === undefined)).toHaveLength(1)
    for (const standing of claims) if (standing) expect(standing).toEqual(claimOf('once'))
  })

  test('an unsettled claim is taken over when its lease is out, not before', async () => {
    await sends().claim(claimOf('lease'), at)
    expect(await sends().claim(claimOf('lease'), '2026-01-05T09:14:59.999Z')).toMatchObject({
      status: 'claimed',
    })
    const next = { ...claimOf('lease'), claimedAt: leaseUntil, leaseUntil: '2026-01-05T09:30:00.000Z' }
    expect(await sends().claim(next, leaseUntil)).toBeUndefined()
    expect(await sends().claim(next, leaseUntil)).toEqual(next)
  })

  test('a settled one never is', async () => {
    await sends().claim(claimOf('settled'), at)
    await sends().settle(leadId, 'settled', { status: 'sent', at, messageId: 'm-1', language: 'de' })
    const standing = await sends().claim(claimOf('settled'), '2027-01-01T00:00:00.000Z')
    expect(standing).toEqual({ ...claimOf('settled'), status: 'sent', at, messageId: 'm-1', language: 'de' })
  })

  test('the first outcome stands', async () => {
    await sends().claim(claimOf('first'), at)
    await sends().settle(leadId, 'first', { status: 'sent', at, messageId: 'm-1' })
    await sends().settle(leadId, 'first', { status: 'failed', at, reason: 'late' })
    expect(await sends().claim(claimOf('first'), at)).toMatchObject({ status: 'sent', messageId: 'm-1' })
  })

  test('what was never claimed is not settled', async () => {
    await sends().settle(leadId, 'unknown', { status: 'sent', at })
    expect((await sends().list(leadId)).map(({ sendId }) => sendId)).not.toContain('unknown')
  })

  test('a claim given back is free at once', async () => {
    await sends().claim(claimOf('back'), at)
    await sends().release(leadId, 'back')
    expect(await sends().claim(claimOf('back'), at)).toBeUndefined()
  })
})
