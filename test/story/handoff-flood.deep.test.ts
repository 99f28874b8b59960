import { describe, expect, it } from 'vitest'
import type { HandoffView } from './client.ts'
import { playbookWith, settingsWithout } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

/** Enough to meet every fault; `npm run story:handoffs` takes two thousand. */
const count = Number(process.env.LEADS ?? 15)
const perRequest = 500
const addresses = Array.from({ length: count }, (_, index) => `flood-${index}@example.net`)

/** Nobody gets marketing mail here: what happens between marketing and sales alone is looked at. */
const sequence = `id: interest
enter: { activity: sample.requested }
steps: [{ email: welcome }]
`

/** Crashes of every function on the way, and a fifth of all events and messages twice. */
const faults = [
  { service: 'events', duplicate: 0.2 },
  { service: 'sqs', duplicate: 0.2 },
  { service: 'lambda', error: 'Crash', rate: 0.05 },
]

describe(`${count} leads that qualify at once, while functions crash and messages come twice`, () => {
  const client = useStory({
    playbook: async () => playbookWith(sequence, await settingsWithout()),
    options: ['--seed', process.env.SEED ?? '1'],
  })

  /** Intake crashes as well: whoever posts events asks again, and the ids make them count once. */
  const post = async (events: readonly unknown[]): Promise<void> => {
    for (let tries = 0; tries < 20; tries += 1)
      if (
        await client.postEvents(events).then(
          ({ accepted }) => accepted === events.length,
          () => false,
        )
      )
        return
    throw new Error('intake never answered')
  }

  const advance = async (by: string): Promise<void> => {
    const response = await client.raw('/_local/clock?timeout=900', {
      method: 'POST',
      body: JSON.stringify({ advance: by }),
    })
    if (!response.ok) throw new Error(await response.text())
  }

  const allHandoffs = async (): Promise<readonly HandoffView[]> => {
    const all: HandoffView[] = []
    let cursor = ''
    do {
      const page = await client.get<{ items: HandoffView[]; next?: string }>(
        `/api/handoffs?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      all.push(...page.items)
      cursor = page.next ?? ''
    } while (cursor)
    return all
  }

  it('takes them in', { timeout: 900_000 }, async () => {
    for (const fault of faults) expect((await client.faults(fault)).status).toBe(201)
    const events = addresses.flatMap((email, index) =>
      [
        { type: 'consent.granted', properties: { purpose: 'consultation' } },
        { type: 'demo.requested', properties: {} },
        { type: 'quote.requested', properties: {} },
      ].map((what, step) => ({ ...what, id: `flood-${index}-${step}`, subject: { email } })),
    )
    for (let at = 0; at < events.length; at += perRequest) await post(events.slice(at, at + perRequest))
    await advance('1m')
    await client.faults()
    // What a crash left comes again when its message does; a sender's claim runs out after a quarter of an hour.
    for (let step = 0; step < 3; step += 1) await advance('20m')
  })

  it('makes one handoff of each, with one owner, turn by turn', async () => {
    const handoffs = await allHandoffs()
    expect(new Set(handoffs.map(({ leadId }) => leadId)).size).toBe(count)
    expect(handoffs.filter(({ state }) => state !== 'requested')).toEqual([])
    expect(handoffs).toHaveLength(count)
    const shares = [...Map.groupBy(handoffs, ({ owner }) => owner.email).values()].map(({ length }) => length)
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
  })

  it('tells each owner once, and the whole world the same', async () => {
    const handoffs = await allHandoffs()
    const mails = (
      await Promise.all([...new Set(handoffs.map(({ owner }) => owner.email))].map(client.inbox))
    )
      .flat()
      .filter(({ tags }) => tags.email === 'handoff')
    expect(mails).toHaveLength(count)
    const told = new Map(mails.map(({ to, tags }) => [tags.leadId, to]))
    for (const { leadId, owner } of handoffs) expect(told.get(leadId)).toEqual([owner.email])
    const ids = (await client.events('HandoffRequested')).map(({ detail }) => detail.metadata.id)
    expect(new Set(ids).size).toBeLessThanOrEqual(count)
    expect(await client.deadLetters()).toEqual([])
  })
})
