import { describe, expect, test } from 'vitest'
import { embedScript } from '../../../functions/intake/embed-script.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'

const nasty = '"><script>alert(1)</script>\'&'

describe('the embed script', () => {
  const form = { ...sampleForm, title: { de: nasty }, wording: { de: '</script>\u2028' } }
  const script = embedScript(form, 'de', 'https://forms.example.com/f/newsletter?lang=de')

  test('is a script on its own that cannot end the one it stands in', () => {
    expect(() => new Function(script)).not.toThrow()
    expect(script).not.toMatch(/<\/script|\u2028/)
  })

  test('posts to its own address', () => {
    expect(script).toContain('"action":"https://forms.example.com/f/newsletter?lang=de"')
  })
})
