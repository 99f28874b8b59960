import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeSendTags, encodeSendTags, type SendTags } from '../../../domain/email/email-outcome.ts'
import { runs } from '../../support/runs.ts'

const asSesReports = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, [value]]))

describe('send tags', () => {
  test('ids of runs stay readable', () => {
    const tags = encodeSendTags({
      sendId: 'lead-1:interest:1:0',
      leadId: 'lead-1',
      email: 'case-study',
      recipient: 'lead',
    })
    expect(tags).toEqual({
      sendId: 'lead-1@interest@1@0',
      leadId: 'lead-1',
      email: 'case-study',
      recipient: 'lead',
    })
  })

  test('whatever the ids hold, SES accepts them and they come back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 128 })
    const anyTags: fc.Arbitrary<SendTags> = fc.record({
      sendId: text,
      leadId: text,
      email: text,
      recipient: fc.constantFrom('lead', 'owner'),
    })
    fc.assert(
      fc.property(anyTags, (tags) => {
        const encoded = encodeSendTags(tags)
        for (const [name, value] of Object.entries(encoded)) {
          expect(name).toMatch(/^[A-Za-z0-9_-]{1,256}$/)
          expect(value).toMatch(/^[A-Za-z0-9_.@-]{1,256}$/)
        }
        expect(decodeSendTags(asSesReports(encoded))).toEqual(tags)
      }),
      { numRuns: runs(500) },
    )
  })

  test.each([
    ['nothing', undefined],
    ['tags of somebody else', { 'ses:source-ip': ['127.0.0.1'] }],
    ['a torn escape', { sendId: ['a_9'], leadId: ['l'], email: ['e'], recipient: ['lead'] }],
    ['an unknown recipient', { sendId: ['a'], leadId: ['l'], email: ['e'], recipient: ['boss'] }],
  ])('%s is not ours', (_name, tags) => {
    expect(decodeSendTags(tags)).toBeUndefined()
  })
})
