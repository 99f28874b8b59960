import { describe, expect, test } from 'vitest'
import { countersMoved } from '../../../domain/sending/email-figures.ts'
import { makeRetryEmail } from '../../../functions/send/hold-email.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { type OutgoingEmail, Throttled } from '../../../functions/send-ports.ts'
import { fact } from '../../domain/support/facts.ts'
import { cause, playbook, sendWorld, start, welcomeRequest } from './send-world.ts'

const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })
const { leadId, sendId } = welcomeRequest
const minute = 60_000
/** As the queue's `maxReceiveCount` and visibility timeout have it. */
const [mostDeliveries, betweenDeliveries] = [10, 3 * minute]
const afternoon = { days: ['mon'], from: '14:00', to: '20:00' } as const

/** Where a sender dies. */
type Death = 'before SES has it' | 'after SES has it' | 'after it is settled'

interface Message {
  readonly take: () => Promise<void>
  readonly at: number
  readonly deliveries: number
}

/** The queue, the schedules and the dead letters around a sender that dies as often as `deaths` says. */
const play = async (deaths: number, where: Death, settings: Partial<typeof playbook.settings>) => {
  const world = sendWorld([granted], undefined, {
    ...playbook,
    settings: { ...playbook.settings, ...settings },
  })
  const { ports } = world
  let left = deaths
  const dying = async <Answer>(at: Death, work: () => Promise<Answer>): Promise<Answer> => {
    if (where === 'before SES has it' && at === where && left-- > 0) throw new Error('died')
    const answer = await work()
    if (where !== 'before SES has it' && at === where && left-- > 0) throw new Error('died')
    return answer
  }
  const sendEmail = makeSendEmail({
    ...ports,
    mailer: {
      send: (email) =>
        dying('before SES has it', () =>
          dying('after SES has it', async () => {
            const answer = await ports.mailer.send(email)
            // SES reports it.
            await world.sends.settle(leadId, sendId, { status: 'sent', at: world.times.now })
            return answer
          }),
        ),
    },
    sends: {
      ...ports.sends,
      settle: (...given) => dying('after it is settled', () => ports.sends.settle(...given)),
    },
  })
  const wakeEmail = makeRetryEmail({ ...ports, sendEmail })
  const queue: Message[] = [
    { take: () => sendEmail(welcomeRequest, cause), at: Date.parse(start), deliveries: 0 },
  ]
  let dead = 0
  for (;;) {
    for (let timer = world.timers.take(); timer; timer = world.timers.take()) {
      const fired = { leadId, sendId, until: String(timer.message.until) }
      queue.push({ take: () => wakeEmail(fired), at: Date.parse(timer.at), deliveries: 0 })
    }
    const message = queue.sort((a, b) => a.at - b.at).shift()
    if (!message) return { ...world, dead }
    const deliveries = message.deliveries + 1
    world.times.now = new Date(message.at).toISOString()
    await message.take().catch(() => {
      if (deliveries === mostDeliveries) dead += 1
      else queue.push({ ...message, at: message.at + betweenDeliveries, deliveries })
    })
  }
}

test.each([
  ['before SES has it', 1, {}],
  ['before SES has it', 2, {}],
  ['before SES has it', 9, {}],
  ['before SES has it', 1, { sending: afternoon }],
  ['before SES has it', 2, { sending: afternoon }],
  ['after SES has it', 1, {}],
  ['after SES has it', 1, { sending: afternoon }],
  ['after it is settled', 1, {}],
  ['after it is settled', 1, { sending: afternoon }],
] as const)(
  'a sender that dies %s (%i times, %j): sent once in the end, and told',
  async (where, deaths, settings) => {
    const world = await play(deaths, where, settings)
    expect(world.dead).toBe(0)
    expect(world.outgoing).toHaveLength(1)
    const consent = { purpose: 'newsletter', factId: granted.id }
    expect(world.sends.items.get(sendId)).toMatchObject({ status: 'sent', language: 'de', consent })
    expect(world.published.has(`${sendId}:sent`)).toBe(true)
  },
)

test('an email that every sender dies over ends in the dead letters', async () => {
  const world = await play(1_000, 'before SES has it', {})
  expect(world.dead).toBe(1)
  expect(world.outgoing).toEqual([])
})

describe('an email that may have gone out twice', () => {
  /** Taken, and taken again until it is settled; the mail service does as `answers` say, one after the other. */
  const takeUntilSent = async (...answers: readonly ('dies' | 'dies unheard' | 'throttles')[]) => {
    const world = sendWorld([granted])
    const lines: unknown[] = []
    const left = [...answers]
    const ports = {
      ...world.ports,
      warn: (...line: readonly unknown[]) => lines.push(line),
      mailer: {
        send: async (email: OutgoingEmail) => {
          const answer = left.shift()
          if (answer === 'throttles') throw new Throttled('too many')
          if (answer !== 'dies unheard') await world.ports.mailer.send(email)
          if (answer !== undefined) throw new Error('died')
          return { type: 'accepted', messageId: 'last' } as const
        },
      },
    }
    const sendEmail = makeSendEmail(ports)
    for (let count = 0; count <= answers.length; count += 1) {
      await sendEmail(welcomeRequest, cause).catch(() => undefined)
      // Longer than a lease, as SES has told nothing.
      world.times.now = new Date(Date.parse(world.times.now) + 20 * minute).toISOString()
    }
    const send = world.sends.items.get(sendId)
    expect(send?.status).toBe('sent')
    return { lines, send, copies: world.outgoing.length }
  }
  const line = ['email sent again', { sendId }]

  test.each([
    ['once', ['dies'], 2, 1],
    ['twice', ['dies', 'dies'], 3, 2],
    ['before SES had it, which nobody can tell', ['dies unheard'], 1, 1],
  ] as const)(
    'as its sender died %s is one line of the log, and marked',
    async (_name, answers, copies, lapses) => {
      const taken = await takeUntilSent(...answers)
      expect(taken).toMatchObject({ lines: [line], copies, send: { lapses } })
      expect(countersMoved(undefined, taken.send)).toEqual({ sent: 1, sentAgain: 1 })
    },
  )

  test.each([[[]], [['throttles']]] as const)(
    'is none that SES has certainly not taken before: %j',
    async (answers) => {
      const taken = await takeUntilSent(...answers)
      expect(taken).toMatchObject({ lines: [], copies: 1 })
      expect(countersMoved(undefined, taken.send)).toEqual({ sent: 1 })
    },
  )

  test('is none that SES reported before its lease was over', async () => {
    const world = await play(1, 'after SES has it', {})
    expect(world.warnings).toEqual([])
    expect(countersMoved(undefined, world.sends.items.get(sendId))).toEqual({ sent: 1 })
  })
})
