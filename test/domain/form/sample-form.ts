import type { Form } from '../../../domain/model/form.ts'
import { deepFreeze } from '../support/deep-freeze.ts'

const both = (de: string, en: string) => ({ de, en })

/** One field of each type. */
export const sampleForm: Form = deepFreeze({
  id: 'newsletter',
  languages: ['de', 'en'],
  title: both('Neues aus der Werkstatt', 'News from the workshop'),
  consent: 'double-opt-in',
  purpose: 'newsletter',
  wording: both('Ja, ich möchte Neues erhalten.', 'Yes, I want news.'),
  activity: 'newsletter.subscribed',
  origins: ['https://www.example.com'],
  fields: [
    { name: 'email', type: 'email', required: true, label: both('E-Mail', 'Email') },
    { name: 'firstName', type: 'text', required: false, maxLength: 20, label: both('Vorname', 'First name') },
    {
      name: 'employees',
      type: 'number',
      required: false,
      min: 1,
      max: 500,
      label: both('Mitarbeitende', 'Employees'),
    },
    { name: 'phone', type: 'tel', required: false, label: both('Telefon', 'Phone') },
    { name: 'website', type: 'url', required: false, label: both('Website', 'Website') },
    { name: 'start', type: 'date', required: false, label: both('Beginn', 'Start') },
    {
      name: 'country',
      type: 'select',
      required: false,
      label: both('Land', 'Country'),
      options: [
        { value: 'DE', label: both('Deutschland', 'Germany') },
        { value: 'AT', label: both('Österreich', 'Austria') },
      ],
    },
    { name: 'terms', type: 'checkbox', required: false, label: both('Einverstanden', 'Agreed') },
    { name: 'message', type: 'textarea', required: false, label: both('Nachricht', 'Message') },
    { name: 'campaign', type: 'hidden', required: false, label: both('Kampagne', 'Campaign') },
  ],
})
