import { describe, expect, test } from 'vitest'
import { parseRehearsal } from '../../../domain/rehearsal/rehearsal.ts'
import { digest } from '../../../functions/adapters/digest.ts'
import { compileMjml } from '../../../functions/adapters/mjml/compile-mjml.ts'
import { packedBytes } from '../../../functions/adapters/pack.ts'
import { buildPlaybook } from '../../../functions/playbook/check-draft.ts'
import { rehearse } from '../../../functions/rehearse/rehearse.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'

const email = (variants: string, kind = 'marketing') => `---
subject: 'Twenty minutes'
preheader: 'Live'
kind: ${kind}
${variants}---
<mjml><mj-body><mj-section><mj-column>
  <mj-text>{% if email.variant == "short" %}Short words{% else %}Many words{% endif %}</mj-text>
  <mj-button href="https://www.example.com/demo">See</mj-button>
  <mj-text><a href="{{ links.unsubscribe }}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
`

const variants = `variants:
  short: { subject: 'Ten minutes, {{ lead.firstName | default: "friend" }}?' }
  warm: { preheader: 'Come in' }
`

const sequence = (split: string) => `id: interest
enter: { activity: demo.requested }
reenter: always
steps:
  - split: ${split}
  - wait: 2d
  - if: 'clicked("offer")'
    then: [ { email: welcome } ]
`

const build = (
  split: string,
  { de = email(variants), en = email(variants) }: { readonly de?: string; readonly en?: string } = {},
) =>
  buildPlaybook(
    smallPlaybook({
      'emails/offer.de.mjml': de,
      'emails/offer.en.mjml': en,
      'sequences/interest.yaml': sequence(split),
    }),
    { compile: compileMjml, digest, packedBytes },
  )
const messages = async (...given: Parameters<typeof build>) =>
  (await build(...given)).faults.map(
    ({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`,
  )

const byShares = '{ name: subject, email: offer, shares: { main: 60, short: 30, warm: 10 } }'

describe('an email with variants', () => {
  test('is split without writing it twice: subject, preheader and parts of its text', async () => {
    const { playbook, faults } = await build(byShares)
    expect(faults).toEqual([])
    expect(playbook?.sequences.interest?.program.slice(0, 2)).toEqual([
      {
        type: 'split',
        name: 'subject',
        ways: [
          { id: 'main', share: 60, goto: 1 },
          { id: 'short', share: 30, goto: 3 },
          { id: 'warm', share: 10, goto: 5 },
        ],
      },
      { type: 'email', email: 'offer' },
    ])
    const sent = ['offer', 'offer.short', 'offer.warm'].map((id) => playbook?.emails[id]?.en)
    expect(sent.map((one) => [one?.subject, one?.preheader])).toEqual([
      ['Twenty minutes', 'Live'],
      ['Ten minutes, {{ lead.firstName | default: "friend" }}?', 'Live'],
      ['Twenty minutes', 'Come in'],
    ])
    expect(sent.map((one) => /Short|Many/.exec(one?.html ?? '')?.[0])).toEqual(['Many', 'Short', 'Many'])
  })

  test('without shares gives all the same', async () => {
    const { playbook } = await build('{ name: subject, email: offer }')
    const [split] = playbook?.sequences.interest?.program ?? []
    expect(split).toMatchObject({ ways: [{ id: 'main' }, { id: 'short' }, { id: 'warm' }] })
    expect(JSON.stringify(split)).not.toContain('share')
  })

  test('has been clicked, whichever it was that a lead got', async () => {
    const { playbook } = await build(
      '{ name: subject, email: offer, shares: { main: 1, short: 98, warm: 1 } }',
    )
    if (!playbook) throw new Error('the playbook has faults')
    const text = `lead: { email: grete@werk.example.net }
start: 2026-03-02T09:00:00+01:00
activities:
  - { at: 0h, type: consent.granted, properties: { purpose: newsletter } }
  - { at: 0h, type: consent.granted, properties: { purpose: tracking } }
  - { at: 0h, type: demo.requested }
  - { at: 1d, clicks: offer.short }
until: 10d
`
    const { rehearsal } = parseRehearsal('a.yaml', text, { playbook, now: '2026-03-02T08:00:00.000Z' })
    if (!rehearsal) throw new Error('the rehearsal has faults')
    const { entries } = await rehearse(rehearsal, playbook)
    expect(entries.flatMap((one) => (one.type === 'mail' ? [one.email] : []))).toEqual([
      'offer.short',
      'welcome',
    ])
  })

  test.each([
    [
      byShares.replace('warm: 10', 'warm: 20'),
      {},
      'sequences/interest.yaml:5:51: the shares add up to 110 percent, not to 100',
    ],
    [
      byShares.replace(', warm: 10', ''),
      {},
      'sequences/interest.yaml:5:51: give each of main, short, warm its share, and no other',
    ],
    [
      '{ name: subject, email: welcome }',
      {},
      'sequences/interest.yaml:5:36: "welcome" has no variants: its front matter names them',
    ],
    [
      byShares,
      { en: email(variants.replace(/ {2}warm.*\n/, '')) },
      'emails/offer.en.mjml:1:1: the variant "warm" is missing here, and there in another language',
    ],
    [
      byShares,
      { de: email(variants.replace('lead.firstName | default: "friend"', 'lead.fristName')) },
      'emails/offer.de.mjml:6:43: no form asks for "lead.fristName"',
    ],
  ])('%# is told what is wrong', async (split, files, message) => {
    expect((await messages(split, files)).join('\n')).toContain(message)
  })
})
