import { expect, test } from 'vitest'
import { checkSender } from '../../../domain/playbook/check-settings.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'

const settings = (email: string) =>
  readYaml('settings.yaml', `sender:\n  name: Beispiel\n  email: ${email}\n`)

test.each([
  ['hallo@mail.example.com', 'mail.example.com'],
  ['hallo@news.mail.example.com', 'mail.example.com'],
  ['hallo@Mail.Example.com', 'mail.example.com'],
  ['hallo@other.example', undefined],
])('mail from %s may go out where %s is set up', (email, domain) => {
  expect(checkSender(settings(email), domain)).toEqual([])
})

test.each([
  ['hallo@example.com', 'mail.example.com'],
  ['hallo@notmail.example.com', 'mail.example.com'],
  ['hallo@mail.example.org', 'mail.example.com'],
])('mail from %s may not where %s is, and the fault stands at the sender', (email, domain) => {
  expect(checkSender(settings(email), domain)).toMatchObject([
    { file: 'settings.yaml', line: 3, column: 10, severity: 'error' },
  ])
})
