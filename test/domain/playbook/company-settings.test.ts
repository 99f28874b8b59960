import { describe, expect, test } from 'vitest'
import { companyVariables } from '../../../domain/email/email-variables.ts'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { smallPlaybook } from './small-playbook.ts'

const withSettings = (more: string, privacy = '') => {
  const files = new Map(smallPlaybook())
  const settings = files.get('settings.yaml') ?? ''
  files.set('settings.yaml', `${settings.replace(/^company: \{/m, `company: { ${privacy}`)}${more}\n`)
  return parsePlaybook(files)
}
const told = (more: string, privacy = '') => withSettings(more, privacy).faults.map(faultLine)
const hour = 3_600_000

test('brand, privacy policy and the deadlines of double opt-in are read', () => {
  const { playbook, faults } = withSettings(
    `brand: { logo: 'https://www.example.com/logo.png', accent: '#0e6157', background: '#F1F0EB', font: serif }
doubleOptIn: { reminder: false, expires: 14d }`,
    'privacy: { de: https://www.example.com/datenschutz, en: https://www.example.com/privacy },',
  )
  expect(faults).toEqual([])
  expect(playbook?.settings).toMatchObject({
    company: {
      privacy: { de: 'https://www.example.com/datenschutz', en: 'https://www.example.com/privacy' },
    },
    brand: {
      logo: 'https://www.example.com/logo.png',
      accent: '#0e6157',
      background: '#F1F0EB',
      font: 'serif',
    },
    doubleOptIn: { reminder: false, expires: 336 * hour },
  })
})

test.each([
  ['brand: { accent: teal }', /a colour is # and six digits/],
  ["brand: { accent: '#fff;}body{display:none' }", /a colour is # and six digits/],
  ["brand: { font: 'x;}body{display:none' }", /a font is sans, serif, rounded, mono/],
  ["brand: { font: 'url(https://evil.example)' }", /a font is sans/],
  ["brand: { logo: 'http://www.example.com/logo.png' }", /must be an https:\/\/ address/],
  ["brand: { logo: 'javascript:alert(1)' }", /must be an https:\/\/ address/],
  ["brand: { color: '#0e6157' }", /unknown key "color"/],
  ['doubleOptIn: { reminder: true }', /false, or a duration such as 3d/],
  ['doubleOptIn: { reminder: 30d, expires: 14d }', /"reminder" must come before "expires"/],
  ['doubleOptIn: { expires: soon }', /a duration is a whole number/],
])('%s', (more, message) => {
  expect(told(more)).toEqual([expect.stringMatching(message)])
})

test.each(['http://www.example.com/datenschutz', 'javascript:alert(1)', 'www.example.com/datenschutz'])(
  'no privacy policy at %s',
  (address) => {
    expect(told('', `privacy: '${address}',`)).toEqual([
      expect.stringMatching(/must be an https:\/\/ address/),
    ])
  },
)

describe('company.privacy in emails', () => {
  const company = { name: 'A', address: 'B', imprint: 'https://c.example' }
  const settings = withSettings('').playbook?.settings
  const privacyIn = (language: string, privacy?: string | Record<string, string>) =>
    settings &&
    companyVariables({ ...settings, company: { ...company, ...(privacy && { privacy }) } }, language).privacy

  test('is the address of its language, else the one there is', () => {
    expect(privacyIn('de', { de: 'https://c.example/de', en: 'https://c.example/en' })).toBe(
      'https://c.example/de',
    )
    expect(privacyIn('en-GB', { de: 'https://c.example/de', en: 'https://c.example/en' })).toBe(
      'https://c.example/en',
    )
    expect(privacyIn('fr', { de: 'https://c.example/de' })).toBe('https://c.example/de')
    expect(privacyIn('fr', 'https://c.example/all')).toBe('https://c.example/all')
    expect(privacyIn('de')).toBe(false)
  })
})
