import { expect, test } from 'vitest'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { cause, sendWorld, welcomeRequest } from './send-world.ts'

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
