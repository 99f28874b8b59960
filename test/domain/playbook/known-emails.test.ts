import { expect, test } from 'vitest'
import { noEmailsKnown } from '../../../domain/playbook/parse-email.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { readFolder } from '../../../lib/playbook/load-playbook.ts'

/** Few emails: what others refer to and lack is a fault like any other. */
const few = /^emails\/(?!_|welcome|confirm)/
const shipped = new Map([...(await readFolder('templates'))].filter(([file]) => !few.test(file)))
const email = 'emails/welcome.de.mjml'
const text = (file: string): string => shipped.get(file) ?? ''

/** What one may type into a draft, one after the other. */
const drafts: readonly (readonly [what: string, file: string, text: string | undefined])[] = [
  ['nothing', 'scoring.yaml', text('scoring.yaml')],
  ['an unknown variable', email, text(email).replace('</mjml>', '{{ lead.frstName }}</mjml>')],
  ['a fault in front', email, text(email).replace('kind:', 'knd:')],
  ['a variant', email, text(email).replace('subject:', 'variants: { b: { subject: B } }\nsubject:')],
  ['the layout', 'emails/_layout.mjml', text('emails/_layout.mjml').replace('{{ content }}', '')],
  ['no layout', 'emails/_layout.mjml', undefined],
  [
    'an attribute of a form',
    'forms/newsletter.yaml',
    text('forms/newsletter.yaml').replace('firstName', 'givenName'),
  ],
  ['the brand', 'settings.yaml', text('settings.yaml').replace(/accent: '[^']*'/, "accent: '#123456'")],
  ['an email less', email, undefined],
  ['nothing again', email, text(email)],
]

test('a playbook whose emails are known from the drafts before has the faults of one that is read anew', () => {
  const known = noEmailsKnown()
  for (const [what, file, changed] of drafts) {
    const files = new Map(shipped)
    if (changed === undefined) files.delete(file)
    else files.set(file, changed)
    const { faults, emails } = parsePlaybook(files, known)
    const anew = parsePlaybook(files)
    expect(faults, what).toEqual(anew.faults)
    expect(emails, what).toEqual(anew.emails)
  }
})

test('only what has changed is read again, and no more is kept than one playbook has', () => {
  const known = noEmailsKnown()
  const first = parsePlaybook(shipped, known).emails
  const files = new Map([...shipped, [email, text(email).replace('subject:', 'subject: "!" #')]])
  const second = parsePlaybook(files, known).emails
  const language = Object.keys(first.welcome ?? {}).find((one) => one !== 'de') ?? ''
  expect(second.welcome?.[language]).toBe(first.welcome?.[language])
  expect(second.welcome?.de).not.toEqual(first.welcome?.de)
  for (const variant of ['b', 'c', 'd']) {
    const varied = text(email).replace('subject:', `variants: { ${variant}: { subject: B } }\nsubject:`)
    parsePlaybook(new Map([...shipped, [email, varied]]), known)
  }
  expect([...(known.emails.get(email)?.variants.keys() ?? [])]).toEqual(['main', 'd'])
})
