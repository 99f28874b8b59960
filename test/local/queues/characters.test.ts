import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import { Guard } from '../../../local/access/guard.ts'
import { VirtualClock } from '../../../local/clock.ts'
import { Deliveries } from '../../../local/deliveries.ts'
import { QueueEngine } from '../../../local/engines/queue-engine.ts'
import { EventBuses } from '../../../local/events/event-bus.ts'
import { Faults } from '../../../local/gateway/faults.ts'
import { Counts } from '../../../local/gateway/gateway.ts'

const account = { account: '000000000000', region: 'eu-central-1' }
const arn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`
const url = (name: string) => `http://localhost/000000000000/${name}`

let engine: QueueEngine
beforeEach(async () => {
  engine = await QueueEngine.start(new VirtualClock(), undefined)
  for (const name of ['work', 'dead']) engine.ensureQueue(name, url(name), arn(name), {})
})

const bodies = (name: string) =>
  (engine.byArn(arn(name))?.inspectMessages().ready ?? []).map(({ body }) => body)
const send = (MessageBody: string, more: object = {}) =>
  engine.call('SendMessage', { QueueUrl: url('work'), MessageBody, ...more })

const taken = [
  '🙏',
  '𠮷',
  '\u{10000}',
  '\u{10FFFF}',
  '\u{1FFFE}',
  '\uE000',
  '\uFFFD',
  '\u007F',
  '\u0085',
  '\t\r\n',
]
const refused = [
  '\uD800',
  '\uDFFF',
  '\uDE4F\uD83D',
  '\uFFFE',
  '\uFFFF',
  '\u0000',
  '\u0008',
  '\u000B',
  '\u001F',
]
/** Room that the names and types of three attributes take. */
const NAMES = 100
const code = (text: string) => [text, [...text].map((one) => one.codePointAt(0)?.toString(16)).join(' ')]

describe('a queue', () => {
  it.each(taken.map(code))('takes %j (%s) as SQS does', async (text) => {
    const MD5OfMessageBody = createHash('md5').update(`<${text}>`).digest('hex')
    expect(await send(`<${text}>`)).toMatchObject({ MD5OfMessageBody })
    const Entries = [{ Id: 'a', MessageBody: text }]
    expect(await engine.call('SendMessageBatch', { QueueUrl: url('work'), Entries })).toMatchObject({
      Failed: [],
    })
    expect(bodies('work')).toEqual([`<${text}>`, text])
  })

  it.each(refused.map(code))('refuses %j (%s) as SQS does', async (text) => {
    await expect(send(`"${text}"`)).rejects.toMatchObject({ code: 'InvalidMessageContents' })
    const Entries = [
      { Id: 'bad', MessageBody: text },
      { Id: 'good', MessageBody: 'good' },
    ]
    expect(await engine.call('SendMessageBatch', { QueueUrl: url('work'), Entries })).toMatchObject({
      Failed: [{ Id: 'bad', Code: 'InvalidMessageContents' }],
      Successful: [{ Id: 'good' }],
    })
    const MessageAttributes = { name: { DataType: 'String', StringValue: text } }
    await expect(send('ok', { MessageAttributes })).rejects.toMatchObject({ code: 'InvalidParameterValue' })
    expect(bodies('work')).toEqual(['good'])
  })
})

describe('an event that its queue refuses', () => {
  const dropped: string[] = []
  const put = async (detail: string) => {
    const allow = { Effect: 'Allow', Action: ['sqs:SendMessage'], Principal: '*' } as const
    const resources = new Map(
      ['work', 'dead'].map((name) => [arn(name), [{ ...allow, Resource: [arn(name)] }]]),
    )
    const clock = new VirtualClock()
    const deliveries = new Deliveries({
      guard: new Guard({ roles: new Map(), resources }),
      faults: new Faults(() => 0),
      counts: new Counts(),
      engine,
      rules: new Map([['rule', 'arn:rule']]),
      buses: () => buses,
      invokeLater: async () => undefined,
    })
    const buses: EventBuses = new EventBuses({
      ...account,
      clock,
      newId: () => 'id',
      deliver: (delivery) => deliveries.fromRule(delivery),
      onDropped: (_, error) => dropped.push(error.message),
    })
    const target = { id: 't', arn: arn('work'), deadLetterArn: arn('dead') }
    const pattern = '{"source":["test"]}'
    buses.addRule({
      name: 'rule',
      arn: 'arn:rule',
      busName: 'default',
      pattern,
      enabled: true,
      targets: [target],
    })
    return buses.putEvents([{ Source: 'test', DetailType: 'Test', Detail: detail }])
  }

  it.each(['\uFFFE', '\uFFFF', '\uD800'])(
    'for %j is a dead letter that says the same, with the reason',
    async (text) => {
      await put(JSON.stringify({ text: `<${text}>` }).replace('\\ud800', '\uD800'))
      const [letter] = engine.byArn(arn('dead'))?.inspectMessages().ready ?? []
      expect(JSON.parse(letter?.body ?? '').detail).toEqual({ text: `<${text}>` })
      expect(letter?.messageAttributes).toMatchObject({
        ERROR_CODE: { StringValue: 'InvalidMessageContents' },
        ERROR_MESSAGE: { StringValue: expect.stringContaining('Invalid characters') },
      })
      expect(dropped).toEqual([])
    },
  )

  it.each([
    [1024 * 1024, 40_000],
    [2048, 800],
  ])('for its length is a dead letter, as much as a queue of %i bytes holds', async (most, least) => {
    for (const [name, MaximumMessageSize] of [
      ['work', '1024'],
      ['dead', String(most)],
    ] as const)
      engine.byArn(arn(name))?.setAttributes({ MaximumMessageSize })
    await put(JSON.stringify({ text: 'ü'.repeat(20_000) }))
    const [letter] = engine.byArn(arn('dead'))?.inspectMessages().ready ?? []
    expect(Buffer.byteLength(letter?.body ?? '')).toBeGreaterThanOrEqual(least - NAMES)
    expect(letter?.messageAttributes.ERROR_MESSAGE?.StringValue).toContain('shorter than')
    expect(dropped).toEqual([])
  })

  it.each(['🙏', '𠮷野'])('comes through with %s', async (text) => {
    await put(JSON.stringify({ text }))
    expect(bodies('work').map((body) => JSON.parse(body).detail)).toEqual([{ text }])
    expect(bodies('dead')).toEqual([])
  })
})
