import { expect, test } from 'vitest'
import { hideAddresses } from '../../../domain/playbook/parse-playbook.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'

test.each([
  ['plain', 'notify:\n  - { id: a, slack: https://hooks.slack.example/services/T0/SECRET }'],
  ['in quotes', `notify:\n  - { id: a, slack: 'https://hooks.slack.example/services/T0/SECRET' }`],
  ['escaped', String.raw`notify: [{ id: a, slack: "https:\/\/hooks.slack.example\/\x53ECRET" }]`],
  ['escaped all over', String.raw`notify: [{ id: a, slack: "\x68ttps://hooks.slack.example/\u0053ECRET" }]`],
  ['folded', 'notify:\n  - id: a\n    slack: >-\n      https://hooks.slack.example/SECRET\n    team: dach'],
  ['over two lines', 'notify: [{ id: a, slack: "https://hooks.slack.example/\\\n  SECRET" }]'],
  ['an anchor', 'x: &x https://hooks.slack.example/SECRET\nnotify: [{ id: a, slack: *x }]'],
  ['a query alone', 'notify: [{ id: a, webhook: "https://hooks.slack.example?sig=SECRET" }]'],
  ['a password', 'notify: [{ id: a, webhook: "https://me:SECRET@hooks.slack.example/x" }]'],
  ['a comment', '# was https://hooks.slack.example/services/SECRET\nnotify: []'],
  ['below lists without end', `x: ${'['.repeat(2000)}https://a.example/SECRET${']'.repeat(2000)}`],
  ['broken YAML', 'notify: [{ id: a, slack: "https://hooks.slack.example/SECRET"\nroute: - x'],
])('%s', (_, text) => {
  const shown = hideAddresses(text)
  expect(shown).not.toContain('SECRET')
  expect(JSON.stringify(readYaml('handoff.yaml', shown).root ?? shown)).not.toContain('SECRET')
  expect(shown).not.toMatch(/\\x53|\\u0053/)
})

test('what holds no address stays to the letter, and so does the rest of a file with one', () => {
  const text = `# who gets what\nrequire: [email] # "a/b"\nopening:\n  - text: |\n      1/2 //\n`
  expect(hideAddresses(text)).toBe(text)
  expect(
    hideAddresses(`${text}notify:\n  - id: a # ours\n    webhook: https://a.example/x\n    lead: true\n`),
  ).toBe(`${text}notify:\n  - id: a # ours\n    webhook: "https://a.example/…"\n    lead: true\n`)
})
