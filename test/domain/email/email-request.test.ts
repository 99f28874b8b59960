import { describe, expect, test } from 'vitest'
import { type EmailRequest, emailRequestData, parseEmailRequest } from '../../../domain/model/decision.ts'
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
    expect(parseEmailRequest(JSON.parse(JSON.stringify(emailRequestData(request))))).toEqual(request)
  })

  test.each([
    [null],
    [[]],
    [{ ...least, leadId: 'no' }],
    [{ ...least, sendId: undefined }],
    [{ ...least, email: 1 }],
    [{ ...least, recipient: 'boss' }],
    [{ ...least, playbookVersion: 1 }],
    [{ ...least, handoffId: 1 }],
    [{ ...least, run: { sequence: 'interest', runId: 'r', step: '0', afterWait: false } }],
    [{ ...least, run: 'r' }],
    [{ ...least, confirmation: { factId: 'f', form: 'x', purpose: 'p' } }],
    [{ ...least, confirmation: 1 }],
  ])('%j is none', (value) => {
    expect(parseEmailRequest(value)).toBeUndefined()
  })
})
