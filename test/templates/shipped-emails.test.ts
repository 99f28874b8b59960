import { beforeAll, describe, expect, it } from 'vitest'
import { companyVariables, sampleHandoff } from '../../domain/email/email-variables.ts'
import { type Rendered, renderEmail } from '../../domain/email/render-email.ts'
import { isSalesEmail, salesEmails } from '../../domain/model/built-in-names.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { composeShipped } from '../support/compose-shipped.ts'

const site = 'https://app.example.com'
const nobody = { email: 'a@werk.example.net' }
const requestedAt = '2026-11-23T09:12:00.000Z'
const forSales: JsonObject = {
  ...sampleHandoff(requestedAt),
  handoff: {
    ...{
      id: 'lead-1.1',
      score: 87.4213,
      scoreNow: 80.2,
      gained: 40,
      stage: 'Kaufabsicht',
      stageId: 'intent',
    },
    ...{
      team: 'dach',
      owner: 'Anna Berg',
      previousOwner: '',
      reassignedBecause: '',
      because: 'Hat ein Angebot angefragt',
      becauseAt: requestedAt,
    },
    ...{ becauseOn: '23.11.2026', requestedAt, requested: '23.11.2026, 10:12' },
    ...{ dueAt: '2026-11-23T13:12:00.000Z', due: '23.11.2026, 14:12' },
  },
  explanation: [
    {
      ...{ rule: 'quote-request', label: 'Angebot angefragt', points: 40, decayedTo: 35.8213 },
      ...{ at: requestedAt, when: '20.11.2026' },
    },
    {
      ...{ rule: 'unsubscribed', label: 'Abgemeldet', points: -20, decayedTo: -3.42 },
      ...{ at: requestedAt, when: '21.11.2026' },
    },
  ],
  timeline: [
    { at: requestedAt, when: '20.11.2026', type: 'quote.requested', text: 'Wants <b>prices</b>', count: 1 },
  ],
}

describe('the shipped emails', () => {
  let playbook: Playbook
  beforeAll(async () => {
    const loaded = await loadPlaybook('templates')
    expect(loaded.faults).toEqual([])
    if (!loaded.playbook) throw new Error('the shipped playbook does not load')
    playbook = loaded.playbook
  })

  const render = (email: string, language: string, lead: JsonObject): Rendered & { type: 'rendered' } => {
    const template = playbook.emails[email]?.[language]
    if (!template) throw new Error(`no ${email} in ${language}`)
    const links = Object.fromEntries(
      ['unsubscribe', 'preferences', 'confirm', 'notMe', 'accept', 'reject', 'console'].map((link) => [
        link,
        `${site}/${link}/token`,
      ]),
    )
    const forms = Object.fromEntries(Object.keys(playbook.forms).map((form) => [form, `${site}/f/${form}`]))
    const { timeZone } = playbook.settings
    const company = companyVariables(playbook.settings, language)
    const rendered = renderEmail(
      template,
      { lead, company, links: { ...links, forms }, ...(isSalesEmail(email) && forSales) },
      { language, timeZone },
    )
    if (rendered.type !== 'rendered') throw new Error(`${email}.${language}: ${JSON.stringify(rendered)}`)
    return rendered
  }

  const each = () =>
    Object.entries(playbook.emails).flatMap(([email, byLanguage]) =>
      Object.entries(byLanguage).map(([language, { kind }]) => ({ email, language, kind })),
    )

  it('are there in both languages, and each is sent by something', () => {
    const used = new Set(
      Object.values(playbook.sequences).flatMap(({ program }) =>
        program.flatMap((step) => (step.type === 'email' ? [step.email] : [])),
      ),
    )
    expect(used.size).toBeGreaterThanOrEqual(12)
    expect(Object.keys(playbook.emails).sort()).toEqual(
      [...used, 'confirm', 'confirm-reminder', ...salesEmails].sort(),
    )
    for (const [email, byLanguage] of Object.entries(playbook.emails))
      expect([email, Object.keys(byLanguage).sort()]).toEqual([email, ['de', 'en']])
  })

  it('say something to a lead of whom nothing but the address is known', () => {
    for (const { email, language } of each()) {
      const { subject, html, text } = render(email, language, nobody)
      expect(`${subject}${html}${text}`).not.toMatch(/\{\{|\{%|undefined|NaN|\[object|\(\)/)
      expect(text.length).toBeGreaterThan(300)
      expect(html).toMatch(new RegExp(`<html[^>]* lang="${language}"`))
      expect(Buffer.byteLength(html)).toBeLessThan(40 * 1024)
    }
  })

  it('name the company and its imprint, and offer the way out where they advertise', () => {
    const { company } = playbook.settings
    for (const { email, language, kind } of each()) {
      const { html } = render(email, language, nobody)
      for (const legal of [company.name, company.address, `href="${company.imprint}"`])
        expect(html).toContain(legal)
      for (const link of ['unsubscribe', 'preferences'])
        expect([email, link, html.includes(`href="${site}/${link}/token"`)]).toEqual([
          email,
          link,
          kind === 'marketing',
        ])
    }
  })

  it('lead nowhere but to the site of the company and the links of the system', () => {
    for (const { email, language } of each())
      for (const [, href] of render(email, language, nobody).html.matchAll(/href="([^"]*)"/g))
        expect([email, href]).toEqual([
          email,
          expect.stringMatching(
            /^(https:\/\/(www|app)\.example\.com\/|mailto:a@werk\.example\.net$|tel:\+\d+$)/,
          ),
        ])
  })

  it('lead only to routes that there are, and to sites that the playbook names', () => {
    const { settings, forms } = playbook
    const sites = [settings.company.imprint, ...Object.values(forms).flatMap(({ origins }) => origins)].map(
      (url) => new URL(url).host,
    )
    const routes = /^\/$|^\/(u|confirm|h|f|c)\/[^/]+$/
    for (const { name, email } of composeShipped(playbook, nobody, site)) {
      const links = [...email.html.matchAll(/<a\b[^>]*\bhref="(https?:[^"]*)"/g)].map(
        ([, href = '']) => new URL(href.replaceAll('&amp;', '&')),
      )
      expect([name, links.length > 0]).toEqual([name, true])
      for (const { host, pathname, href } of links)
        if (host === new URL(site).host)
          expect([name, pathname]).toEqual([name, expect.stringMatching(routes)])
        else expect([name, href, sites.includes(host)]).toEqual([name, href, true])
    }
  })

  it('say in the text part what the HTML says: every link, each footer link on its own line, and no preheader', () => {
    for (const { name, email } of composeShipped(playbook, nobody, site)) {
      for (const [, href = ''] of email.html.matchAll(/<a\b[^>]*\bhref="(https?:[^"]*)"/g))
        expect(email.text, name).toContain(href.replaceAll('&amp;', '&'))
      expect(email.text, name).not.toMatch(/https?:\S+ *·|· *\n/)
      const [id = '', language = ''] = name.split('.')
      const preheader = playbook.emails[id]?.[language]?.preheader ?? ''
      if (!preheader.includes('{{')) expect(email.text, name).not.toContain(preheader)
    }
  })

  it('are made for dark mode, too', () => {
    for (const { name, email } of composeShipped(playbook, nobody, site)) {
      expect(email.html, name).toContain('<meta name="color-scheme" content="light dark"')
      expect(email.html, name).toContain('@media (prefers-color-scheme: dark)')
    }
  })

  it('tell sales who, why and what happened, in numbers as the language writes them, escaped', () => {
    const lead = {
      ...nobody,
      firstName: 'Jana',
      lastName: 'Keller',
      company: 'Presse & Süd',
      phone: '0521 1',
    }
    const german = render('handoff', 'de', lead)
    for (const part of [
      'Jana Keller',
      'Presse &amp; Süd',
      '0521 1',
      'Angebot angefragt',
      '35,8',
      '-3,4',
      '87,4',
      '80,2',
    ])
      expect(german.html).toContain(part)
    expect(german.html).toContain('23.11.2026, 14:12')
    expect(german.html).toContain('Wants &lt;b&gt;prices')
    expect(german.subject).toBe('Neuer Lead mit 87 Punkten: Presse & Süd')
    expect(render('handoff', 'en', lead).html).toContain('35.8')
    // No link to the console before there is one.
    for (const link of ['accept', 'reject']) expect(german.html).toContain(`href="${site}/${link}/token"`)
  })
})
