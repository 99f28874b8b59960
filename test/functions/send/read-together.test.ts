import { expect, test } from 'vitest'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, playbook, sendWorld, welcomeRequest } from './send-world.ts'

test('what an email is judged by is asked for at one moment, so that it shares a request', () => {
  const { ports } = sendWorld([])
  const asked: string[] = []
  const asking =
    (what: string) =>
    <Answer>(): Promise<Answer> => {
      asked.push(what)
      return new Promise(() => {})
    }
  void makeSendEmail({
    ...ports,
    leads: { ...ports.leads, load: asking('lead') },
    playbooks: { ...ports.playbooks, current: asking('live playbook') },
    sequences: { load: asking('sequence') },
    sendingStates: { load: asking('sending') },
    sends: { ...ports.sends, load: asking('send') },
  })(welcomeRequest, cause)
  expect(asked.toSorted()).toEqual(['lead', 'live playbook', 'send', 'sending', 'sequence'])
})

test('the emails that caps count, and those of earlier steps, are asked for with what stands against the address', async () => {
  const settings = { ...playbook.settings, caps: [{ emails: 2, per: 86_400_000 }] }
  const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })
  const { ports } = sendWorld([granted], undefined, { ...playbook, settings })
  const hourAgo = '2026-01-05T08:00:00.000Z'
  const places = [
    { sendId: `${leadId}:other:1:0`, at: hourAgo },
    // Caps look back a day, and settling may take another.
    { sendId: `${leadId}:old:1:0`, at: '2026-01-03T09:00:00.000Z' },
  ]
  await ports.places.commit(leadId, 0, { places, since: '' })
  const run = { sequence: 'interest', runId: `${leadId}:interest:1`, step: 2, afterWait: true }
  const request = { ...welcomeRequest, sendId: `${leadId}:interest:1:2`, run }
  const asked: string[] = []
  let answer = (): void => {}
  const waiting = new Promise<void>((resolve) => {
    answer = resolve
  })
  const sending = makeSendEmail({
    ...ports,
    suppressionOf: async () => {
      asked.push('suppression')
      await waiting
      return undefined
    },
    sends: {
      ...ports.sends,
      load: async (_, sendId) => {
        asked.push(sendId.slice(leadId.length + 1))
        if (sendId !== request.sendId) await waiting
        return undefined
      },
    },
  })(request, cause)
  await new Promise(setImmediate)
  expect(asked.toSorted()).toEqual([
    'interest:1:0',
    'interest:1:1',
    'interest:1:2',
    'other:1:0',
    'suppression',
  ])
  answer()
  await sending
  // Nothing is asked for again.
  expect(asked).toHaveLength(5)
  expect((await ports.places.load(leadId)).places.map(({ sendId }) => sendId)).toContain(request.sendId)
})
