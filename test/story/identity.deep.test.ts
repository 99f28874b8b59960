import { describe, expect, it } from 'vitest'
import { day, earlier, scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

describe('one person, however many addresses and browsers', () => {
  const client = useStory()
  const story = scoringClient(client)

  it('merges two leads and parts them again as if nothing had been', async () => {
    const [anna, anne] = ['anna@werk.example.net', 'anne@werk.example.net']
    await story.record({ email: anna }, ['newsletter.subscribed'])
    await story.record({ email: anne }, ['demo.requested'], ['page.viewed', { path: '/preise' }])
    const [a, b] = [await story.idOf(anna), await story.idOf(anne)]
    const standing = async (leadId: string) => {
      const { score, stage, stages } = await story.show(leadId)
      return { score: Math.round(score * 1000), stage, stages: stages.map((one) => one.stage) }
    }
    const before = [await standing(a), await standing(b)]
    expect((await client.post(`/api/leads/${a}/merge`, { leadId: b })).status).toBe(202)
    await client.settle()
    const merged = await story.show(b)
    expect(merged).toMatchObject({ leadId: a, merged: [b], stage: 'consideration' })
    expect(Math.round(merged.score)).toBe(Math.round(10 + 30 + 1 + 5))
    expect(await story.idOf(anne)).toBe(a)
    expect((await client.post(`/api/leads/${a}/merge`, { leadId: b })).status).toBe(409)
    expect(await story.told('LeadMerged', a)).toMatchObject([{ merged: b }])
    await story.record({ email: anne }, ['webinar.attended'])
    expect((await story.timeline(a)).items[0]).toMatchObject({ member: b })

    expect((await client.post(`/api/leads/${a}/unmerge`, { leadId: b })).status).toBe(202)
    await client.settle()
    expect((await story.show(b)).leadId).toBe(b)
    const [mine, theirs] = [await standing(a), await standing(b)]
    expect(Math.abs(mine.score - (before[0]?.score ?? 0))).toBeLessThan(5)
    expect({ ...mine, score: 0 }).toEqual({ ...before[0], score: 0 })
    expect(Math.abs(theirs.score - (before[1]?.score ?? 0) - 15_000)).toBeLessThan(5)
    expect((await client.post(`/api/leads/${a}/unmerge`, { leadId: b })).status).toBe(409)
  })

  it('joins what a browser did to the person who gives an address', async () => {
    const email = 'visitor@werk.example.net'
    const visitorId = 'browser-1'
    const longAgo = earlier(await client.now(), 21 * day)
    await story.record({ visitorId }, ['content.viewed', {}, longAgo], ['page.viewed', { path: '/preise' }])
    await story.record(
      { email },
      ['newsletter.subscribed', { visitorId }],
      ['consent.granted', { purpose: 'newsletter' }],
    )
    const lead = await story.show(await story.idOf(email))
    expect(lead.score).toBeCloseTo(3 / 2 + 1 + 5 + 10, 1)
    expect(lead.stages.map(({ stage, at }) => [stage, at])).toEqual([
      ['awareness', longAgo],
      ['interest', longAgo],
    ])
    // The stage was reached long ago, but nobody could be written to until now.
    expect(await client.inbox(email)).toHaveLength(1)
    await story.record({ visitorId }, ['webinar.attended'])
    expect((await story.show(lead.leadId)).score).toBeCloseTo(3 / 2 + 1 + 5 + 10 + 15, 1)
  })

  it('gives a shared browser to who gave an address on it first in time, whoever arrives first', async () => {
    const visitorId = 'browser-2'
    const [first, second] = ['first@werk.example.net', 'second@werk.example.net']
    const ago = async (days: number) => earlier(await client.now(), days * day)
    await story.record({ visitorId }, ['page.viewed', { path: '/preise' }, await ago(5)])
    await story.record({ email: second }, ['newsletter.subscribed', { visitorId }, await ago(1)])
    /** Facts that stand in the browser's log. */
    const joined = async (email: string) =>
      (await story.timeline(await story.idOf(email))).items.filter(({ member }) => member !== undefined)
        .length
    expect(await joined(second)).toBe(1)
    await story.record({ email: first }, ['newsletter.subscribed', { visitorId }, await ago(2)])
    expect([await joined(first), await joined(second)]).toEqual([1, 0])
  })
})
