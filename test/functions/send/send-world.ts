import type { SuppressedAddress } from '../../../domain/email/judge-send.ts'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Activity, Fact } from '../../../domain/model/activity.ts'
import type { Decision } from '../../../domain/model/decision.ts'
import type { EmailRequest } from '../../../domain/model/email-request.ts'
import type { EmailTemplate, Playbook } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { secretTokens } from '../../../functions/adapters/link-keys.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { memorySequenceStates } from '../../../functions/adapters/memory-runs.ts'
import {
  memoryCapPlaces,
  memoryConfirmationPlaces,
  memorySendingStates,
  memorySends,
} from '../../../functions/adapters/memory-sends.ts'
import type { SendEmailPorts } from '../../../functions/send/send-email.ts'
import type { Mailer, OutgoingEmail } from '../../../functions/send-ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { oneKey } from '../fakes/link-keys.ts'
import { interest } from '../nurture/nurture-world.ts'

export const publicUrl = 'https://t.example.com'
export const address = 'anna@example.com'
export const start = '2026-01-05T09:00:02.000Z'

const template = (kind: EmailTemplate['kind'], subject: string, html: string): EmailTemplate => ({
  kind,
  subject,
  preheader: '',
  html: `<html><body>${html}</body></html>`,
})

const welcome = (hello: string): EmailTemplate =>
  template(
    'marketing',
    `${hello} {{ lead.firstName | default: "!" }}`,
    '<p>{{ company.name }}</p><a href="{{ links.unsubscribe }}">x</a>',
  )

export const playbook = makePlaybook({
  sequences: { interest },
  emails: {
    welcome: { de: welcome('Hallo'), en: welcome('Hello') },
    'welcome.short': { de: welcome('Hi') },
    personal: { de: template('marketing', 'Für {{ lead.company }}', '<p>x</p>') },
    confirm: {
      de: template('transactional', 'Bitte bestätigen', '<a href="{{ links.confirm }}">Ja</a>'),
      en: template('transactional', 'Please confirm', '<a href="{{ links.confirm }}">Yes</a>'),
    },
    handoff: {
      de: template(
        'transactional',
        '{{ lead.email }}: {{ handoff.score }}',
        '{{ handoff.owner }}{% for row in explanation %}<p>{{ row.rule }} {{ row.decayedTo }}</p>{% endfor %}{% for item in timeline %}<p>{{ item.text }}</p>{% endfor %}<a href="{{ links.accept }}">ja</a> <a href="{{ links.reject }}">nein</a> <a href="{{ links.console }}">mehr</a>',
      ),
    },
  },
})

export const cause = { decisionId: 'decision-1', correlationId: 'fact-1' }

export const welcomeRequest: EmailRequest = {
  leadId,
  sendId: `${leadId}:interest:1:0`,
  email: 'welcome',
  recipient: 'lead',
  playbookVersion: 'v1',
  run: { sequence: 'interest', runId: `${leadId}:interest:1`, step: 0, afterWait: false },
}

/** A lead with a log, a mail service that takes everything, and a clock. */
export const sendWorld = (facts: readonly Fact[], handoff?: Handoff, live: Playbook = playbook) => {
  const log = [...facts]
  const outgoing: OutgoingEmail[] = []
  const published = new Map<string, Decision>()
  const submitted = new Map<string, Activity>()
  const sends = memorySends()
  const timers = memoryTimers()
  const sendingStates = memorySendingStates()
  const runs = new Map<string, Run>()
  const sequences = memorySequenceStates()
  const suppressed = new Map<string, SuppressedAddress>()
  const times = { now: start }
  const warnings: string[] = []
  const rules = compileRules(playbook)
  const mailer: Mailer = {
    send: async (email) => {
      outgoing.push(email)
      return { type: 'accepted', messageId: `message-${outgoing.length}` }
    },
  }
  const ports: SendEmailPorts = {
    sends,
    suppressionOf: async (to) => suppressed.get(to),
    sequences,
    places: memoryCapPlaces(),
    confirmationPlaces: memoryConfirmationPlaces(),
    sendingStates,
    timers,
    runs: { load: async (_leadId, sequence) => runs.get(sequence) },
    mailer,
    publicUrl,
    keepAssets: async () => {},
    tokens: secretTokens(oneKey('a secret for tests')),
    markMailbox: (mailbox) => `mark of ${mailbox}`,
    playbooks: { ...memoryPlaybooks(playbook), current: async () => live },
    clock: () => times.now,
    warn: (message, { reason }) => warnings.push(reason === undefined ? message : `${message}: ${reason}`),
    handoffs: { load: async (_leadId, id) => (id === handoff?.handoffId ? handoff : undefined) },
    bus: {
      publish: async (decisions) => {
        for (const decision of decisions) published.set(decision.id, decision)
      },
      submit: async (activities) => {
        for (const activity of activities) if ('subject' in activity) submitted.set(activity.id, activity)
      },
    },
    leads: {
      load: async (id) => {
        const state = id === leadId ? foldLead(log, rules) : undefined
        return state && { leadId: id, email: address, version: 1, state, outbox: [] }
      },
      noteLack: async ({ leadId: id, version }) => (await ports.leads.load(id))?.version === version,
      facts: async () => log,
    },
  }
  return {
    ports,
    sequences,
    sends,
    timers,
    sendingStates,
    runs,
    suppressed,
    outgoing,
    published,
    submitted,
    times,
    log,
    warnings,
  }
}
