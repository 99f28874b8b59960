import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderFormPage } from '../../../domain/form/form-page.ts'
import { renderConfirmPage, renderUnsubscribedPage } from '../../../domain/page/message-pages.ts'
import { contrast, frameOf, pageStyle, readableOn, textOn } from '../../../domain/page/page-layout.ts'
import { contentSecurityPolicy } from '../../../functions/http/http-message.ts'
import { sampleForm } from '../form/sample-form.ts'

const colour = fc
  .integer({ min: 0, max: 0xff_ff_ff })
  .map((value) => `#${value.toString(16).padStart(6, '0')}`)
const company = {
  name: 'Werk',
  address: 'Musterweg 1',
  imprint: 'https://www.example.com/imprint',
  privacy: { de: 'https://www.example.com/datenschutz', en: 'https://www.example.com/privacy' },
}

test('whatever the colours, what stands on them can be read', () => {
  fc.assert(
    fc.property(colour, colour, (one, ground) => {
      expect(contrast(textOn(one), one)).toBeGreaterThanOrEqual(4.5)
      expect(contrast(readableOn(one, ground), ground)).toBeGreaterThanOrEqual(4.5)
    }),
  )
})

test('a colour that can be read stays as it is', () => {
  expect(readableOn('#0b5cad', '#ffffff')).toBe('#0b5cad')
})

test('of black and white the contrast is 21', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
})

test('whatever the brand, every pair of colours of a page can be read in both schemes', () => {
  fc.assert(
    fc.property(colour, colour, (accent, background) => {
      const [light = '', dark = ''] = pageStyle({ accent, background }).split(
        '@media (prefers-color-scheme:dark)',
      )
      for (const block of [light, dark]) {
        const of = (name: string) => new RegExp(`--${name}:(#[0-9a-f]{3,6})`, 'i').exec(block)?.[1] ?? ''
        expect(contrast(of('on-accent'), of('accent'))).toBeGreaterThanOrEqual(4.5)
        expect(contrast(of('link'), of('paper'))).toBeGreaterThanOrEqual(4.5)
        expect(contrast(of('on-ground'), of('ground'))).toBeGreaterThanOrEqual(4.5)
        for (const text of ['ink', 'soft', 'bad'])
          expect(contrast(of(text), of('paper'))).toBeGreaterThanOrEqual(4.5)
        expect(contrast(of('bad'), of('bad-ground'))).toBeGreaterThanOrEqual(4.5)
      }
    }),
  )
})

describe('every page', () => {
  const settings = {
    company,
    brand: { logo: 'https://cdn.example.com/logo.png', accent: '#0e6157', font: 'serif' },
  }
  const entry = { submissionId: 's', stamp: 't', entered: new Map(), errors: [] }
  const pagesIn = (language: string, tone?: 'du') => {
    const frame = frameOf({ ...settings, ...(tone && { tone }) }, language)
    return [
      renderFormPage(sampleForm, frame, entry),
      renderConfirmPage(frame, ['Ja.']),
      renderUnsubscribedPage(frame),
    ]
  }

  test('carries the logo, the colours and the privacy policy of its language', () => {
    for (const page of pagesIn('de')) {
      expect(page).toContain('<img class="logo" src="https://cdn.example.com/logo.png" alt="Werk">')
      expect(page).toContain('--accent:#0e6157')
      expect(page).toMatch(/<footer>.*<a href="https:\/\/www\.example\.com\/datenschutz">Datenschutz<\/a>/)
    }
    for (const page of pagesIn('en')) expect(page).toMatch(/<footer>.*\/privacy">Privacy<\/a>/)
  })

  test('may load the logo and nothing else', () => {
    expect(contentSecurityPolicy(settings.brand, [])).toContain('img-src https://cdn.example.com;')
    expect(contentSecurityPolicy({}, [])).not.toContain('img-src')
    expect(contentSecurityPolicy(settings.brand, [])).not.toBe(contentSecurityPolicy({}, []))
  })

  test('says du where the settings do, and Sie otherwise', () => {
    for (const page of pagesIn('de', 'du')) expect(page).not.toMatch(/\b(Sie|Ihre?n?)\b/)
    expect(pagesIn('de').join()).toMatch(/\bSie\b/)
  })
})

test('the privacy policy stands beside the wording; a form may have its own', () => {
  const page = renderFormPage(
    { ...sampleForm, privacy: 'https://www.example.com/own' },
    frameOf({ company }, 'de'),
    { submissionId: 's', stamp: 't', entered: new Map(), errors: [] },
  )
  expect(page.match(/href="https:\/\/www\.example\.com\/own"/g)).toHaveLength(2)
})
