import { expect, test } from 'vitest'
import type { EmailSource } from '../../../domain/playbook/parse-email.ts'
import { rememberEmails } from '../../../functions/playbook/check-draft.ts'

const email = (mjml: string): EmailSource => ({
  file: 'emails/a.en.mjml',
  subject: 'A',
  preheader: 'Short',
  kind: 'transactional',
  mjml,
  bodyLine: 6,
})

test('an email is compiled again when anything of it changes, or two hundred others came since', async () => {
  const compiled: string[] = []
  const compile = rememberEmails(
    async ({ mjml }) => {
      compiled.push(mjml)
      return { html: mjml, faults: [] }
    },
    (text) => text,
  )
  expect(await compile(email('a'))).toEqual({ html: 'a', faults: [] })
  expect(await compile(email('a'))).toEqual({ html: 'a', faults: [] })
  await compile({ ...email('a'), preheader: 'Other' })
  expect(compiled).toEqual(['a', 'a'])
  for (let count = 0; count < 200; count += 1) await compile(email(`other ${count}`))
  compiled.length = 0
  await compile(email('other 199'))
  expect(compiled).toEqual([])
  await compile(email('a'))
  expect(compiled).toEqual(['a'])
})
