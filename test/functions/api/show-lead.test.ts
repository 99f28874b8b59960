import { expect, test } from 'vitest'
import { fact, leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { apiWorld } from './api-world.ts'

const { forms, scoring } = makePlaybook()
const [demo] = scoring.engagement.filter(({ on }) => on === 'demo.requested')
if (!demo || !forms.demo) throw new Error('the sample playbook has no demo')

const world = () =>
  apiWorld({
    forms: {
      demo: {
        ...forms.demo,
        id: 'demo',
        languages: ['de', 'en'],
        title: { de: 'Vorführung', en: 'Demo' },
        consent: 'none',
        origins: [],
        fields: [
          { name: 'message', type: 'textarea', required: false, label: { de: 'Nachricht', en: 'Message' } },
          {
            ...{ name: 'role', type: 'select', required: false, label: { de: 'Bereich', en: 'Field' } },
            options: [{ value: 'energy', label: { de: 'Energie', en: 'Energy' } }],
          },
        ],
      },
    },
    scoring: {
      ...scoring,
      engagement: [{ ...demo, label: { de: 'Vorführung gewünscht', en: 'Wanted a demo' } }],
    },
  })

const form = (id: string, minute: string, message: string) =>
  fact(id, 'form.submitted', `03-01T08:${minute}`, { form: 'demo', fields: { message } })

test('a lead’s page holds what the person wrote, in the words of the playbook, without what was taken back', async () => {
  const { add, call } = world()
  await add(leadId, [
    form('f-1', '00', 'Two halls'),
    form('f-2', '01', 'Buy followers'),
    fact('v-1', 'activity.voided', '03-01T08:02', { activityId: 'f-2' }),
  ])
  for (const [language, label] of [
    ['de', 'Nachricht'],
    ['en', 'Message'],
  ] as const)
    expect(await call(`/api/leads/${leadId}`, { query: { language } })).toMatchObject({
      type: 'ok',
      body: { answers: [{ form: 'demo', answers: [{ label, text: 'Two halls', phone: '' }] }] },
    })
})

test('a lead’s page has the words of a form for what was chosen in it', async () => {
  const { add, call } = world()
  await add(leadId, [
    fact('p-1', 'profile.updated', '03-01T08:00', { fields: { role: 'energy', plant: 'x' } }),
  ])
  const answer = await call(`/api/leads/${leadId}`, { query: { language: 'de' } })
  expect(answer).toMatchObject({ body: { attributes: { role: 'energy' }, choices: { role: 'Energie' } } })
  expect(answer).not.toMatchObject({ body: { choices: { plant: expect.anything() } } })
})

test('an explanation says what its rules are called, and by which scale grades are given', async () => {
  const { add, call } = world()
  await add(leadId, [fact('d-1', 'demo.requested', '03-01T08:00')])
  expect(await call(`/api/leads/${leadId}/explanation`, { query: { language: 'de' } })).toMatchObject({
    type: 'ok',
    body: {
      labels: { [demo.id]: 'Vorführung gewünscht' },
      scale: { engagement: [60, 30, 15], bands: scoring.bands },
    },
  })
})
