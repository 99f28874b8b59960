import { appendFileSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Inbox, type InboxMail } from '../../../local/services/inbox.ts'

const fileFor = (name: string) => join(mkdtempSync(join(tmpdir(), 'inbox-')), `${name}.jsonl`)

function mail(messageId: string, to: readonly string[] = ['Ada <ada@example.org>']): InboxMail {
  return {
    messageId,
    at: '2026-01-01T00:00:00.000Z',
    from: 'us@example.org',
    to,
    subject: `Grüße – ${messageId}`,
    html: `<p>${'line\n'.repeat(50)}✓</p>`,
    text: 'line\u2028end',
    headers: { 'List-Unsubscribe': '<https://example.org>' },
    tags: { lead: 'l1' },
  }
}

function filled(file: string | undefined): Inbox {
  const inbox = new Inbox(file)
  const mails = [mail('1'), mail('2', ['bob@example.org', 'ADA@example.org']), mail('3', ['bob@example.org'])]
  for (const one of mails) inbox.add({ mail: one, configurationSet: 'set' })
  return inbox
}

const ids = (mails: Iterable<InboxMail>) => [...mails].map(({ messageId }) => messageId)

describe.each([
  ['in a file', () => fileFor('mails')],
  ['in memory', () => undefined],
])('%s', (_, place) => {
  it('gives back every email whole, by recipient too', () => {
    const inbox = filled(place())
    expect([...inbox.list()][0]).toEqual(mail('1'))
    expect(ids(inbox.list())).toEqual(['1', '2', '3'])
    expect(ids(inbox.list('ada@EXAMPLE.org'))).toEqual(['1', '2'])
    expect(ids(inbox.list('eve@example.org'))).toEqual([])
  })

  it('ends a list where it is emptied meanwhile, and takes up new emails', () => {
    const inbox = filled(place())
    const list = inbox.list()
    expect(list.next().value).toEqual(mail('1'))
    inbox.clear()
    inbox.add({ mail: mail('4'), configurationSet: undefined })
    expect(ids(list)).toEqual([])
    expect(ids(inbox.list('ada@example.org'))).toEqual(['4'])
  })
})

describe('after a restart', () => {
  it('has the same emails, and knows which were not published', () => {
    const file = fileFor('again')
    filled(file).published('2')
    const again = new Inbox(file)
    expect([...again.list('bob@example.org')]).toEqual([
      mail('2', ['bob@example.org', 'ADA@example.org']),
      mail('3', ['bob@example.org']),
    ])
    expect(again.unpublished().map(({ mail: { messageId } }) => messageId)).toEqual(['1', '3'])
  })

  it('still publishes what was emptied before, and shows it no more', () => {
    const file = fileFor('emptied')
    const first = filled(file)
    first.published('1')
    first.clear()
    first.add({ mail: mail('4'), configurationSet: 'set' })
    const again = new Inbox(file)
    expect(ids(again.list())).toEqual(['4'])
    expect(again.unpublished()).toHaveLength(3)
  })

  it('loses nothing to a line that a crash cut off', () => {
    const file = fileFor('cut')
    filled(file)
    appendFileSync(file, '{"mail":{"messageId":"cut"')
    new Inbox(file).add({ mail: mail('4'), configurationSet: 'set' })
    expect(ids(new Inbox(file).list())).toEqual(['1', '2', '3', '4'])
  })
})
