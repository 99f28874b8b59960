import { describe, expect, it } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import { makeRehearseDraft, type RehearsedDraft } from '../../../functions/playbook/rehearse-draft.ts'
import { rehearse } from '../../../functions/rehearse/rehearse.ts'
import { changed, smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { playbookWorld } from './playbook-world.ts'

const leadId = 'lead-00000001' as LeadId
const address = 'ada@example.net'

const facts = [
  {
    ...{ id: 'a', type: 'profile.updated', occurredAt: '2026-02-20T09:00:00.000Z', email: address },
    properties: { fields: { firstName: 'Ada', language: 'en' } },
  },
  {
    ...{ id: 'b', type: 'consent.granted', occurredAt: '2026-02-20T09:00:01.000Z', email: address },
    properties: { purpose: 'newsletter' },
  },
  { id: 'c', type: 'newsletter.subscribed', occurredAt: '2026-02-20T09:00:02.000Z', properties: {} },
]

const rehearsal = async (known = facts) => {
  const world = await playbookWorld()
  const rehearseDraft = makeRehearseDraft({
    ...world,
    rehearse,
    leads: {
      load: async (id) => (id === leadId ? { leadId, version: 1, email: address, outbox: [] } : undefined),
      factsWithin: async () => (known.length > 2_000 ? undefined : known),
    },
    list: { byAddress: async (email) => (email === address ? ({ leadId } as never) : undefined) },
  })
  const caller = { name: 'Mara', roles: ['marketing'] } as const
  return {
    ...world,
    play: (body: Parameters<typeof rehearseDraft>[0]['body']) =>
      rehearseDraft({ caller, params: {}, query: {}, body }),
  }
}

const bodyOf = (result: ApiResult): RehearsedDraft => {
  if (result.type !== 'ok') throw new Error(JSON.stringify(result))
  return result.body as RehearsedDraft
}

const mailsIn = ({ entries }: RehearsedDraft) =>
  entries.flatMap((entry) => (entry.type === 'mail' && entry.recipient === 'lead' ? [entry] : []))

const interest = smallPlaybook().get('sequences/interest.yaml') ?? ''

describe('a rehearsal of the draft', () => {
  it('sends somebody made up every email that would go, as they would read it', async () => {
    const { play } = await rehearsal()
    const answer = bodyOf(await play({ sequence: 'interest', person: { firstName: 'Ada', language: 'de' } }))
    const [first] = mailsIn(answer)
    expect(first).toMatchObject({ email: 'welcome', language: 'de', subject: expect.stringContaining('Ada') })
    expect(first?.html).toContain('<html')
    expect(first?.html).not.toContain('rehearsal.example')
    expect(first?.html).not.toMatch(/<img[^>]*src="\/o\//)
    expect(answer.entries).toContainEqual(
      expect.objectContaining({ type: 'decision', decision: 'SequenceEntered' }),
    )
  })

  it('takes what is typed and not saved', async () => {
    const { play } = await rehearsal()
    const changes = { 'sequences/interest.yaml': interest.replace('steps:\n', 'steps:\n  - wait: 9d\n') }
    const person = { language: 'de' }
    const day = (answer: RehearsedDraft) => Date.parse(mailsIn(answer)[0]?.at ?? '') / 86_400_000
    const [before, after] = [
      bodyOf(await play({ sequence: 'interest', person })),
      bodyOf(await play({ sequence: 'interest', person, changes })),
    ]
    expect(day(after) - day(before)).toBeGreaterThan(8)
  })

  it('has somebody who is known do what they did, and says what comes now alone', async () => {
    const { play } = await rehearsal()
    const answer = bodyOf(await play({ lead: address, days: 30 }))
    expect(answer.outcome).toMatchObject({ leadId, stage: 'interest' })
    expect(answer.entries.every(({ at }) => at >= answer.from)).toBe(true)
    expect(Date.parse(answer.until) - Date.parse(answer.from)).toBe(30 * 86_400_000)
  })

  it('reads emails an hour after they came, where that is asked for', async () => {
    const { play } = await rehearsal()
    const answer = bodyOf(await play({ sequence: 'interest', person: { language: 'de' }, reads: 'opens' }))
    const [mail] = mailsIn(answer)
    const opened = answer.entries.find((entry) => entry.type === 'deed' && entry.deed.type === 'open')
    expect(Date.parse(opened?.at ?? '') - Date.parse(mail?.at ?? '')).toBe(3_600_000)
  })

  it.each<[string, Parameters<Awaited<ReturnType<typeof rehearsal>>['play']>[0], object]>([
    ['nobody', { lead: 'nobody@example.net' }, { errors: [{ path: 'lead' }] }],
    ['no sequence', { sequence: 'never' }, { errors: [{ path: 'sequence' }] }],
    [
      'faults',
      { changes: Object.fromEntries(changed('scoring.yaml', 'points: 30', 'points: many')) },
      { errors: [{ file: 'scoring.yaml' }] },
    ],
    ['no texts', { changes: { 'a.yaml': 5 } }, { errors: [{ path: 'changes.a.yaml' }] }],
  ])('refuses %s', async (_, body, refused) => {
    const { play } = await rehearsal()
    expect(await play(body)).toMatchObject({ type: 'bad-input', ...refused })
  })

  it('says so where somebody did more than can be waited for', async () => {
    const { play } = await rehearsal(
      Array.from({ length: 2_001 }, () => facts[0]).flatMap((one) => one ?? []),
    )
    expect(await play({ lead: leadId })).toMatchObject({ type: 'too-much' })
  })
})
