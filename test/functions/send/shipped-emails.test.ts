import { beforeAll, describe, expect, test } from 'vitest'
import type { Playbook } from '../../../domain/playbook/playbook.ts'
import { composeEmail } from '../../../functions/send/compose-email.ts'
import type { OutgoingEmail } from '../../../functions/send-ports.ts'
import { loadPlaybook } from '../../../lib/playbook/load-playbook.ts'
import { leadId } from '../../domain/support/facts.ts'

const at = '2026-11-23T10:00:00.000Z'
const base = 'https://t.example.com'
const unsubscribe = `${base}/u/token.signature`
const links = {
  unsubscribe,
  preferences: unsubscribe,
  confirm: `${base}/confirm/token.signature`,
  accept: `${base}/h/token.signature?answer=accept`,
  reject: `${base}/h/token.signature?answer=reject`,
  console: `${base}/`,
}

/** As little as anybody may be known by: an address. */
const variables = {
  lead: { email: 'a@b.example' },
  handoff: {
    id: 'x.1',
    score: 81.25,
    stage: 'intent',
    team: 'dach',
    requestedAt: at,
    dueAt: at,
    owner: 'Anna',
  },
  explanation: [{ rule: 'demo', points: 30, decayedTo: 28.125, at }],
  timeline: [{ at, type: 'demo.requested', text: 'Hat eine Vorführung angefragt' }],
}

const composeAll = ({ emails, settings, forms }: Playbook) =>
  Object.entries(emails).flatMap(([email, translations]) =>
    Object.entries(translations).map(([language, template]) => {
      const request = { leadId, sendId: 's', email, recipient: 'lead' } as const
      const composed = composeEmail(request, template, settings, {
        to: 'a@b.example',
        language,
        variables,
        links,
        forms: Object.fromEntries(Object.keys(forms).map((form) => [form, `${base}/f/${form}`])),
      })
      if (composed.type !== 'composed') throw new Error(`${email}.${language}: ${JSON.stringify(composed)}`)
      return { name: `${email}.${language}`, kind: template.kind, email: composed.email }
    }),
  )

describe('every shipped email, to a lead of whom only the address is known', () => {
  let all: readonly { readonly name: string; readonly kind: string; readonly email: OutgoingEmail }[] = []
  beforeAll(async () => {
    const { playbook } = await loadPlaybook('templates')
    if (!playbook) throw new Error('the shipped playbook has faults')
    all = composeAll(playbook)
  })

  test('renders, and there are two dozen and more', () => {
    expect(all.length).toBeGreaterThanOrEqual(28)
  })

  test('leaves no Liquid and no gap behind', () => {
    for (const { name, email } of all) {
      expect(email.html, name).not.toMatch(/\{\{|\{%|undefined|\[object/)
      expect(email.subject, name).not.toMatch(/\{\{|^\W*$|, ,| {2}/)
    }
  })

  test('is small enough for Gmail not to clip it', () => {
    for (const { name, email } of all) expect(Buffer.byteLength(email.html), name).toBeLessThan(102_000)
  })

  test('reads as text, too: without markup, with its links', () => {
    for (const { name, email } of all) {
      expect(email.text.length, name).toBeGreaterThan(200)
      expect(email.text, name).not.toMatch(/<[a-z/]|&[a-z]+;|display:none/)
      expect(email.text, name).toContain('https://')
    }
  })

  test('links only to places on the web and in the mail', () => {
    for (const { name, email } of all)
      for (const [, href] of email.html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g))
        expect(href, name).toMatch(/^(https:\/\/|mailto:)\S+$/)
  })

  test('says how to leave if and only if it is marketing', () => {
    for (const { name, kind, email } of all) {
      const leaves = email.headers['List-Unsubscribe'] === `<${unsubscribe}>`
      expect(leaves, name).toBe(kind === 'marketing')
      if (leaves) expect(email.html, name).toContain(`href="${unsubscribe}"`)
    }
  })
})
