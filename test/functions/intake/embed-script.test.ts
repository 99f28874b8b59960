import { describe, expect, test } from 'vitest'
import type { Form } from '../../../domain/model/form.ts'
import type { PageFrame } from '../../../domain/page/page-layout.ts'
import { embedScript } from '../../../functions/intake/embed-script.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'

const nasty = '"><script>alert(1)</script>\'&'

const company = { name: 'Werk', address: 'Musterweg 1', imprint: 'https://www.example.com/imprint' }
const addresses = { action: 'https://forms.example.com/f/newsletter?lang=de' }
const german = { language: 'de', company }

describe('the embed script', () => {
  const form = { ...sampleForm, title: { de: nasty }, wording: { de: '</script>\u2028' } }
  const script = embedScript(form, german, addresses, 'stamp')

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
    expect(embedScript(tagged, german, addresses, 'stamp')).toContain(
      '"sources":{"campaign":{"parameter":"utm_campaign","longest":500}}',
    )
  })

  test('says what the form is for, and leaves its look to any rule of the page', () => {
    const titled = embedScript(sampleForm, { language: 'en', company }, addresses, 'stamp')
    expect(titled).toContain('\\u003ch2 class=\\"trichter-title\\">News from the workshop\\u003c/h2>')
    const { style } = JSON.parse(/\((\{"action".*\})\)\n$/.exec(titled)?.[1] ?? '{}')
    const selectors = String(style).match(/[^{}]+(?=\{)/g) ?? []
    expect(selectors.length).toBeGreaterThan(10)
    for (const selector of selectors) expect(selector).toMatch(/^:where\((\.trichter-form[^,]*,?)+\)$/)
  })

  test('posts to its own address', () => {
    expect(script).toContain('"action":"https://forms.example.com/f/newsletter?lang=de"')
  })

  const configOf = (given: Form, frame: PageFrame) =>
    JSON.parse(/\((\{"action".*\})\)\n$/.exec(embedScript(given, frame, addresses, 'stamp'))?.[1] ?? '{}')

  test('has the brand as the default of what the page may set', () => {
    const { style } = configOf(sampleForm, { ...german, brand: { accent: '#ffd400' } })
    expect(style).toContain('var(--trichter-accent, #ffd400)')
    expect(style).toContain('var(--trichter-on-accent, #000000)')
    expect(style).not.toContain('#0b5cad')
  })

  test("says the form's own thanks, with its heading and its link", () => {
    const thanks = {
      title: { de: 'Danke sehr' },
      text: { de: 'Wir rufen an.\nBald.' },
      link: { label: { de: 'Zum Leitfaden' }, address: 'https://www.example.com/guide' },
    }
    const { done } = configOf({ ...sampleForm, thanks }, german)
    expect(done.accepted).toBe(
      '<h2 class="trichter-title">Danke sehr</h2><p>Wir rufen an.</p><p>Bald.</p><p><a class="button" href="https://www.example.com/guide">Zum Leitfaden</a></p>',
    )
    expect(done.confirmation_sent).toContain('<p>Bald.</p>')
  })

  test('takes two columns where the form says so, and leaves wide fields whole', () => {
    const { markup } = configOf({ ...sampleForm, columns: 2 }, german)
    expect(markup).toContain('<div class="fields wide">')
    expect(configOf({ ...sampleForm, columns: 1 }, german).markup).toContain('<div class="fields">')
  })
})
