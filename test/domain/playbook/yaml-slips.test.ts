import { describe, expect, it, vi } from 'vitest'
import { parseEmail } from '../../../domain/playbook/parse-email.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { readYaml } from '../../../domain/playbook/yaml-file.ts'
import { changed } from './small-playbook.ts'

const told = (text: string): readonly string[] =>
  readYaml('f.yaml', text).faults.map(({ line, column, message }) => `${line}:${column}: ${message}`)

const colon = 'a text with a colon needs quotes'
const indented = 'this line is indented otherwise than those it belongs to'

describe('a slip in YAML is told once, at its place, in our own words', () => {
  it.each([
    ['title:\n  de: Ein Leitfaden: 12 Seiten\n  en: x\n', `2:7: ${colon}`],
    ['subject: Neu: sieben Morgen\n', `1:10: ${colon}`],
    ['- name: a: b # note\n', `1:9: ${colon}`],
    ['steps:\n  - email: a\n - wait: 3d\n', `3:1: ${indented}`],
    ['steps:\n  - wait: 3d\n    - email: x\n', `3:1: ${indented}`],
    ['steps:\n  - email: a\n\t- wait: 3d\n', '3:1: a line is indented with spaces: here is a tab'],
    ["a: 'how it's been.'\n", "1:4: the text ends at the second '"],
    ["when: 'did('x')'\n", "1:7: the text ends at the second '"],
    ['a: "so "called" text"\n', '1:4: the text ends at the second "'],
    [
      'subject: {{ lead.firstName | default: "Du" }}, guten Morgen\n',
      '1:10: a text that begins with { needs quotes',
    ],
    ['fields:\n  - { name: a, type: text\n  - { name: b }\n', '2:5: { is not closed: } is missing'],
    ['days: [mon, tue\nfrom: 1\n', '1:7: [ is not closed: ] is missing'],
    ['a: @x\n', '1:4: a text that begins with @ needs quotes'],
    ['a: *x\n', '1:1: a text that begins with * needs quotes'],
    ['a: 1\na: 2\n', '2:1: this key is repeated'],
  ])('%j', (text, message) => {
    expect(told(text)).toEqual([expect.stringContaining(message)])
  })

  it('each of two', () => {
    expect(told('a: x: y\nb: fine\nc: z: y\n')).toEqual([`1:4: ${colon}`, `3:4: ${colon}`])
  })

  it.each([
    'text: >-\n  Neu: hier, it\'s "so"\n  {{ x }}\nb: https://www.example.com\n',
    "a: 'it''s: fine'\nb: { c: 'x: y' } # a: b\n",
    'a: "x" # y: z\n',
  ])('and %j is none', (text) => {
    expect(told(text)).toEqual([])
  })

  it('and nothing is printed beside', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    readYaml('f.yaml', 'a: !unknown x\n? [b]\n: c\n')
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })
})

describe('what is to be written instead', () => {
  const faults = (file: string, from: string, to: string): readonly string[] =>
    parsePlaybook(changed(file, from, to)).faults.map(({ message }) => message)

  it.each([
    ['forms/newsletter.yaml', 'title: { de: Post, en: News }', 'title: { de: Null, en: News }', '"Null"'],
    [
      'forms/newsletter.yaml',
      'title: { de: Post, en: News }',
      'title: Post',
      'a text for each language, { de: …, en: … }',
    ],
    [
      'sequences/interest.yaml',
      '  - email: welcome\n  - wait',
      '  - email:welcome\n  - wait',
      'email: welcome',
    ],
    ['emails/confirm.en.mjml', 'kind: transactional\n', '', '"marketing" or "transactional"'],
    ['handoff.yaml', 'weight: 1 }', 'weight: 1, language: [de] }', 'one language tag'],
  ])('%s: %j', (file, from, to, message) => {
    const lines = faults(file, from, to)
    expect(lines.some((line) => line.includes(message))).toBe(true)
  })

  it('mistakes in MJML are told along with those of the front matter', () => {
    const { email, draft } = parseEmail('emails/a.en.mjml', '---\nsubject: x\n---\n<mjml></mjml>', 'a', {
      attributes: [],
    })
    expect(email).toBeUndefined()
    expect(draft?.mjml).toBe('<mjml></mjml>')
  })
})
