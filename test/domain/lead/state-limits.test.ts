import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseActivity } from '../../../domain/activity/parse-activity.ts'
import { extendLead, foldLead } from '../../../domain/lead/fold.ts'
import type { LeadState } from '../../../domain/lead/lead-state.ts'
import { timelineOf } from '../../../domain/lead/timeline.ts'
import { compareFacts, type Fact } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { sizeOf, stateLimits } from '../../../domain/model/state-limits.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { leadItem } from '../../../functions/adapters/dynamo-lead-items.ts'
import { makePlaybook, scoring } from '../support/make-playbook.ts'

const begin = Date.parse('2026-01-01T00:00:00.000Z')
const now = '2026-12-31T00:00:00.000Z'
const second = 1000

/** Ids as long as they may be, of letters that nothing compresses well. */
const longId = (text: string): string => {
  let seed = 7
  for (const letter of text) seed = (seed * 31 + letter.charCodeAt(0)) % 4_294_967_291
  let id = text
  while (id.length < 128) {
    seed = (seed * 48_271) % 2_147_483_647
    id += String.fromCharCode(0x4e00 + (seed % 8_000))
  }
  return id.slice(0, 128)
}

const factsOf = (
  kind: string,
  count: number,
  make: (index: number) => { readonly type: string; readonly properties: JsonObject },
  every = second,
): readonly Fact[] =>
  Array.from({ length: count }, (_, index) => ({
    id: longId(`${kind}-${index}`),
    occurredAt: new Date(begin + index * every).toISOString(),
    ...make(index),
  }))

const noise = (index: number, length: number): string =>
  longId(`noise ${index}`)
    .repeat(Math.ceil(length / 128))
    .slice(0, length)

/** Conditions that ask for windows, rules that count awards one by one, caps: everything that a state keeps a list for. */
const hungry = compileRules(
  makePlaybook({
    scoring: {
      ...scoring,
      fit: [
        {
          id: 'often',
          when: 'count("page.viewed", "400d") > 3 || count("content.viewed", "400d") > 3',
          points: 1,
        },
      ],
      engagement: Array.from({ length: 12 }, (_, index) => ({
        id: `rule-${index}`,
        on: index % 2 === 0 ? 'page.viewed' : 'content.viewed',
        points: 1.37,
        ...(index % 3 === 0 ? { expires: 400 * 86_400_000 } : {}),
        cap: { points: 100_000, per: 400 * 86_400_000 },
      })),
    },
  }),
)

const floods: Readonly<Record<string, readonly Fact[]>> = {
  'a few large attributes': factsOf('large', 12, (index) => ({
    type: 'profile.updated',
    properties: { fields: { [`note-${index}`]: noise(index, 15_000) } },
  })),
  'many small attributes': factsOf('small', 60, (index) => ({
    type: 'form.submitted',
    properties: {
      fields: Object.fromEntries(Array.from({ length: 50 }, (_, field) => [`f-${index}-${field}`, field])),
    },
  })),
  'types of their own': factsOf('types', 400, (index) => ({
    type: `custom.type_${index}`,
    properties: {},
  })),
  'activities in long windows': factsOf('views', 4_200, (index) => ({
    type: index % 2 === 0 ? 'page.viewed' : 'content.viewed',
    properties: { path: '/pricing' },
  })),
  'consent for purposes of somebody else': factsOf('consent', 500, (index) => ({
    type: index % 2 === 0 ? 'consent.granted' : 'consent.withdrawn',
    properties: { purpose: noise(index, 120) },
  })),
  'emails of somebody else': factsOf('emails', 900, (index) => ({
    type: index % 2 === 0 ? 'email.opened' : 'email.clicked',
    properties: { email: noise(index, 120) },
  })),
  'hits within a moment': factsOf(
    'hits',
    250,
    (index) => ({
      type: 'email.clicked',
      properties: {
        email: 'welcome',
        messageId: noise(index, 3_000),
        link: `https://a.example/${noise(index, 9_000)}`,
      },
    }),
    3,
  ),
  deals: factsOf('deals', 400, (index) => ({
    type: 'deal.moved',
    properties: {
      dealId: longId(`deal-${index % 90}`),
      phase: index % 2 === 0 ? 'negotiation' : 'proposal',
      reason: noise(index, 300),
    },
  })),
  'facts taken back': factsOf('voids', 1_200, (index) => ({
    type: 'activity.voided',
    properties: { activityId: longId(`nobody-${index}`) },
  })),
  'requests to confirm': factsOf(
    'forms',
    300,
    () => ({ type: 'form.submitted', properties: { form: 'newsletter', fields: {}, language: 'de' } }),
    8 * 3_600_000,
  ),
  'soft bounces': factsOf('bounces', 600, () => ({
    type: 'email.bounced',
    properties: { bounceType: 'Transient' },
  })),
}

const bytesOf = (item: Readonly<Record<string, unknown>>): number =>
  Object.entries(item).reduce(
    (sum, [name, value]) =>
      sum +
      name.length +
      (value instanceof Uint8Array
        ? value.length
        : value === undefined
          ? 0
          : Buffer.byteLength(String(value))),
    0,
  )

const itemBytes = (state: LeadState): number =>
  bytesOf(
    leadItem({ leadId: 'lead-0001' as never, version: 1, state, outbox: [], email: 'a@example.com' }, 1),
  )

const folded = (facts: readonly Fact[], rules = hungry): LeadState => {
  const state = foldLead(facts, rules, now)
  if (!state) throw new Error('no facts')
  return state
}

describe('a lead stays small enough to be written, whatever comes', () => {
  test.each(Object.entries(floods))('%s', (_what, facts) => {
    expect(itemBytes(folded(facts))).toBeLessThan(200_000)
  })

  test('everything at once', () => {
    const all = Object.values(floods).flat()
    expect(all.reduce((sum, { properties }) => sum + sizeOf(properties), 0)).toBeGreaterThan(1_000_000)
    expect(itemBytes(folded(all))).toBeLessThan(400_000)
  })

  test.each(Object.entries(floods))('the same state one by one as all together: %s', (_what, facts) => {
    const ordered = facts.toSorted(compareFacts)
    const some = ordered.slice(0, 420)
    let state: LeadState | undefined
    for (let index = 0; index < some.length; index += 60) {
      const batch = some.slice(index, index + 60)
      state = extendLead(state, batch, hungry) ?? foldLead(some.slice(0, index + 60), hungry)
    }
    expect(JSON.stringify(state)).toBe(JSON.stringify(foldLead(some, hungry)))
  })
})

describe('attributes beyond the budget', () => {
  const facts = floods['a few large attributes'] ?? []
  const later = (id: string, fields: JsonObject, type = 'profile.updated'): Fact => ({
    id,
    type,
    occurredAt: '2026-02-01T00:00:00.000Z',
    properties: { fields },
  })

  test('stay as they were, and the timeline says so', () => {
    const timeline = timelineOf(facts, hungry, now)
    const [last] = timeline
    expect(last?.followed).toContainEqual({
      type: 'attributesStayed',
      names: ['note-11'],
      because: 'too-many',
    })
    expect(timeline.at(-1)?.followed.map(({ type }) => type)).not.toContain('attributesStayed')
    expect(folded(facts).attributes).not.toHaveProperty('note-11')
  })

  test('leave room for those that have a meaning, for smaller values, and for whoever withdraws', () => {
    const { attributes, consent } = folded([
      ...facts,
      later('a', { firstName: 'Anna', company: 'Kern', language: 'de' }),
      later('b', { 'note-0': 'short' }),
      { ...later('c', {}), type: 'consent.withdrawn', properties: { purpose: 'newsletter' } },
    ])
    expect(attributes.firstName?.value).toBe('Anna')
    expect(attributes.company?.value).toBe('Kern')
    expect(attributes['note-0']?.value).toBe('short')
    expect(consent.newsletter?.status).toBe('withdrawn')
  })

  test('have a place again once others got smaller', () => {
    const { attributes } = folded([
      ...facts,
      later('a', { 'note-0': '', 'note-1': '' }),
      later('b', { 'note-11': 'here' }),
    ])
    expect(attributes['note-11']?.value).toBe('here')
  })

  test('of a merged lead count together with the lead’s own', () => {
    const member = facts.map((fact) => ({
      ...fact,
      id: `m-${fact.id}`.slice(0, 128),
      member: 'lead-0002' as never,
    }))
    expect(itemBytes(folded([...facts, ...member]))).toBeLessThan(200_000)
  })

  test('are refused at the edge where one activity alone holds too many', () => {
    const fields = Object.fromEntries(Array.from({ length: 1_300 }, (_, index) => [`f${index}`, 1]))
    for (const type of ['profile.updated', 'form.submitted']) {
      const activity = {
        id: 'x'.repeat(40),
        type,
        subject: { email: 'a@example.com' },
        properties: { fields },
      }
      expect(parseActivity(activity, now)).toMatchObject({
        type: 'refused',
        errors: [{ path: 'properties.fields' }],
      })
    }
  })
})

describe('purposes of consent beyond those that a lead holds', () => {
  const others = factsOf('consent', stateLimits.purposes + 5, (index) => ({
    type: 'consent.granted',
    properties: { purpose: `purpose-${index}` },
  }))
  const at = '2026-02-01T00:00:00.000Z'

  test('are not granted, and the timeline says so; what the playbook asks for always is', () => {
    const granted: Fact = {
      id: 'g',
      type: 'consent.granted',
      occurredAt: at,
      properties: { purpose: 'newsletter' },
    }
    const rules = compileRules(makePlaybook())
    const { consent } = folded([...others, granted], rules)
    expect(consent.newsletter?.status).toBe('granted')
    expect(consent).not.toHaveProperty(`purpose-${stateLimits.purposes + 4}`)
    expect(timelineOf(others, rules, now)[0]?.followed).toContainEqual({
      type: 'consentStayed',
      purpose: `purpose-${stateLimits.purposes + 4}`,
      because: 'too-many',
    })
  })

  test('a withdrawal of all still takes all back', () => {
    const { consent } = folded([
      ...others,
      { id: 'w', type: 'email.unsubscribed', occurredAt: at, properties: {} },
    ])
    expect(new Set(Object.values(consent).map(({ status }) => status))).toEqual(new Set(['withdrawn']))
  })

  test('a purpose with too long a name is refused at the edge', () => {
    const activity = {
      id: 'p',
      type: 'consent.granted',
      subject: { email: 'a@example.com' },
      properties: { purpose: 'x'.repeat(200) },
    }
    expect(parseActivity(activity, now)).toMatchObject({ type: 'refused' })
  })
})

test('a size is that of the JSON in UTF-8, whatever the characters', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()), (value) => {
      expect(sizeOf(value)).toBe(Buffer.byteLength(JSON.stringify(value)))
    }),
  )
  expect(sizeOf('\ud800 é € 😀')).toBe(Buffer.byteLength(JSON.stringify('\ud800 é € 😀')))
})
