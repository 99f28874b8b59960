import { describe, expect, it } from 'vitest'
import { parseEmail } from '../../../domain/playbook/parse-email.ts'

const file = 'emails/hello.en.mjml'
const email = (head: string, body: string) =>
  parseEmail(file, `---\n${head}\n---\n${body}`, 'hello', { attributes: ['firstName'] })

describe('an email', () => {
  it('is its front matter and its body', () => {
    const { email: parsed, faults } = email(
      'subject: Hi\npreheader: Ho\nkind: transactional',
      '<mjml>\n</mjml>\n',
    )
    expect(faults).toEqual([])
    expect(parsed).toMatchObject({
      file,
      subject: 'Hi',
      preheader: 'Ho',
      kind: 'transactional',
      mjml: '<mjml>\n</mjml>\n',
      bodyLine: 6,
    })
  })

  it('may have line ends of Windows', () => {
    const text = '---\r\nsubject: Hi\r\npreheader: Ho\r\nkind: transactional\r\n---\r\n<mjml>{{ x }}</mjml>'
    const { email: parsed, faults } = parseEmail(file, text, 'hello', { attributes: [] })
    expect(parsed?.bodyLine).toBe(6)
    expect(faults.map(({ line, column }) => [line, column])).toEqual([[6, 10]])
  })

  it.each([
    '',
    '<mjml></mjml>',
    'subject: x\n---\n',
    '---\nsubject: x\n<mjml></mjml>',
    '\n---\nsubject: x\n---\n',
  ])('is none without front matter: %j', (text) => {
    const { email: parsed, faults } = parseEmail(file, text, 'hello', { attributes: [] })
    expect(parsed).toBeUndefined()
    expect(faults).toMatchObject([{ line: 1, column: 1, severity: 'error' }])
  })

  it.each([
    '{{ links.unsubscribe }}',
    '{{links.unsubscribe}}',
    '{{- links.unsubscribe -}}',
    '{{ links["unsubscribe"] }}',
  ])('of marketing has %s', (link) => {
    expect(email('subject: Hi\npreheader: Ho\nkind: marketing', `<mjml>${link}</mjml>`).faults).toEqual([])
  })

  it.each(['links.unsubscribe', '{{ links.preferences }}', '<!-- -->'])(
    'of marketing is not content with %s',
    (link) => {
      expect(
        email('subject: Hi\npreheader: Ho\nkind: marketing', `<mjml>${link}</mjml>`).faults,
      ).toMatchObject([
        { line: 4, column: 7, message: 'a marketing email must have a link to {{ links.unsubscribe }}' },
      ])
    },
  )

  it('has its subject on one line', () => {
    expect(
      email('subject: "Hi\\r\\nBcc: x@example.com"\npreheader: Ho\nkind: transactional', '').faults,
    ).toMatchObject([{ line: 2, column: 10, message: 'must be a single line' }])
  })
})
