import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeClient } from './client.ts'
import { startTrichter, type Trichter } from './trichter.ts'

const leads = 100
const address = (lead: number): string => `kill-${lead}@order.example.net`

/** Five facts for each of a hundred leads; the second and third earn the welcome mail. */
const activities = Array.from({ length: leads * 5 }, (_, index) => {
  const lead = Math.floor(index / 5)
  const [type, properties] = (
    [
      ['page.viewed', { path: '/' }],
      ['consent.granted', { purpose: 'newsletter' }],
      ['newsletter.subscribed', {}],
      ['content.viewed', {}],
      ['page.engaged', { seconds: 90 }],
    ] as const
  )[index % 5] ?? ['page.viewed', {}]
  return { id: `kill-${index}`, type, properties, subject: { email: address(lead) } }
})

describe('kill -9 while 500 activities are being taken in', () => {
  let data: string
  let running: Trichter | undefined
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'trichter-kill-'))
  })
  afterAll(async () => {
    // Also where an expectation failed half-way.
    await running?.kill()
    await rm(data, { recursive: true, force: true })
  })

  it('loses nothing that was acknowledged, and mails nobody twice', async () => {
    const first = await startTrichter(['--data', data])
    running = first
    const acknowledged: string[] = []
    const waiting = [...activities]
    const takeIn = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        try {
          const { accepted } = await makeClient(first.url).postEvents([next])
          if (accepted === 1) acknowledged.push(next.id)
        } catch {
          return
        }
        if (acknowledged.length === 250) await first.kill()
      }
    }
    await Promise.all(Array.from({ length: 8 }, takeIn))
    expect(acknowledged.length).toBeGreaterThanOrEqual(250)
    expect(acknowledged.length).toBeLessThan(activities.length)

    const second = await startTrichter(['--data', data])
    running = second
    const client = makeClient(second.url)
    await client.settle()
    const kept: string[] = []
    for (const { items, next } of [
      await client.get<{ items: { leadId: string }[]; next?: string }>('/api/leads?limit=100'),
    ]) {
      expect(next).toBeUndefined()
      for (const { leadId } of items) {
        const timeline = await client.get<{ items: { id: string }[] }>(`/api/leads/${leadId}/timeline`)
        kept.push(...timeline.items.map(({ id }) => id))
      }
    }
    expect(acknowledged.filter((id) => !kept.includes(id))).toEqual([])

    // Whoever sent it again gets the same state: what was not acknowledged is simply sent once more.
    await client.postEvents(activities)
    await client.settle()
    // A sender that was killed between claim and SES leaves a lease; when it has run out, the email is sent (DESIGN section 3).
    await client.advance('30m')
    for (let lead = 0; lead < leads; lead += 1) {
      const mails = await client.inbox(address(lead))
      expect([address(lead), mails.map(({ subject }) => subject)]).toEqual([
        address(lead),
        [expect.any(String)],
      ])
    }
    expect(await client.deadLetters()).toEqual([])
    expect(await second.stop()).toBe(0)
  })
})
