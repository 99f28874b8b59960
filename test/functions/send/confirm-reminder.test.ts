import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import { emailRequestOf } from '../../../domain/model/email-request.ts'
import type { Form } from '../../../domain/model/form.ts'
import type { EmailTemplate } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { secretTokens } from '../../../functions/adapters/link-keys.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'
import { fact, leadId, stored } from '../../domain/support/facts.ts'
import { oneKey } from '../fakes/link-keys.ts'
import { cause, playbook, sendWorld } from './send-world.ts'

const asked = fact('asked', 'form.submitted', '01-05T09:00', {
  form: 'newsletter',
  language: 'en',
  fields: {},
})
const template = (subject: string): EmailTemplate => ({
  kind: 'transactional',
  subject,
  preheader: '',
  html: '<p>{{ consent.wording }}{% if consent.tracking %} And measure.{% endif %}</p>{{ links.confirm }}',
})
const confirm = { en: template('Please confirm') }
const reminder = { en: template('Still waiting') }

/** What the fold asks for three days later. */
const reminderRequest = (submitted: Fact) => {
  const state = stored(foldLead([submitted], compileRules(playbook), '2026-01-08T09:00:00.000Z'))
  const [, due] = decide({ leadId }, undefined, state).filter(({ type }) => type === 'EmailRequested')
  if (!due) throw new Error('no reminder')
  return emailRequestOf(due)
}

const sentWith = async (
  emails: typeof playbook.emails,
  more: Pick<Form, 'tracking' | 'optIn'> = {},
  submitted = asked,
) => {
  const newsletter = { ...sampleForm, ...more }
  const own = { ...playbook, emails, forms: { ...playbook.forms, newsletter } }
  const world = sendWorld([submitted], undefined, own)
  world.times.now = '2026-01-08T09:00:00.000Z'
  await makeSendEmail({ ...world.ports, playbooks: memoryPlaybooks(own) })(reminderRequest(submitted), cause)
  return world.outgoing
}

describe('the reminder of a double opt-in', () => {
  test('is an email of its own', async () => {
    const [sent] = await sentWith({ confirm, 'confirm-reminder': reminder })
    expect(sent?.subject).toBe('Still waiting')
    expect(sent?.html).toContain('/confirm/')
    expect(sent?.headers['Feedback-ID']).toMatch(/^confirm-reminder:/)
  })

  test('is the confirmation again where the playbook has none', async () => {
    expect((await sentWith({ confirm })).map(({ subject }) => subject)).toEqual(['Please confirm'])
  })

  test('says what the box beside the form asked for, and its link confirms that, too', async () => {
    const optIn = { purpose: 'invitations', wording: { de: 'Und lädt ein.', en: 'And asks me to come.' } }
    const ticked = { ...asked, properties: { ...asked.properties, optIn: { purpose: 'invitations' } } }
    const [sent] = await sentWith({ confirm }, { optIn }, ticked)
    expect(sent?.html).toContain('<p>Yes, I want news. And asks me to come.</p>')
    const token = /\/confirm\/([^"'<\s]+)/.exec(sent?.html ?? '')?.[1] ?? ''
    const { data } =
      secretTokens(oneKey('a secret for tests')).verify('confirm', token, '2026-01-08T09:00:00.000Z') ?? {}
    expect(data).toMatchObject({ purpose: 'newsletter', furtherPurpose: 'invitations' })
  })

  test('says what else it confirms where the form’s wording asks for it', async () => {
    const [with_, without] = [await sentWith({ confirm }, { tracking: true }), await sentWith({ confirm })]
    expect(with_[0]?.html).toContain('<p>Yes, I want news. And measure.</p>')
    expect(without[0]?.html).toContain('<p>Yes, I want news.</p>')
  })
})
