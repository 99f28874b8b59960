import { describe, expect, test } from 'vitest'
import { chooseLanguage, renderFormPage } from '../../../domain/form/form-page.ts'
import { honeypotField } from '../../../domain/form/submission.ts'
import { renderConfirmPage } from '../../../domain/page/message-pages.ts'
import { html } from '../../../domain/page/page-layout.ts'
import { sampleForm } from './sample-form.ts'

const company = { name: 'Müller & Söhne', address: 'Musterweg 1', imprint: 'https://www.example.com/imprint' }
const nasty = '"><script>alert(1)</script>\'&'

const page = (entry: Partial<Parameters<typeof renderFormPage>[2]> = {}, language = 'de') =>
  renderFormPage(
    sampleForm,
    { language, company },
    { submissionId: 's-1', stamp: 'stamp', entered: new Map(), errors: [], ...entry },
  )

describe('the language', () => {
  test.each([
    ['as asked for', { lang: 'en', acceptLanguage: 'de' }, 'en'],
    ['as the browser accepts', { acceptLanguage: 'fr, en-GB;q=0.8, de;q=0.5' }, 'en'],
    ['by weight, not by place', { acceptLanguage: 'en;q=0.1, de-AT;q=0.9' }, 'de'],
    ['not what is refused', { acceptLanguage: 'en;q=0, fr' }, 'de'],
    ['the first when nothing fits', { lang: 'xx', acceptLanguage: '*' }, 'de'],
    ['the first when nothing is said', {}, 'de'],
  ] as const)('%s', (_, wish, expected) => {
    expect(chooseLanguage(['de', 'en'], wish)).toBe(expected)
  })
})

describe('the form page', () => {
  test('has a label for every field that people see', () => {
    for (const { name, type } of sampleForm.fields)
      if (type !== 'hidden') {
        expect(page()).toContain(`<label for="field-${name}">`)
        expect(page()).toContain(`id="field-${name}" name="${name}"`)
      }
  })

  test('is in its language', () => {
    expect(page({}, 'en')).toMatch(/<html lang="en">[\s\S]*First name[\s\S]*Yes, I want news\./)
    expect(page()).toMatch(/<html lang="de">[\s\S]*Vorname[\s\S]*Ja, ich möchte/)
  })

  test('ties faults to their fields and lists them at the top', () => {
    const errors = [{ path: 'email', message: 'Falsch.' }]
    expect(page({ errors })).toContain('aria-invalid="true" aria-describedby="field-email-error"')
    expect(page({ errors })).toContain('<p class="error" id="field-email-error">Falsch.</p>')
    expect(page({ errors })).toContain('<li><a href="#field-email">E-Mail</a></li>')
    expect(page({ errors }).split('Falsch.')).toHaveLength(2)
    expect(page()).not.toContain('aria-invalid="true"')
  })

  test('shows again what was entered, escaped in every field', () => {
    const entered = new Map(sampleForm.fields.map(({ name }) => [name, nasty]))
    const shown = page({ entered, submissionId: nasty, errors: [{ path: 'email', message: nasty }] })
    expect(shown).not.toContain('<script')
    expect(shown.split('&quot;&gt;&lt;script&gt;').length).toBeGreaterThan(8)
    expect(
      page({
        entered: new Map([
          ['country', 'AT'],
          ['terms', 'on'],
        ]),
      }),
    ).toMatch(/value="AT" selected[\s\S]* checked/)
  })

  test('needs no script and carries the trap and the submission id', () => {
    expect(page()).not.toContain('<script')
    expect(page()).toContain('name="_id" value="s-1"')
    expect(page()).toContain(`name="${honeypotField}" tabindex="-1"`)
  })
})

test('the page behind the link of a confirmation has one button and shows the wording, escaped', () => {
  const shown = renderConfirmPage({ language: 'en', company }, [nasty])
  expect(shown.match(/<button/g)).toHaveLength(1)
  expect(shown).not.toContain('<script')
  expect(shown).toContain('Müller &amp; Söhne')
})

test('the template tag escapes all but markup', () => {
  expect(html`<a title="${nasty}">${html`<b>${1}</b>`}${[false, undefined, 'x<']}</a>`.text).toBe(
    '<a title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;"><b>1</b>x&lt;</a>',
  )
})
