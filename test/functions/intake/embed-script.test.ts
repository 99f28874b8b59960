import { describe, expect, test } from 'vitest'
import { embedScript } from '../../../functions/intake/embed-script.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'

const nasty = '"><script>alert(1)</script>\'&'

const company = { name: 'Werk', address: 'Musterweg 1', imprint: 'https://www.example.com/imprint' }
const german = { language: 'de', company }

describe('the embed script', () => {
  const form = { ...sampleForm, title: { de: nasty }, wording: { de: '</script>\u2028' } }
  const script = embedScript(form, german, 'https://forms.example.com/f/newsletter?lang=de', 'stamp')

  test('is a script on its own that cannot end the one it stands in', () => {
    expect(() => new Function(script)).not.toThrow()
    expect(script).not.toMatch(/<\/script|\u2028/)
  })

  test('fills hidden fields from the address of the page it stands in', () => {
    const hidden = {
      name: 'campaign',
      type: 'hidden',
      required: false,
      label: {},
      source: 'utm_campaign',
    } as const
    const tagged = { ...form, fields: [...form.fields.filter(({ type }) => type !== 'hidden'), hidden] }
    expect(embedScript(tagged, german, 'https://forms.example.com/f/newsletter?lang=de', 'stamp')).toContain(
      '"sources":{"campaign":{"parameter":"utm_campaign","longest":500}}',
    )
  })

  test('says what the form is for, and leaves its look to any rule of the page', () => {
    const titled = embedScript(
      sampleForm,
      { language: 'en', company },
      'https://forms.example.com/f/newsletter?lang=en',
      'stamp',
    )
    expect(titled).toContain('\\u003ch2 class=\\"trichter-title\\">News from the workshop\\u003c/h2>')
    const { style } = JSON.parse(/\((\{"action".*\})\)\n$/.exec(titled)?.[1] ?? '{}')
    const selectors = String(style).match(/[^{}]+(?=\{)/g) ?? []
    expect(selectors.length).toBeGreaterThan(10)
    for (const selector of selectors) expect(selector).toMatch(/^:where\((\.trichter-form[^,]*,?)+\)$/)
  })

  test('posts to its own address', () => {
    expect(script).toContain('"action":"https://forms.example.com/f/newsletter?lang=de"')
  })
})
