import type { JsonObject } from '../json.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { readableDay } from '../time/readable-time.ts'
import { confirmationVariables } from './confirmation-variables.ts'

/** A person who does not exist, for previews that name no lead; the telephone number is one kept free for fiction. */
export const sampleLead: JsonObject = {
  email: 'erika.beispiel@example.com',
  firstName: 'Erika',
  lastName: 'Beispiel',
  company: 'Beispiel AG',
  country: 'DE',
  phone: '+49 30 23125 000',
  employees: 250,
}

/** What a handoff email says beside the lead, as of `now` (RFC 3339 UTC). */
export const sampleHandoff = (now: string): JsonObject => ({
  recipient: { name: 'Sales' },
  handoff: {
    id: 'preview',
    score: 87.4,
    scoreNow: 87.4,
    gained: 55,
    stage: 'Intent',
    stageId: 'intent',
    team: 'sales',
    owner: 'Sales',
    previousOwner: 'Sam Sample',
    reassignedBecause: 'On parental leave',
    because: 'Asked for a quote',
    becauseAt: now,
    becauseOn: day(now),
    requestedAt: now,
    requested: day(now),
    dueAt: now,
    due: day(now),
    confirmed: false,
    phoneUnproven: true,
  },
  explanation: [
    { rule: 'demo', label: 'Asked for a demo', points: 40, decayedTo: 35.8, at: now, when: day(now) },
  ],
  timeline: [{ at: now, when: day(now), type: 'demo.requested', text: 'Asked for a demo', count: 1 }],
  emails: [
    {
      at: now,
      when: day(now),
      email: 'welcome',
      subject: 'Welcome',
      clicked: true,
      opened: true,
      reaction: 'clicked',
    },
  ],
  unconfirmed: [{ name: 'phone', label: 'Phone', value: '+49 30 23125 001' }],
  answers: [
    {
      form: 'quote',
      title: 'Request for a quote',
      at: '2026-03-02T08:55:00.000Z',
      when: '2 Mar 2026, 09:55',
      answers: [
        {
          label: 'What is it about?',
          text: 'Two halls, three shifts.\nWith maintenance, please.',
          phone: '',
        },
        { label: 'Phone', text: '+49 30 123456', phone: '+4930123456' },
      ],
    },
  ],
  opening: 'Which of our two offers fits better?',
})

/** What a confirmation says of the consent: as of the first form that asks for one. */
export const sampleConsent = ({ forms }: Pick<Playbook, 'forms'>, language: string): JsonObject => {
  const form = Object.values(forms).find(({ consent }) => consent === 'double-opt-in')
  const { id = '', purpose = '' } = form ?? {}
  return confirmationVariables(forms, { form: id, purpose, language })
}

const day = (at: string): string => readableDay('en', at, 'UTC')
