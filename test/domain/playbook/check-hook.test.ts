import { describe, expect, it } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { assemblePlaybook, parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { smallPlaybook } from './small-playbook.ts'

const crm = `id: crm
verify: { scheme: hmac-sha256, header: X-Signature, encoding: hex, prefix: sha256= }
each: data.events
defaults:
  id: 'event.id'
  occurredAt: 'event.at'
activities:
  - when: 'event.kind == "won"'
    type: deal.won
    subject: { email: 'event.email', dealId: 'event.deal' }
    properties: { amount: 'event.amount', currency: '"EUR"' }
  - { type: crm.seen, subject: { dealId: 'event.deal' } }
`

const told = (text: string, file = 'hooks/crm.yaml') =>
  parsePlaybook(smallPlaybook({ [file]: text }))
    .faults.map(faultLine)
    .filter((line) => line.startsWith('hooks/'))

const withText = (from: string, to: string): string => {
  if (!crm.includes(from)) throw new Error(`no ${from}`)
  return crm.replace(from, () => to)
}

describe('a hook without a fault', () => {
  it('is read with what its activities share', () => {
    const { playbook, faults } = parsePlaybook(smallPlaybook({ 'hooks/crm.yaml': crm }))
    expect(faults.filter(({ file }) => file.startsWith('hooks/'))).toEqual([])
    expect(playbook?.hooks).toEqual({
      crm: {
        id: 'crm',
        verify: { scheme: 'hmac-sha256', header: 'x-signature', encoding: 'hex', prefix: 'sha256=' },
        each: ['data', 'events'],
        activities: [
          {
            when: 'event.kind == "won"',
            type: 'deal.won',
            id: 'event.id',
            occurredAt: 'event.at',
            subject: { email: 'event.email', dealId: 'event.deal' },
            properties: { amount: 'event.amount', currency: '"EUR"' },
          },
          {
            type: 'crm.seen',
            id: 'event.id',
            occurredAt: 'event.at',
            subject: { dealId: 'event.deal' },
            properties: {},
          },
        ],
      },
    })
  })

  it('makes another version of the playbook, and no other rules: nobody is scored anew', () => {
    const versions = [smallPlaybook(), smallPlaybook({ 'hooks/crm.yaml': crm })].map((files) => {
      const { playbook } = parsePlaybook(files)
      if (!playbook) throw new Error('not parsed')
      return assemblePlaybook(playbook, {}, (text) => text)
    })
    expect(versions[0]?.version).not.toBe(versions[1]?.version)
    expect(versions[0]?.rulesVersion).toBe(versions[1]?.rulesVersion)
  })

  it('produces its activity types: who asks for them is not told that nothing does', () => {
    const scoring = smallPlaybook().get('scoring.yaml')?.replace('on: demo.requested', 'on: crm.seen')
    const faults = (hook?: string) =>
      parsePlaybook(smallPlaybook({ 'scoring.yaml': scoring, 'hooks/crm.yaml': hook })).faults.map(faultLine)
    expect(faults().join()).toContain('nothing in the playbook produces "crm.seen"')
    expect(faults(crm).join()).not.toContain('crm.seen')
  })
})

describe('mistakes, each at its place', () => {
  it.each([
    ['id: crm', 'id: crn', `hooks/crm.yaml:1:5: the id must be the file's name, "crm"`],
    [
      'scheme: hmac-sha256',
      'scheme: md5',
      'hooks/crm.yaml:2:19: expected one of "hubspot-v3", "standard-webhooks", "hmac-sha256", "basic", "token", found "md5"',
    ],
    ['encoding: hex, ', '', 'hooks/crm.yaml:2:9: "encoding" is missing'],
    ['hmac-sha256', 'token', 'hooks/crm.yaml:2:47: "encoding" has no meaning for token'],
    [
      'encoding: hex',
      'encodnig: hex',
      'hooks/crm.yaml:2:53: unknown key "encodnig"; did you mean "encoding"?',
    ],
    [
      'header: X-Signature',
      "header: 'X Signature'",
      'hooks/crm.yaml:2:40: the name of an HTTP header, such as X-Signature',
    ],
    [
      'each: data.events',
      'each: data..events',
      'hooks/crm.yaml:3:7: names separated by dots, such as data.events',
    ],
    [`id: 'event.id'`, `id: 'evnt.id'`, 'hooks/crm.yaml:5:8: unknown name "evnt"; did you mean "event"?'],
    [
      `'event.kind == "won"'`,
      `'event.kind'`,
      'hooks/crm.yaml:8:12: "event.kind" may hold any value and is not a condition: compare it, as in event.kind == true, or ask has(event.kind)',
    ],
    [`'event.kind == "won"'`, `'"won"'`, 'hooks/crm.yaml:8:12: a condition is true or false; this is text'],
    [
      `'event.kind == "won"'`,
      `'lead.country == "DE"'`,
      'hooks/crm.yaml:8:12: unknown name "lead"; names and texts need quotes: "lead.country"',
    ],
    [`'event.kind == "won"'`, `'did("deal.won")'`, 'hooks/crm.yaml:8:12: unknown function "did"'],
    [
      `'event.kind == "won"'`,
      `'event.kind == '`,
      'hooks/crm.yaml:8:26: something is missing here: the condition ends too early',
    ],
    [
      'type: deal.won',
      'type: deal.wno',
      'hooks/crm.yaml:9:11: warning: unknown activity type "deal.wno"; did you mean "deal.won"?',
    ],
    [
      'type: deal.won',
      'type: lead.merged',
      'hooks/crm.yaml:9:11: lead.merged cannot be sent: use POST /api/leads/{leadId}/merge',
    ],
    [
      'type: deal.won',
      'type: Won',
      'hooks/crm.yaml:9:11: an activity type is noun.verb in lower case, such as demo.requested',
    ],
    [
      `{ email: 'event.email', dealId: 'event.deal' }`,
      `{ visitorId: 'event.email' }`,
      'hooks/crm.yaml:10:16: unknown key "visitorId"',
    ],
    [
      `{ email: 'event.email', dealId: 'event.deal' }`,
      '{}',
      'hooks/crm.yaml:10:14: needs leadId, email or dealId',
    ],
    [
      `    subject: { email: 'event.email', dealId: 'event.deal' }\n`,
      '',
      'hooks/crm.yaml:8:5: "subject" is missing',
    ],
    [`amount: 'event.amount'`, 'amount: 5', 'hooks/crm.yaml:11:27: expected a text, found a number'],
    [`'"EUR"'`, `'EUR'`, 'hooks/crm.yaml:11:54: unknown name "EUR"; names and texts need quotes: "EUR"'],
    [`'event.amount'`, `'event.amount.tofixed(2)'`, 'hooks/crm.yaml:11:41: unknown function "tofixed"'],
    [`'event.amount'`, `'5 / 0'`, 'hooks/crm.yaml:11:32: 5 / 0 divides by zero'],
    [
      `email: 'event.email', `,
      '',
      'hooks/crm.yaml:10:16: no activity links the deal to a person: one needs email or leadId beside dealId',
    ],
    [
      `  occurredAt: 'event.at'\n`,
      '',
      'hooks/crm.yaml:8:11: warning: "occurredAt" is missing: deliveries out of order would move the deal in the wrong order',
    ],
  ])('%s → %s', (from, to, line) => {
    expect(told(withText(from, to))).toContain(line)
  })

  it('a file that would not be read', () => {
    expect(told(crm, 'hooks/CRM.yaml')).toEqual(['hooks/CRM.yaml:1:1: not a file of the playbook'])
    expect(told(crm, 'hooks/crm.yml')).toEqual(['hooks/crm.yml:1:1: not a file of the playbook'])
  })
})
