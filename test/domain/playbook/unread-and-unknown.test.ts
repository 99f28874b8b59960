import { describe, expect, it } from 'vitest'
import { largestPlaybook } from '../../../domain/model/playbook.ts'
import { parsePlaybook, sizeFaults } from '../../../domain/playbook/parse-playbook.ts'
import { changed, smallPlaybook } from './small-playbook.ts'

const told = (files: ReadonlyMap<string, string>): readonly string[] =>
  parsePlaybook(files).faults.map(
    ({ file, line, column, severity, message }) => `${file}:${line}:${column}: ${severity}: ${message}`,
  )

describe('files that are not read as they are meant', () => {
  it('have lost letters where they are not UTF-8', () => {
    const text = (smallPlaybook().get('emails/welcome.de.mjml') ?? '').replace('Good to', 'Sch\uFFFDn')
    expect(told(smallPlaybook({ 'emails/welcome.de.mjml': text }))).toEqual([
      'emails/welcome.de.mjml:3:15: error: invalid character: save the file as UTF-8',
    ])
  })

  it.each([
    ['emails/promo.de.html', 'an email is MJML'],
    ['forms/notes.txt', 'only *.yaml is read here'],
  ])('are told: %s', (file, message) => {
    expect(told(smallPlaybook({ [file]: 'x' }))).toEqual([
      expect.stringMatching(new RegExp(`^${file}:1:1: warning: not read: .*${message.replace('*', '\\*')}`)),
    ])
  })

  it('are no matter where programs put them', () => {
    expect(told(smallPlaybook({ 'emails/.DS_Store': 'x', 'emails/welcome.de.mjml~': 'x' }))).toEqual([])
  })
})

describe('a date', () => {
  const asking = (type: string): ReadonlyMap<string, string> => {
    const form = smallPlaybook().get('forms/newsletter.yaml') ?? ''
    const email = smallPlaybook().get('emails/welcome.de.mjml') ?? ''
    return smallPlaybook({
      'forms/newsletter.yaml': form.replace(
        'fields:',
        `fields:\n  - { name: startsOn, type: ${type}, label: { de: Beginn, en: Start } }`,
      ),
      'emails/welcome.de.mjml': email.replace(
        /subject: .*/,
        `subject: 'Am {{ lead.startsOn | default: "" }}'`,
      ),
    })
  }

  it('of a form is told where a subject writes it as it is kept', () => {
    expect(told(asking('date'))).toEqual([
      'emails/welcome.de.mjml:2:22: warning: "startsOn" is a date and would be read as 2026-12-31: write {{ lead.startsOn | date: "%-d. %B %Y" }}',
    ])
    expect(told(asking('text'))).toEqual([])
  })
})

describe('an activity type of the playbook’s own', () => {
  const form = (type: string) =>
    changed('forms/newsletter.yaml', 'activity: newsletter.subscribed', `activity: ${type}`)
  const scored = (files: Map<string, string>, type: string): Map<string, string> =>
    files.set(
      'scoring.yaml',
      (files.get('scoring.yaml') ?? '').replace(
        'engagement:',
        `engagement:\n${['a', 'b', 'c', 'd'].map((id) => `  - { id: ${id}, on: ${type}, points: 1 }`).join('\n')}`,
      ),
    )

  it('is meant where the rest goes by it, however near it is to another', () => {
    expect(told(scored(form('quotes.requested'), 'quotes.requested'))).toEqual([])
  })

  it.each(['trial', 'Trial.Booked', 'trial.bookd'])(
    'is told once where the form misspells it: %s',
    (type) => {
      const lines = told(scored(form(type), 'trial.booked'))
      expect(lines).toEqual([expect.stringContaining('forms/newsletter.yaml')])
    },
  )
})

it('a playbook that cannot be kept is refused, with what publishing says', () => {
  expect(sizeFaults({ playbook: largestPlaybook, files: 1 })).toEqual([])
  expect(sizeFaults({ playbook: largestPlaybook + 1, files: 1 })).toEqual([
    expect.objectContaining({
      severity: 'error',
      message: 'the compiled emails are too large: the limit is 390 KB when compressed',
    }),
  ])
})
