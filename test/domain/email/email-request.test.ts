import { describe, expect, test } from 'vitest'
import { type EmailRequest, emailRequestOf } from '../../../domain/model/email-request.ts'
import { leadId } from '../support/facts.ts'

const least: EmailRequest = { leadId, sendId: 's', email: 'welcome', recipient: 'lead' }

describe('an email request', () => {
  test.each<[string, EmailRequest]>([
    ['the least', least],
    [
      'for a sequence',
      {
        ...least,
        playbookVersion: 'v1',
        run: { sequence: 'interest', runId: 'r', step: 0, afterWait: false },
      },
    ],
    [
      'for a confirmation',
      { ...least, confirmation: { factId: 'f', form: 'x', purpose: 'p', language: 'de' } },
    ],
    ['for the owner', { ...least, recipient: 'owner', handoffId: 'lead-0001.1' }],
  ])('%s survives the bus', (_name, request) => {
    const { leadId, ...data } = request
    expect(emailRequestOf({ leadId, data: JSON.parse(JSON.stringify(data)) })).toEqual(request)
  })

  test.each([
    [null],
    [[]],
    [{ ...least, sendId: undefined }],
    [{ ...least, email: 1 }],
    [{ ...least, recipient: 'boss' }],
    [{ ...least, playbookVersion: 1 }],
    [{ ...least, handoffId: 1 }],
    [{ ...least, run: { sequence: 'interest', runId: 'r', step: '0', afterWait: false } }],
    [{ ...least, skipped: 'why not' }],
    [{ ...least, run: 'r' }],
    [{ ...least, confirmation: { factId: 'f', form: 'x', purpose: 'p' } }],
    [{ ...least, confirmation: 1 }],
  ])('%j is none', (value) => {
    expect(() => emailRequestOf({ leadId, data: value })).toThrow()
  })
})
