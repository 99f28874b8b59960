import { describe, expect, it } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { changed, smallPlaybook } from './small-playbook.ts'

const told = (files: ReadonlyMap<string, string>): readonly string[] =>
  parsePlaybook(files).faults.map(faultLine)

describe('a playbook without mistakes', () => {
  const { playbook, faults } = parsePlaybook(smallPlaybook())

  it('has no faults, and rules that compile', () => {
    expect(faults).toEqual([])
    expect(playbook).toBeDefined()
    if (playbook === undefined) return
    const emails = { welcome: { de: { subject: '', preheader: '', kind: 'marketing' as const, html: '' } } }
    expect(() =>
      compileRules({ ...playbook, version: '1', rulesVersion: '1', sequences: {}, emails }),
    ).not.toThrow()
  })

  it('has its durations in milliseconds, its bands by floor, its teams with their ids', () => {
    expect(playbook?.scoring.engagement[1]?.cap).toEqual({ points: 15, per: 604_800_000 })
    expect(playbook?.scoring.bands).toEqual([
      { id: 'cold', floor: 0 },
      { id: 'warm', floor: 30 },
      { id: 'hot', floor: 60 },
    ])
    expect(playbook?.handoff.teams.dach?.id).toBe('dach')
    expect(playbook?.handoff.accept).toEqual({
      remind: 7_200_000,
      escalate: 14_400_000,
      reassign: 28_800_000,
    })
    expect(playbook?.handoff.reject).toEqual({
      'not-now': { type: 'recycle', stage: 'interest', pause: 2_592_000_000 },
      'wrong-fit': { type: 'close' },
    })
    expect(playbook?.settings.caps).toEqual([{ emails: 2, per: 172_800_000 }])
  })

  it('has its sequences laid flat', () => {
    expect(playbook?.sequences.interest).toEqual({
      id: 'interest',
      enter: { stage: 'interest' },
      audience: 'lead.language == "de"',
      reenter: 7_776_000_000,
      exit: 'stageAtLeast("intent")',
      goal: 'did("demo.requested")',
      program: [
        { type: 'email', email: 'welcome' },
        { type: 'wait', for: 259_200_000 },
        { type: 'wait-until', weekday: 'tuesday', time: '10:00' },
        { type: 'branch', if: 'clicked("welcome")', otherwise: 6 },
        { type: 'set', attributes: { segment: 'keen' } },
        { type: 'jump', goto: 7 },
        { type: 'email', email: 'welcome' },
      ],
    })
  })

  it('has its emails by language, with the line on which the MJML begins', () => {
    expect(playbook?.emails.welcome?.en).toMatchObject({
      kind: 'marketing',
      bodyLine: 6,
      file: 'emails/welcome.en.mjml',
    })
    expect(playbook?.emails.welcome?.en?.mjml.startsWith('<mjml>\n')).toBe(true)
  })
})

describe('mistakes in which files there are', () => {
  it.each([
    [{ 'funnel.yaml': undefined }, 'funnel.yaml:1:1: the file is missing'],
    [{ 'scorng.yaml': 'a: 1' }, 'scorng.yaml:1:1: not a file of the playbook; did you mean "scoring.yaml"?'],
    [{ 'forms/Demo.yml': 'a: 1' }, 'forms/Demo.yml:1:1: not a file of the playbook'],
    [
      { 'emails/Welcome.mjml': '' },
      'emails/Welcome.mjml:1:1: an email is named <email>.<language>.mjml, in lower case',
    ],
    [
      { 'emails/confirm.de.mjml': undefined, 'emails/confirm.en.mjml': undefined },
      'emails/confirm.de.mjml:1:1: the email "confirm" is required',
    ],
    [
      { 'emails/welcome.de.mjml': undefined },
      'emails/welcome.en.mjml:1:1: "welcome" is missing in "de", the fallback: emails/welcome.de.mjml',
    ],
    [
      { 'emails/welcome.en.mjml': undefined },
      'emails/welcome.de.mjml:1:1: warning: "welcome" is missing in "en"; it is sent in "de"',
    ],
  ])('%j', (changes, line) => {
    expect(told(smallPlaybook(changes))).toEqual([line])
  })

  it('says which of the four main files an empty folder lacks', () => {
    expect(told(new Map()).filter((line) => line.endsWith('the file is missing'))).toHaveLength(4)
  })
})

describe('text that is not YAML', () => {
  it('is a fault of syntax at its place, without a trail of unknown names', () => {
    const [only, ...rest] = told(changed('handoff.yaml', 'require: [email]', 'require: [email'))
    expect(only).toMatch(/^handoff\.yaml:[23]:\d+: /)
    expect(rest).toEqual([])
  })

  it('may not repeat a key', () => {
    expect(told(changed('settings.yaml', 'timeZone:', 'timeZone: UTC\ntimeZone:'))).toEqual([
      'settings.yaml:4:1: this key is repeated',
    ])
  })

  it('may not be empty', () => {
    expect(told(smallPlaybook({ 'settings.yaml': '' }))).toEqual([
      'settings.yaml:1:1: expected a mapping, found nothing',
    ])
  })

  it('may not grow without bounds through aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [before, name] of [...'abcdefgh'].map(
      (letter, index, all) => [letter, all[index + 1]] as const,
    ))
      if (name !== undefined) bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
    const [first] = told(smallPlaybook({ 'forms/newsletter.yaml': bomb.join('\n') }))
    expect(first).toMatch(/^forms\/newsletter\.yaml:1:1: Excessive alias count/)
  })

  it.each([300, 1_000, 20_000])('may not be nested %d deep', (depth) => {
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
    expect(told(changed('sequences/interest.yaml', '- email: welcome\n', `- ${deep}\n`))).toEqual([
      expect.stringMatching(/^sequences\/interest\.yaml:\d+:\d+: nested more than 200 deep$/),
    ])
  })

  it('may not hold itself', () => {
    expect(told(smallPlaybook({ 'sequences/interest.yaml': 'steps: &a [*a]' }))).toEqual([
      'sequences/interest.yaml:1:1: nested more than 200 deep',
    ])
  })

  it('may not hold two documents', () => {
    expect(told(smallPlaybook({ 'sequences/interest.yaml': 'id: interest\n---\nid: other\n' }))).toEqual([
      'sequences/interest.yaml:2:1: a second document begins here; a file holds one',
    ])
  })
})

describe('conditions', () => {
  const enter = (source: string): readonly string[] =>
    told(changed('funnel.yaml', `'score >= 40'`, JSON.stringify(source)))

  it.each([
    ['score >= 40 && stage == "interest"'],
    ['lead.employees > 5 && lead.employees < 50'],
    ['!(lead.role == "student") && !(lead.role != "student")'],
    ['score >= 4000'],
    ['fit >= 10'],
    ['stage != "awareness"'],
  ])('%s can be reached', (source) => {
    expect(enter(source)).toEqual([])
  })

  it.each([
    ['false', 0, 'its condition is always false'],
    ['did("quote.requested") && fit > 10', 26, 'the rules allow a fit of at most 10'],
    ['stage == "consideration"', 0, 'a lead that enters "consideration" is in a stage before it'],
    ['stageAtLeast("intent")', 0, 'a lead that enters "consideration" is in a stage before it'],
    ['!(score >= 0)', 2, 'no value of score fulfils this'],
    [
      'score < 10 && (score > 20 || score > 30)',
      15,
      'this contradicts what the condition asks of score elsewhere',
    ],
    [
      'lead.country == "DE" && lead.country == "AT"',
      24,
      'this contradicts what the condition asks of lead.country elsewhere',
    ],
    ['count("page.viewed") < 0', 0, 'no value of count(page.viewed) fulfils this'],
    [
      'engagement < 5 && 10 <= engagement',
      18,
      'this contradicts what the condition asks of engagement elsewhere',
    ],
    ['band in ["hot"] && band == "cold"', 19, 'this contradicts what the condition asks of band elsewhere'],
  ])('%s can never be reached', (source, offset, why) => {
    const column = 85 + JSON.stringify(source.slice(0, offset)).length
    expect(enter(source).filter((line) => !line.includes('warning'))).toEqual([
      `funnel.yaml:4:${column}: the stage "consideration" can never be reached: ${why}`,
    ])
  })
})

describe('smaller things', () => {
  it('an option of a select may be a mere text', () => {
    const { playbook, faults } = parsePlaybook(
      changed('forms/newsletter.yaml', '{ value: one, label: { de: Eins, en: One } }', 'one, two'),
    )
    expect(faults).toEqual([])
    expect(playbook?.forms.newsletter?.fields[2]?.options).toEqual([
      { value: 'one', label: { de: 'one', en: 'one' } },
      { value: 'two', label: { de: 'two', en: 'two' } },
    ])
  })

  it.each([
    [
      'forms/newsletter.yaml',
      'title: { de: Post, en: News }',
      'title: { de: Post, en: News, fr: Lettre }',
      'forms/newsletter.yaml:3:30: warning: the form is not offered in "fr"',
    ],
    [
      'forms/newsletter.yaml',
      'one, label: { de: Eins, en: One } }',
      'one, label: { de: Eins } }',
      'forms/newsletter.yaml:16:30: the text in "en" is missing',
    ],
    [
      'forms/newsletter.yaml',
      'consent: double-opt-in',
      'consent: none',
      'forms/newsletter.yaml:5:1: warning: "purpose" has no effect with consent "none"\nforms/newsletter.yaml:6:1: warning: "wording" has no effect with consent "none"',
    ],
    [
      'forms/newsletter.yaml',
      '  - { name: email, type: email, required: true, label: { de: E-Mail, en: Email } }\n',
      '',
      'forms/newsletter.yaml:10:1: a form needs a field "email" to identify the person',
    ],
    [
      'handoff.yaml',
      '  - { team: dach }',
      '',
      'handoff.yaml:14:7: the last route must match every lead: remove "when"',
    ],
    [
      'handoff.yaml',
      `when: 'lead.country == "DE"', `,
      '',
      'handoff.yaml:14:5: without "when" this route matches every lead: the ones after it are never reached',
    ],
    [
      'handoff.yaml',
      'pause: 30d',
      'pause: 3h',
      'handoff.yaml:18:40: the pause is shorter than the longest deadline under "accept"',
    ],
    [
      'handoff.yaml',
      'ben@sales',
      'ANNA@sales',
      'handoff.yaml:12:29: anna@sales.example.com is in this team already',
    ],
    [
      'handoff.yaml',
      'score >= 60 &&',
      'band == "hot" && score < 10 && score >= 60 &&',
      'handoff.yaml:1:42: no lead can ever qualify: this contradicts what the condition asks of score elsewhere',
    ],
    [
      'sequences/interest.yaml',
      'stageAtLeast("intent")',
      'stageAtLeast("interest")',
      'sequences/interest.yaml:5:7: a lead that enters with the stage "interest" leaves at once: no email is ever sent',
    ],
    [
      'scoring.yaml',
      'warm: 30',
      'warm: 60',
      'scoring.yaml:10:34: "warm" begins where "hot" does: each band needs its own floor',
    ],
    [
      'scoring.yaml',
      'id: demo',
      'id: dach',
      'scoring.yaml:4:11: "dach" is a fit rule already: each rule has its own id',
    ],
    [
      'funnel.yaml',
      "metrics: [clicks], enter: 'did",
      "metrics: [clicks], enter: 'true || did",
      'funnel.yaml:3:75: warning: this condition is always true',
    ],
    [
      'emails/confirm.en.mjml',
      'kind: transactional',
      'kind: marketing',
      'emails/confirm.en.mjml:1:1: "confirm" is sent by the system: its kind must be transactional\nemails/confirm.en.mjml:4:7: a marketing email must have a link to {{ links.unsubscribe }}',
    ],
    [
      'emails/welcome.en.mjml',
      'kind: marketing',
      'kind: transactional',
      'emails/welcome.en.mjml:1:1: the kind is transactional here and marketing in emails/welcome.de.mjml',
    ],
  ])('%s: %j made %j', (file, from, to, lines) => {
    expect(told(changed(file, from, to)).join('\n')).toBe(lines)
  })

  it('two stages out of their order are told once', () => {
    const funnel = smallPlaybook().get('funnel.yaml') ?? ''
    const lines = funnel.trimEnd().split('\n')
    const swapped = [lines[0], lines[1], lines[3], lines[2], ...lines.slice(4)].join('\n')
    expect(told(smallPlaybook({ 'funnel.yaml': swapped }))).toEqual([
      'funnel.yaml:3:11: the stages must be in this order: awareness, interest, consideration, intent, evaluation, purchase',
    ])
  })

  it('a condition of ten thousand terms is refused, not evaluated', () => {
    const long = Array(10_000).fill('score > 1').join(' || ')
    expect(told(changed('funnel.yaml', 'score >= 40', long))).toEqual([
      expect.stringMatching(/^funnel\.yaml:4:\d+: longer than/),
    ])
  })

  it('steps may be nested sixty deep', () => {
    const flow = `${'[ { if: consented, then: '.repeat(60)}[ { email: welcome } ]${' } ]'.repeat(60)}`
    const { playbook } = parsePlaybook(
      smallPlaybook({
        'sequences/interest.yaml': `id: interest\nenter: { stage: interest }\nsteps: ${flow}\n`,
      }),
    )
    expect(playbook?.sequences.interest?.program).toHaveLength(61)
  })
})
