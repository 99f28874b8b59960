import type { EmailTemplate, Playbook } from '../../../domain/model/playbook.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'
import { days, makePlaybook } from '../../domain/support/make-playbook.ts'

const email = (kind: EmailTemplate['kind'], body: string): EmailTemplate => ({
  kind,
  subject: 'For {{ lead.email | default: "you" }}',
  preheader: '',
  html: `<html><body>${body}</body></html>`,
})
const marketing = {
  en: email(
    'marketing',
    '<a href="https://shop.example/x">see</a> <a href="{{ links.unsubscribe }}">out</a>',
  ),
}

export const interest: Sequence = {
  id: 'interest',
  version: '1',
  enter: { stage: 'interest' },
  reenter: 'never',
  exit: 'stageAtLeast("intent")',
  program: [
    { type: 'email', email: 'welcome' },
    { type: 'wait', for: days(3) },
    { type: 'branch', if: 'clicked("welcome")', otherwise: 5 },
    { type: 'email', email: 'case-study' },
    { type: 'jump', goto: 6 },
    { type: 'email', email: 'reminder' },
    { type: 'wait', for: days(4) },
    { type: 'email', email: 'offer' },
  ],
}

/** A form, a sequence of four emails and a handoff. */
export const samplePlaybook = (parts: Partial<Playbook> = {}): Playbook => {
  const { forms } = makePlaybook()
  return makePlaybook({
    forms: { ...forms, newsletter: { ...sampleForm, activity: 'newsletter.subscribed', tracking: true } },
    sequences: { interest },
    emails: {
      welcome: marketing,
      'case-study': marketing,
      reminder: marketing,
      offer: marketing,
      confirm: { en: email('transactional', '<a href="{{ links.confirm }}">Yes</a>') },
      handoff: { en: email('transactional', '<a href="{{ links.accept }}">yes</a>') },
    },
    ...parts,
  })
}
