import { expect, test } from 'vitest'
import { neutralText } from '../../../domain/email/email-variables.ts'

test.each([
  ['https://evil.example/login', 'https[:]//evil[.]example/login'],
  ['Ihr Konto ist gesperrt! www.evil.example', 'Ihr Konto ist gesperrt! www[.]evil[.]example'],
  ['win@evil.example', 'win[@]evil[.]example'],
  ['tel:+4990012345', 'tel[:]+4990012345'],
  ['mailto:x', 'mailto[:]x'],
  ['192.168.0.1/x', '192[.]168[.]0[.]1/x'],
  ['localhost:8080', 'localhost[:]8080'],
  ['evil\u200b.example', 'evil[.]example'],
  ['bücher.example', 'bücher[.]example'],
  ['evil。example', 'evil[。]example'],
])('%j leads nowhere by a click', (text, shown) => {
  expect(neutralText(text)).toBe(shown)
})

test.each([
  'Kern & Sohn',
  '+49 (0)30 23125-000',
  'um 10:30 Uhr, 2,5 bar',
  'Halle 1\nHalle 2.',
  'J. R. R.',
  '1.000',
])('%j is as it was', (text) => {
  expect(neutralText(text)).toBe(text)
})
