import { describe, expect, test } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parseRehearsal, type RehearsalGiven } from '../../../domain/rehearsal/rehearsal.ts'
import { samplePlaybook } from '../../functions/rehearse/sample-playbook.ts'

const now = '2026-03-01T00:00:00.000Z'
const playbook = samplePlaybook()
const parse = (text: string, given: Partial<RehearsalGiven> = {}) =>
  parseRehearsal('r.yaml', text, { playbook, now, ...given })

const head = 'lead: { email: grete@werk.example.net }\nstart: 2026-03-02T09:00:00+01:00\nactivities:\n'
const faultsOf = (text: string) => parse(text).faults.map(faultLine)

describe('what is read', () => {
  test('deeds in order of time, each as somebody does it', () => {
    const { rehearsal, faults } = parse(`${head}
  - { at: 3d, clicks: welcome }
  - { at: 0h, form: newsletter, fields: { employees: 12 } }
  - { at: 5m, confirm: newsletter }
  - { at: 2026-03-02T12:00:00Z, type: page.viewed, properties: { path: /pricing } }
  - { at: 2d, opens: welcome }
  - { at: 2w, sales: accept }
  - { at: 2w, sales: reject, reason: not-now }
until: 30d`)
    expect(faults).toEqual([])
    const fields = { email: 'grete@werk.example.net', employees: 12 }
    expect(rehearsal).toEqual({
      subject: { email: 'grete@werk.example.net' },
      start: '2026-03-02T08:00:00.000Z',
      until: '2026-04-01T08:00:00.000Z',
      mailReportsFrom: '2026-03-02T08:00:00.000Z',
      deeds: [
        { at: '2026-03-02T08:00:00.000Z', deed: { type: 'form', form: 'newsletter', fields } },
        { at: '2026-03-02T08:05:00.000Z', deed: { type: 'confirm', form: 'newsletter' } },
        {
          at: '2026-03-02T12:00:00.000Z',
          deed: { type: 'activity', activity: 'page.viewed', properties: { path: '/pricing' } },
        },
        { at: '2026-03-04T08:00:00.000Z', deed: { type: 'open', email: 'welcome' } },
        { at: '2026-03-05T08:00:00.000Z', deed: { type: 'click', email: 'welcome' } },
        { at: '2026-03-16T08:00:00.000Z', deed: { type: 'accept' } },
        { at: '2026-03-16T08:00:00.000Z', deed: { type: 'reject', reason: 'not-now' } },
      ],
    })
  })

  test('what is said of the lead is known from the start, and fills in its forms', () => {
    const { rehearsal } = parse(
      'lead: { email: A@B.example, country: DE, employees: 20 }\nactivities: [{ at: 1d, form: newsletter }]',
    )
    expect(rehearsal?.subject).toEqual({ email: 'a@b.example' })
    expect(rehearsal?.deeds.map(({ deed }) => deed)).toEqual([
      {
        type: 'activity',
        activity: 'profile.updated',
        properties: { fields: { country: 'DE', employees: 20 } },
      },
      { type: 'form', form: 'newsletter', fields: { email: 'A@B.example', country: 'DE', employees: 20 } },
    ])
  })

  const short = 'lead: { email: a@b.example }\nactivities: [{ at: 1d, type: demo.requested }]\n'
  test.each([
    ['the given moment where the file has none', short, {}, now, '2026-04-30T00:00:00.000Z'],
    [
      'what is asked for rather than what the file says',
      `${short}start: 2026-03-02T09:00:00Z\nuntil: 30d`,
      { from: '2026-06-01T00:00:00.000Z', until: { after: 3 * 86_400_000 } },
      '2026-06-01T00:00:00.000Z',
      '2026-06-04T00:00:00.000Z',
    ],
  ])('start and end: %s', (_, text, given, start, until) => {
    expect(parse(text, given).rehearsal).toMatchObject({ start, until })
  })
})

describe('what is wrong is said at its place', () => {
  test.each([
    ['{ at: 0h, form: newsleter }', '21: there is no form "newsleter"; did you mean "newsletter"?'],
    [
      '{ at: soon, confirm: newsletter }',
      '11: a moment is a time since the start (0h, 5m, 3d) or a date: 2026-03-20T10:00:00+01:00',
    ],
    ['{ at: 70d, type: page.viewed }', '11: is after the end (2026-05-01T08:00:00.000Z)'],
    ['{ at: 2026-03-01T00:00:00Z, type: a.b }', '11: is before the start (2026-03-02T08:00:00.000Z)'],
    ['{ at: 1d, type: Demo }', '21: an activity type is noun.verb in lower case, such as demo.requested'],
    ['{ at: 1d, opens: welcom }', '22: there is no email "welcom"; did you mean "welcome"?'],
    ['{ at: 1d, clicks: welcom }', '23: there is no email "welcom"; did you mean "welcome"?'],
    ['{ at: 1d, klicks: welcome }', '15: unknown key "klicks"; did you mean "clicks"?'],
    ['{ at: 1d, clicks: welcome, opens: welcome }', '15: "opens" is another action: write one per entry'],
    ['{ at: 1d, clicks: welcome, properties: {} }', '32: "properties" goes with "type"'],
    ['{ at: 1d }', '5: one of form, confirm, enters, type, opens, clicks, sales is missing'],
    ['{ at: 1d, type: offer.rated, properties: { rating: 9 } }', '56: must be a number from 1 to 5'],
    ['{ at: 1d, sales: reject }', '15: a rejection needs a "reason"'],
    ['{ at: 1d, sales: reject, reason: not-nw }', '38: there is no reason "not-nw"; did you mean "not-now"?'],
    [
      '{ at: 1d, sales: acept }',
      '22: expected one of "accept", "reject", found "acept"; did you mean "accept"?',
    ],
    ['{ at: 1d, confirm: demo }', '24: the form "demo" asks for no confirmation'],
  ])('%s', (entry, fault) => {
    expect(faultsOf(`${head}  - ${entry}`)).toContain(`r.yaml:4:${fault}`)
    expect(parse(`${head}  - ${entry}`).rehearsal).toBeUndefined()
  })

  test('a form that refuses what the lead is said to be', () => {
    const [fault, ...others] = faultsOf(
      `${head}  - { at: 1d, form: newsletter, fields: { employees: 9000 } }`,
    )
    expect(others).toEqual([])
    expect(fault).toMatch(/^r\.yaml:4:21: the form takes no such employees: .*500/)
  })

  test.each([
    ['lead: {}\nactivities: [{ at: 1d, type: a.b }]', 'r.yaml:1:1: "email" is missing'],
    ['lead: { email: x }\nactivities: [{ at: 1d, type: a.b }]', 'r.yaml:1:16: not an email address'],
    [`${head}  []\nuntill: 3d`, 'r.yaml:5:1: unknown key "untill"; did you mean "until"?'],
    [`${head}  []`, 'r.yaml:4:3: needs at least 1'],
    [
      `${head.replace(/start: .*/, 'start: 3d')}  - { at: 1d, type: a.b }`,
      'r.yaml:2:8: a rehearsal starts at a time: 2026-03-02T09:00:00+01:00',
    ],
    [
      `${head}  - { at: 0h, type: a.b }\nuntil: 0d`,
      'r.yaml:5:8: ends at 2026-03-02T08:00:00.000Z, before it starts (2026-03-02T08:00:00.000Z)',
    ],
    [`${head}  - { at: 1d, type: a.b`, 'r.yaml:4:'],
  ])('%j', (text, fault) => {
    expect(faultsOf(text).find((line) => line.startsWith(fault))).toBeDefined()
  })
})
