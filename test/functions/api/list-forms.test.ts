import { expect, test } from 'vitest'
import { formCounts } from '../../../functions/record/commit-lead.ts'
import { fact } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

test('forms are listed with their address, what puts them into a site, and thirty days of figures', async () => {
  const { call, clock, formFigures } = apiWorld()
  const ago = (count: number) => new Date(Date.parse(clock()) - count * 86_400_000).toISOString()
  await formFigures.add('newsletter', ago(0), { submissions: 2, confirmations: 1 })
  await formFigures.add('newsletter', ago(29), { submissions: 3 })
  await formFigures.add('newsletter', ago(31), { submissions: 100 })
  const answer = await call('/api/forms', { groups: '[marketing]' })
  expect(answer).toMatchObject({
    type: 'ok',
    body: {
      items: expect.arrayContaining([
        expect.objectContaining({
          form: 'newsletter',
          address: 'https://go.example.com/f/newsletter',
          embed: '<script src="https://go.example.com/f/newsletter.js" async></script>',
          submissions: 5,
          confirmations: 1,
        }),
      ]),
    },
  })
  expect((await call('/api/forms', { groups: '[sales]' })).type).toBe('forbidden')
})

test('what is new in a log is counted: a link that confirms two consents is one confirmation', () => {
  const submitted = fact('f', 'form.submitted', '03-01T08:00', { form: 'demo' })
  const confirmed = (id: string) =>
    fact(id, 'consent.granted', '03-01T09:00', { form: 'demo', confirmed: true, submission: 'f' })
  const other = fact('x', 'consent.granted', '03-01T09:00', { form: 'demo' })
  const known = {
    ...fact('k', 'form.submitted', '03-01T08:00', { form: 'demo' }),
    known: '2026-03-01T08:00:00.000Z',
  }
  expect(formCounts([submitted, confirmed('a'), confirmed('b'), other, known])).toEqual([
    { form: 'demo', submissions: 1, confirmations: 1 },
  ])
  expect(formCounts([known])).toEqual([])
})
