import { describe, expect, test } from 'vitest'
import { channelEvents, type Endpoint, isSubscribed, webhookEvents } from '../../../domain/model/endpoint.ts'
import { composeBody, type WebhookEvent } from '../../../domain/webhook/message.ts'
import { makePlaybook } from '../support/make-playbook.ts'
import { background, handoff, leadId, requested } from './sample-webhook.ts'

const common = { id: 'crm', url: 'https://crm.example.com/hook', lead: false, events: webhookEvents }
const webhook: Endpoint = { ...common, type: 'webhook' }
const slack: Endpoint = { ...common, type: 'slack', language: 'en' }
const teams: Endpoint = { ...common, type: 'teams' }
const playbook = makePlaybook()
const personal = /Grete|Lang|Werk|werk\.example|Anna|Berg|sales\.example|\+49/

const body = (endpoint: Endpoint, event: WebhookEvent = requested, fields = {}) =>
  composeBody(endpoint, event, background({ phone: '+49 30 1', ...fields }), playbook)

describe('what a program is told', () => {
  test('is type, timestamp and data, with ids, score, stage, team and deadline, and nobody in it', () => {
    expect(body(webhook)).toEqual({
      id: 'lead-0001.1:requested',
      type: 'HandoffRequested',
      timestamp: '2026-03-02T09:00:00.000Z',
      data: {
        leadId,
        handoffId: 'lead-0001.1',
        team: 'dach',
        score: 71.5,
        stage: 'intent',
        requestedAt: handoff.requestedAt,
        dueAt: handoff.dueAt,
      },
    })
  })

  test('is who it is about as well, where that was asked for', () => {
    expect(body({ ...webhook, lead: true }).data).toMatchObject({
      lead: {
        email: 'grete@werk.example.net',
        firstName: 'Grete',
        lastName: 'Lang',
        company: 'Werk GmbH',
        phone: '+49 30 1',
      },
      owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
    })
  })

  test('of an erasure is who is to be forgotten, by id', () => {
    const erased: WebhookEvent = {
      ...requested,
      type: 'LeadErased',
      decisionId: 'e',
      data: { leadId, merged: [] },
    }
    expect(composeBody(webhook, erased, {}, playbook)).toMatchObject({
      type: 'LeadErased',
      data: { leadId, merged: [] },
    })
  })
})

describe('the page in the console', () => {
  const page = 'https://go.example.com/handoffs/lead-0001.1'
  const told = (endpoint: Endpoint) => composeBody(endpoint, requested, { ...background(), page }, playbook)

  test('is told to programs', () => {
    expect(told(webhook).data).toMatchObject({ page })
  })

  test('is a button in Slack and in Teams, in the language of the channel', () => {
    expect(told(slack).blocks).toContainEqual({
      type: 'actions',
      elements: [
        {
          type: 'button',
          text: { type: 'plain_text', text: 'Open in the console', emoji: false },
          url: page,
        },
      ],
    })
    const actions = [{ type: 'Action.OpenUrl', title: 'In der Konsole öffnen', url: page }]
    expect(told(teams)).toMatchObject({ attachments: [{ content: { actions } }] })
  })
})

describe('what a channel is told', () => {
  test.each([slack, teams])('names nobody unless that was asked for: %j', (endpoint) => {
    expect(JSON.stringify(body(endpoint))).not.toMatch(personal)
    for (const part of ['Grete Lang', 'Werk GmbH', 'grete@werk.example.net', 'Anna Berg'])
      expect(JSON.stringify(body({ ...endpoint, lead: true }))).toContain(part)
  })

  test('names the handoff where it names nobody, also where the event tells of it alone', () => {
    expect(JSON.stringify(body(teams))).toContain('Vorgang')
    expect(JSON.stringify(body({ ...teams, lead: true }))).not.toContain('Vorgang')
    const won: WebhookEvent = { ...requested, type: 'DealWon', data: { handoffId: 'lead-0001.2' } }
    expect(composeBody(slack, won, {}, playbook).text).toBe('Deal won · Case: lead-0001.2')
  })

  test('in Slack is text, a header and fields', () => {
    expect(body(slack)).toEqual({
      text: 'New lead for sales · Case: lead-0001.1 · Team: dach · Score: 72 · Stage: Intent · Answer by: 2 Mar 2026, 14:00',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'New lead for sales', emoji: false } },
        {
          type: 'section',
          fields: [
            '*Case*\nlead-0001.1',
            '*Team*\ndach',
            '*Score*\n72',
            '*Stage*\nIntent',
            '*Answer by*\n2 Mar 2026, 14:00',
          ].map((text) => ({ type: 'mrkdwn', text, verbatim: true })),
        },
      ],
    })
  })

  test('in Slack mentions nobody and links nowhere, whatever somebody calls their company', () => {
    const text = JSON.stringify(
      body({ ...slack, lead: true }, requested, { company: '<!channel> & <https://evil.example|x>' }),
    )
    expect(text).not.toMatch(/<(?:!|https)/)
    expect(text).toContain('&lt;!channel&gt; &amp; ')
  })

  test('in Slack keeps to its limits', () => {
    const long = body({ ...slack, lead: true }, requested, {
      company: '&'.repeat(9_000),
      phone: '1'.repeat(9_000),
    })
    expect(String(long.text).length).toBeLessThanOrEqual(3_000)
    const fields = JSON.stringify(long).match(/"text":"\*[^"]*"/g) ?? []
    expect(fields.length).toBeGreaterThan(5)
    expect(fields.length).toBeLessThanOrEqual(10)
    for (const field of fields) expect(field.length).toBeLessThan(2_000)
  })

  test('in Teams is one Adaptive Card, in German, without Markdown from outside', () => {
    const message = body({ ...teams, lead: true }, requested, { company: '[x](https://evil.example)' })
    expect(message).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
          },
        },
      ],
    })
    const text = JSON.stringify(message)
    // Only runs of text: text blocks would read it as Markdown.
    expect(text).not.toContain('"TextBlock"')
    for (const part of [
      'Neuer Lead für den Vertrieb',
      'Kaufabsicht',
      '02.03.2026, 14:00',
      '[x](https://evil.example)',
    ])
      expect(text).toContain(part)
  })

  test.each(webhookEvents)('has words for %s in both languages', (type) => {
    const event: WebhookEvent = { ...requested, type }
    const [en, de] = ['en', 'de'].map((language) => body({ ...slack, language }, event).text)
    expect(en).not.toBe(de)
    expect(String(en)).toMatch(/^[A-Z][^·]{7,} · /)
  })

  test('says why in the words of the playbook, and what a deal is worth', () => {
    const rejected: WebhookEvent = { ...requested, type: 'HandoffRejected', data: { reason: 'not-now' } }
    expect(body(slack, rejected).text).toContain('Reason: not now')
    const { handoff: rules } = playbook
    const labelled = {
      ...rules,
      reject: { 'not-now': { type: 'close', label: { de: 'Jetzt nicht', en: 'Not right now' } } },
    } as const
    expect(composeBody(slack, rejected, background(), { ...playbook, handoff: labelled }).text).toContain(
      'Reason: Not right now',
    )
    const won: WebhookEvent = { ...requested, type: 'DealWon', data: { amount: '1200.50', currency: 'EUR' } }
    expect(body(slack, won).text).toContain('Value: €1,200.50')
    expect(JSON.stringify(body(teams, won))).toContain('1.200,50\u00a0€')
    const odd: WebhookEvent = { ...won, data: { amount: '12.5', currency: 'XYZ' } }
    expect(body(slack, odd).text).not.toContain('Value')
  })
})

describe('who is told', () => {
  test('is whoever listens to the event, and for a team only of its handoffs', () => {
    const ofDach: Endpoint = { ...slack, events: channelEvents, team: 'dach' }
    expect(isSubscribed(ofDach, 'HandoffRequested', 'dach')).toBe(true)
    expect(isSubscribed(ofDach, 'HandoffRequested', 'uk')).toBe(false)
    expect(isSubscribed(ofDach, 'HandoffRequested', undefined)).toBe(false)
    expect(isSubscribed(ofDach, 'HandoffAssigned', 'dach')).toBe(false)
  })

  test('of an erasure is whoever was given personal data, asked for or not', () => {
    const told: Endpoint = { ...webhook, events: ['DealWon'], lead: true, team: 'dach' }
    expect(isSubscribed(told, 'LeadErased', undefined)).toBe(true)
    expect(isSubscribed({ ...told, lead: false }, 'LeadErased', undefined)).toBe(false)
  })
})
