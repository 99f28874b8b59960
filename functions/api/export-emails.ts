import type { Fact } from '../../domain/activity/activity.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { Send } from '../send-ports.ts'

/** What the export says is not in it, as it is not kept. */
export const notKept = [
  'The text of the emails: it is rendered when an email is sent, from the email of that id, language and playbook version and from the attributes of that time, and is not stored.',
  'The address of the computer from which a link or picture was asked for.',
] as const

/** When something became of an email; of a click the link that was followed, of a bounce its kind. */
const eventOf = ({ type, occurredAt, properties }: Fact): JsonObject => {
  const { email: _email, sendId: _sendId, ...what } = properties
  return { type: type.replace('email.', ''), at: occurredAt, ...what }
}

/** The emails to a person, oldest first, and what became of each, as far as it is held. */
export const exportEmails = (sends: readonly Send[], facts: readonly Fact[]) =>
  sends
    .map(({ request, cause: _cause, leaseUntil: _lease, lapses: _lapses, marketing, ...send }) => ({
      ...send,
      kind: marketing ? 'marketing' : 'transactional',
      recipient: request.recipient,
      sequence: request.run?.sequence ?? null,
      step: request.run?.step ?? null,
      playbookVersion: request.playbookVersion ?? null,
      events: facts
        .filter(({ type, properties }) => type.startsWith('email.') && properties.sendId === send.sendId)
        .map(eventOf),
    }))
    .toSorted((a, b) => (a.requestedAt < b.requestedAt ? -1 : a.requestedAt > b.requestedAt ? 1 : 0))
