import { expect, test } from 'vitest'
import { listHeaders } from '../../../domain/email/render-email.ts'

const link = 'https://t.example.com/u/token'

test('a reader leaves by one click, and by mail where the settings name a mailbox', () => {
  expect(listHeaders(link)).toEqual({
    'List-Unsubscribe': `<${link}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  })
  expect(listHeaders(link, 'leave+list@mail.example.com')['List-Unsubscribe']).toBe(
    `<${link}>, <mailto:leave%2Blist@mail.example.com?subject=unsubscribe>`,
  )
})
