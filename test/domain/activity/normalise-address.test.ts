import { expect, test } from 'vitest'
import { parseAddress } from '../../../domain/activity/subject.ts'

test.each([
  ['ada@example.com', 'ada@example.com'],
  ['  Ada.Lovelace+News@Example.COM ', 'ada.lovelace+news@example.com'],
  ["o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"],
  ['info@müller.de', 'info@xn--mller-kva.de'],
  [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
])('%s is the address %s', (text, address) => {
  expect(parseAddress(text)).toBe(address)
})

test.each([
  [''],
  ['ada'],
  ['ada@'],
  ['@example.com'],
  ['ada@example'],
  ['ada@@example.com'],
  ['a b@example.com'],
  ['.ada@example.com'],
  ['ada.@example.com'],
  ['a..b@example.com'],
  ['ada@-example.com'],
  ['ada@example..com'],
  ['ada@127.0.0.1'],
  ['ada@[127.0.0.1]'],
  ['ada@example.com\nBcc: eve@example.com'],
  ['ada@example.com\n'],
  ['ada\u0000@example.com'],
  ['ada@exa mple.com'],
  ['ada@example.com,eve@example.com'],
  ['Ada <ada@example.com>'],
  ['ädä@example.com'],
  ['ada@example.com/x'],
  ['ada@müller.de/x'],
  [`${'a'.repeat(65)}@example.com`],
  [`ada@${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.com`],
  [7],
  [undefined],
])('%j is none', (text) => {
  expect(parseAddress(text)).toBeUndefined()
})
