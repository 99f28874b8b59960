import { describe, expect, it } from 'vitest'
import { parseLeadId } from '../../../domain/model/activity.ts'
import type { Segment } from '../../../domain/model/playbook.ts'
import { countMessageSchema, makeTakeCount } from '../../../functions/audience/count-audience.ts'
import { fact } from '../../domain/support/facts.ts'
import { apiWorld } from '../api/api-world.ts'

const segments: Readonly<Record<string, Segment>> = {
  dach: { id: 'dach', name: 'DACH', where: 'lead.country in ["DE", "AT", "CH"]' },
}

const world = (lanes?: number) => apiWorld({ segments }, lanes)

const consented = async (one: ReturnType<typeof apiWorld>, number: number, fields = {}) => {
  const leadId = await one.addLead(number, { country: 'DE', ...fields })
  await one.add(leadId, [fact(`c-${number}`, 'consent.granted', '03-01T11:00', { purpose: 'newsletter' })])
  return leadId
}

describe('segments', () => {
  it('count whom a condition holds for, and how many of them the sender would mail', async () => {
    const one = world()
    await consented(one, 1)
    await consented(one, 2)
    await consented(one, 3, { frequency: 'pause', pausedUntil: '2026-05-01T00:00:00.000Z' })
    await one.addLead(4, { country: 'AT' })
    await consented(one, 5, { country: 'FR' })
    one.suppressed.set('lead-2@werk.example.net', { reason: 'bounced', at: '2026-03-01T12:00:00.000Z' })
    expect(await one.call('/api/segments/dach')).toMatchObject({
      type: 'ok',
      body: {
        segment: 'dach',
        matching: 4,
        mailable: 1,
        without: { consent: 1, suppressed: 1, held: 1, withSales: 0, address: 0 },
        exact: true,
      },
    })
    expect(await one.call('/api/segments')).toMatchObject({
      body: { items: [{ segment: 'dach', name: 'DACH', sequences: [] }] },
    })
    expect(await one.call('/api/segments/nord')).toMatchObject({ type: 'not-found' })
  })

  it('name the people behind each number, page by page', async () => {
    const one = world(9)
    const mailable = [await consented(one, 1), await consented(one, 2), await consented(one, 3)]
    const paused = { frequency: 'pause', pausedUntil: '2026-05-01T00:00:00.000Z' }
    const held = await consented(one, 4, paused)
    const lacking = await one.addLead(5, { country: 'AT' })
    await consented(one, 6, { country: 'FR' })
    const where = segments.dach?.where ?? ''
    const peopleOf = async (verdict: string, limit = '50'): Promise<readonly string[]> => {
      const found: string[] = []
      let cursor: string | undefined
      do {
        const query = { where, verdict, limit, ...(cursor !== undefined && { cursor }) }
        const answer = await one.call('/api/audience', { query })
        if (answer.type !== 'ok') throw new Error(JSON.stringify(answer))
        const body = answer.body as { items: { leadId: string }[]; next?: string }
        expect(body.items.length).toBeLessThanOrEqual(Number(limit))
        found.push(...body.items.map(({ leadId }) => leadId))
        cursor = body.next
      } while (cursor !== undefined)
      return found.toSorted()
    }
    expect(await peopleOf('mailable')).toEqual(mailable.toSorted())
    const atOnce = await one.call('/api/audience', { query: { where, verdict: 'mailable' } })
    expect(atOnce).toMatchObject({ body: { items: mailable.map(() => ({})) } })
    expect(await peopleOf('mailable', '1')).toEqual(mailable.toSorted())
    expect(await peopleOf('held', '2')).toEqual([held])
    expect(await peopleOf('consent')).toEqual([lacking])
    expect(await peopleOf('withSales')).toEqual([])
    const cursor = Buffer.from('9#').toString('base64url')
    expect(await one.call('/api/audience', { query: { where, verdict: 'held', cursor } })).toMatchObject({
      errors: [{ path: 'cursor', message: 'is not a cursor of this list' }],
    })
    expect(await one.call('/api/audience', { query: { where: 'bnd', verdict: 'all' } })).toMatchObject({
      errors: [{ path: 'verdict' }],
    })
  })

  it('filter the list of leads, together with a condition', async () => {
    const one = world()
    const [first] = [await one.addLead(1, { country: 'DE', employees: 10 })]
    await one.addLead(2, { country: 'DE', employees: 500 })
    await one.addLead(3, { country: 'FR', employees: 10 })
    const query = { segment: 'dach', where: 'lead.employees < 50' }
    expect(await one.call('/api/leads', { query })).toMatchObject({ body: { items: [{ leadId: first }] } })
    expect(await one.call('/api/leads', { query: { segment: 'dax' } })).toMatchObject({
      errors: [{ path: 'segment', message: 'unknown segment; there is: dach' }],
    })
  })

  it('say where a condition is wrong, and the nearest right name', async () => {
    const preview = (where: string) =>
      world().call('/api/segments/preview', { method: 'POST', body: JSON.stringify({ where }) })
    expect(await preview('bnd == "hot"')).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'where', message: expect.stringMatching(/character 1: .*bnd.*did you mean "band"/) }],
    })
    expect(await preview('stageAtLeast("intend")')).toMatchObject({
      errors: [{ path: 'where', message: expect.stringContaining('did you mean "intent"') }],
    })
    expect(await preview('lead.contry == "DE"')).toMatchObject({
      body: { warnings: [{ message: expect.stringContaining('did you mean "country"') }] },
    })
    expect(await preview('count("demo.requested", "90d") > 1')).toMatchObject({
      errors: [{ path: 'where', message: expect.stringContaining('segment of the playbook') }],
    })
    expect(await preview('count("page.viewed", "7d") > 1')).toMatchObject({ type: 'ok' })
  })

  it('of more leads than one request reads are counted by a worker, each once, and it says when that has ended', async () => {
    const one = world()
    for (let number = 1; number <= 3_101; number += 1) {
      const leadId = parseLeadId(`lead-${String(number).padStart(5, '0')}`)
      if (leadId)
        await one.add(leadId, [fact(`d-${number}`, 'demo.requested', '03-01T10:00')], {
          email: `l${number}@x.example`,
        })
    }
    const ask = () =>
      one.call('/api/segments/preview', {
        method: 'POST',
        body: JSON.stringify({ where: 'did("demo.requested")' }),
      })
    expect(await ask()).toMatchObject({ body: { exact: false, matching: 3_000 } })
    const take = makeTakeCount(one)
    for (let message = one.toldAudience.shift(); message; message = one.toldAudience.shift()) {
      await take(countMessageSchema.parse(message))
      await take(countMessageSchema.parse(message))
    }
    expect(await ask()).toMatchObject({
      body: { exact: true, matching: 3_101, read: 3_101, without: { consent: 3_101 } },
    })
    expect(one.toldAudience).toEqual([])
  })
})
