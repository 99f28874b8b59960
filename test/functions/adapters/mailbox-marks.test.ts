import { expect, test } from 'vitest'
import { mailboxMarks } from '../../../functions/adapters/dynamo-sending.ts'
import { parseLinkKeys, rotatedLinkKeys } from '../../../functions/adapters/link-keys.ts'

const first = 'a first secret of at least thirty-two characters'
const second = 'a second secret of at least thirty-two characters'

test('a mark is of one mailbox, says nothing of it, and outlives a rotation', () => {
  const before = mailboxMarks(() => parseLinkKeys(first))
  const after = mailboxMarks(() => parseLinkKeys(rotatedLinkKeys(first, second)))
  const mark = before.mark('anna@example.com')
  expect(mark).not.toContain('anna')
  for (const marks of [before, after]) {
    expect(marks.isMarkOf(mark, 'anna@example.com')).toBe(true)
    expect(marks.isMarkOf(mark, 'ben@example.com')).toBe(false)
    for (const other of ['', 'forged', `2.${mark.slice(2)}`])
      expect(marks.isMarkOf(other, 'anna@example.com')).toBe(false)
  }
  expect(after.mark('anna@example.com')).not.toBe(mark)
})
