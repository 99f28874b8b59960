import { describe, expect, test } from 'vitest'
import { sampleLead } from '../../../domain/email/email-variables.ts'
import { previewEmail } from '../../../domain/email/preview-email.ts'
import type { EmailTemplate } from '../../../domain/model/playbook.ts'
import { sampleForm } from '../form/sample-form.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const now = '2026-03-02T09:00:00.000Z'
const template = (subject: string, html: string): EmailTemplate => ({
  subject,
  preheader: '',
  kind: 'marketing',
  html,
})
const playbook = makePlaybook({
  forms: { newsletter: sampleForm },
  emails: {
    offer: {
      de: template(
        'Für {{ lead.company }}',
        '<p>{{ lead.company }}, {{ lead.role }}</p><a href="{{ links.unsubscribe }}">x</a><a href="{{ links.forms.newsletter }}">y</a>',
      ),
      en: template('For {{ lead.company }}', '<p>{{ company.name }}</p>'),
    },
    endless: { de: template('{{ lead.x | default: "" }}', '<p>x</p>') },
    handoff: {
      de: template('{{ handoff.score }}', '{% for row in explanation %}{{ row.rule }}{% endfor %}'),
    },
  },
})
const preview = (email: string, lead = sampleLead, language?: string) =>
  previewEmail(playbook, { email, language, lead, now })

describe('a preview', () => {
  test('has the values of the lead, in the language that suits', () => {
    expect(preview('offer', { company: 'Muster AG', language: 'en-GB' })).toMatchObject({
      type: 'previewed',
      language: 'en',
      subject: 'For Muster AG',
      missing: [],
    })
    expect(preview('offer', { company: 'Muster AG', language: 'en-GB' }, 'de')).toMatchObject({
      language: 'de',
    })
  })

  test('names what has no value, where it would stand', () => {
    const previewed = preview('offer', {}, 'de')
    if (previewed.type !== 'previewed') throw new Error(previewed.type)
    expect(previewed.missing).toEqual(['lead.company', 'lead.role'])
    expect(previewed.html).toContain('<p>[lead.company], [lead.role]</p>')
  })

  test('has links that lead nowhere', () => {
    const previewed = preview('offer', {}, 'de')
    if (previewed.type !== 'previewed') throw new Error(previewed.type)
    for (const [, link] of previewed.html.matchAll(/href="([^"]*)"/g))
      expect(link).toMatch(/^https:\/\/preview\.invalid\//)
  })

  test('of the handoff email has something to show beside the lead', () => {
    expect(preview('handoff')).toMatchObject({ type: 'previewed', subject: '87.4', html: 'demo' })
  })

  test('is refused for what is not there and for what cannot go out', () => {
    expect(preview('constructor')).toEqual({ type: 'unknown-email' })
    expect(preview('offer', {}, 'fr')).toEqual({ type: 'unknown-language', languages: ['de', 'en'] })
    expect(preview('endless', {})).toMatchObject({ type: 'unrenderable' })
  })
})
