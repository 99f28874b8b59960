import { readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDeadLetters } from '../../bin/dead-letters/command.ts'
import { printed } from '../bin/printed.ts'
import { changedPlaybook } from './playbook-folder.ts'
import { useStory } from './use-story.ts'

/** What was told to the endpoint of the playbook. */
const told: string[] = []
let receiver: Server
beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    told.push(body)
    response.end('ok')
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
})
afterAll(async () => {
  receiver.closeAllConnections()
  await new Promise((done) => receiver.close(done))
})

const change = async (file: string, from: string | RegExp, to: string): Promise<void> => {
  const text = await readFile(file, 'utf8')
  const changed = text.replace(from, to)
  expect(changed).not.toBe(text)
  await writeFile(file, changed)
}

const client = useStory({
  playbook: () => {
    const { port } = receiver.address() as AddressInfo
    return changedPlaybook(async (folder) => {
      const told = `\nnotify:\n  - { id: crm, webhook: "http://127.0.0.1:${port}/", events: [HandoffAccepted] }\n`
      await change(join(folder, 'handoff.yaml'), /$/, told)
      await change(join(folder, 'settings.yaml'), 'visitors: 90d', 'visitors: 1d')
    })
  },
})

interface Work {
  /** Makes the worker fail over something. */
  readonly cause: () => Promise<unknown>
  /** Sees that it was done, once. */
  readonly done: () => Promise<void>
  /** How long it is tried. @default - until nothing is in flight */
  readonly lasts?: string
}

const [reader, sender, buyer, listed] = ['reader', 'sender', 'buyer', 'listed'].map(
  (name) => `${name}@post.example.net`,
) as [string, string, string, string]

const post = (type: string, subject: object, properties: object = {}) =>
  client.postEvents([{ id: `${type}-${Object.values(subject)}`, type, subject, properties }])

const api = async <Body>(path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<Body> => {
  const response = await client.raw(path, {
    method,
    headers: { authorization: 'Bearer local-admin', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect([path, response.ok]).toEqual([path, true])
  return (response.status === 204 ? {} : await response.json()) as Body
}

const list = async (query: string) =>
  (await api<{ items: { leadId: string }[] }>(`/api/leads?${query}`)).items

const mails = async (to: string): Promise<number> => (await client.inbox(to)).length

let started: { importId: string; broadcastId: string }

/** Something for each worker of the stack to do, in an order in which one has what the next one needs. */
const works: Readonly<Record<string, Work>> = {
  Record: {
    cause: () => post('consent.granted', { email: reader }, { purpose: 'newsletter' }),
    done: async () => expect(await list(`email=${reader}`)).toHaveLength(1),
  },
  Browser: {
    cause: () => post('page.viewed', { visitorId: 'browser-number-1' }, { url: 'https://www.example.com/' }),
    done: async () => expect(await list('anonymous=true')).toHaveLength(1),
  },
  Nurture: {
    cause: () => post('newsletter.subscribed', { email: reader }),
    done: async () => expect(await mails(reader)).toBe(1),
  },
  Send: {
    cause: () => client.submitForm('newsletter', { email: sender }),
    lasts: '40m',
    done: async () => expect(await mails(sender)).toBe(1),
  },
  Feedback: {
    cause: () => client.submitForm('newsletter', { email: listed }),
    done: async () => {
      const { leadId } = await client.leadByEmail(listed)
      const text = JSON.stringify(await api(`/api/leads/${leadId}/timeline`))
      expect(text.match(/"type":"email.delivered"/g)).toHaveLength(1)
    },
  },
  Handoff: {
    cause: async () => {
      await post('consent.granted', { email: buyer }, { purpose: 'newsletter' })
      for (const type of ['demo.requested', 'quote.requested', 'cart.updated'])
        await post(type, { email: buyer })
    },
    done: async () => expect(await client.handoffs('?state=requested')).toHaveLength(1),
  },
  Webhook: {
    cause: async () => {
      const [handoff] = await client.handoffs('?state=requested')
      await api(`/api/handoffs/${handoff?.handoffId}/accept`, {})
    },
    done: async () => expect(told).toHaveLength(1),
  },
  Figures: {
    cause: () =>
      post('order.completed', { email: buyer }, { orderId: 'o-1', amount: '100', currency: 'EUR' }),
    done: async () => {
      const day = (await client.now()).slice(0, 10)
      const next = new Date(Date.parse(day) + 2 * 86_400_000).toISOString().slice(0, 10)
      const { funnel } = await api<{ funnel: { stages: { id: string; metrics: object }[] } }>(
        `/api/kpi?from=${day}&to=${next}`,
      )
      expect(funnel.stages.find(({ id }) => id === 'purchase')?.metrics).toMatchObject({ purchases: 1 })
    },
  },
  Import: {
    cause: async () => {
      const consent = { purpose: 'newsletter', evidence: 'a list of the fair', at: '2026-01-15T10:00:00Z' }
      const mapping = { Mail: 'email', Firma: 'company' }
      const { importId } = await api<{ importId: string }>('/api/imports', {
        name: 'fair.csv',
        mapping,
        consent,
      })
      started = { importId, broadcastId: '' }
      const rows = [{ line: 2, values: { Mail: 'row@post.example.net', Firma: 'Fair' } }]
      await api(`/api/imports/${importId}/rows`, { rows, last: true })
    },
    done: async () =>
      expect(await api(`/api/imports/${started.importId}`)).toMatchObject({ state: 'done', created: 1 }),
  },
  Audience: {
    cause: async () => {
      const plan = { name: 'Fair', where: 'lead.company == "Fair"', email: 'welcome' }
      const { broadcastId } = await api<{ broadcastId: string }>('/api/broadcasts', plan)
      started = { ...started, broadcastId }
      await api(`/api/broadcasts/${broadcastId}/schedule`, {})
    },
    lasts: '5m',
    done: async () => {
      expect(await api(`/api/broadcasts/${started.broadcastId}`)).toMatchObject({
        state: 'sent',
        audience: { sent: 1 },
      })
      expect(await mails('row@post.example.net')).toBe(1)
    },
  },
  Rescore: {
    cause: async () => {
      const { files } = await api<{ files: Record<string, string> }>('/api/playbook')
      const scoring = files['scoring.yaml']?.replace(
        /points: (\d+)/,
        (_, points) => `points: ${Number(points) + 1}`,
      )
      expect(scoring).not.toBe(files['scoring.yaml'])
      await api('/api/playbook', { files: { ...files, 'scoring.yaml': scoring } }, 'PUT')
      await api('/api/playbook/publish', {})
    },
    done: async () =>
      expect(await api('/api/playbook')).toMatchObject({ rescoring: { finishedAt: expect.any(String) } }),
  },
  Calibrate: {
    cause: () => api('/api/scoring/calibration', {}),
    done: async () =>
      expect(await api('/api/scoring/calibration')).toMatchObject({ asOf: expect.any(String) }),
  },
  Erase: {
    cause: async () => api(`/api/leads/${(await client.leadByEmail(reader)).leadId}`, undefined, 'DELETE'),
    done: async () => expect(await list(`email=${reader}`)).toEqual([]),
  },
  Retain: {
    cause: () => client.advance('2d'),
    done: async () => expect(await list('anonymous=true')).toEqual([]),
  },
}

interface Described {
  readonly urls: { readonly aws: string }
  readonly queues: readonly { readonly name: string; readonly arn: string; readonly url: string }[]
  readonly functions: readonly { readonly name: string; readonly logicalId: string }[]
}

const described = async () => (await (await client.raw('/_local')).json()) as Described

const queueOf = ({ queues }: Described, name: string) => {
  const found = queues.find((queue) => queue.name.includes(name))
  if (!found) throw new Error(`no queue ${name}`)
  return found
}

/** The same work as EventBridge and Scheduler give it up: each writes what it was for on the letter, wherever that lies. */
const plantCopies = async (worker: string, body: string): Promise<void> => {
  const stack = await described()
  const sqs = new SQSClient({
    endpoint: stack.urls.aws,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const text = (StringValue: string) => ({ DataType: 'String', StringValue })
  const target = queueOf(stack, `${worker}WorkQueue`).arn
  const elsewhere = queueOf(stack, `${worker === 'Retain' ? 'Record' : 'Retain'}WorkDeadLetters`).url
  for (const [source, QueueUrl] of [
    ['RULE_ARN', queueOf(stack, `${worker}WorkDeadLetters`).url],
    ['SCHEDULE_ARN', elsewhere],
  ] as const)
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: body,
        MessageAttributes: {
          [source]: text('arn:aws:events:eu-central-1:000000000000:rule/of-the-story'),
          TARGET_ARN: text(target),
          ERROR_CODE: text('NO_PERMISSIONS'),
          ERROR_MESSAGE: text('the queue let nobody in'),
        },
      }),
    )
  sqs.destroy()
}

const command = async (...args: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await printed(() => runDeadLetters([...args, '--url', client.url]))
  expect([status, stderr]).toEqual([0, ''])
  return stdout
}

describe('every kind of dead letter is told of, placed and done', () => {
  it('the story has work for each queue of dead letters that the stack has', async () => {
    const names = (await described()).queues.flatMap(
      ({ name }) => /(\w+?)WorkDeadLetters/.exec(name)?.[1] ?? [],
    )
    expect(names.toSorted()).toEqual(Object.keys(works).toSorted())
  })

  it.each(Object.entries(works))(
    '%s',
    { timeout: 120_000 },
    async (worker, { cause, done, lasts = '0s' }) => {
      const { functions } = await described()
      const own = worker === 'Browser' ? 'Record' : worker
      const broken = functions.find(({ logicalId }) => logicalId.startsWith(`${own}Function`))?.name
      await client.faults({ service: 'dynamodb', function: broken, error: 'ResourceNotFoundException' })
      await cause()
      await client.settle()
      await client.advance(lasts)
      const letters = await client.deadLetters()
      const [letter] = letters.filter(({ queue }) => queue.includes(`${worker}WorkDeadLetters`))
      if (!letter) throw new Error(`nothing was given up: ${JSON.stringify(letters)}`)
      await client.faults()
      await plantCopies(worker, letter.body)

      const shown = await command('show')
      expect(shown).toContain(`was given up by the function that works from ${worker}Work: `)
      expect(shown).toContain(`could not be put on ${worker}Work by EventBridge: NO_PERMISSIONS`)
      expect(shown).toContain(`fell due and could not be put on ${worker}Work by Scheduler: NO_PERMISSIONS`)
      expect(shown).toContain(`Redriving puts it on ${worker}Work: `)
      expect(shown).not.toContain('@')
      expect(await command('redrive')).toContain(`${letters.length + 2} dead letters redriven.`)
      await client.settle()
      await client.advance(lasts)
      await done()
      expect(await client.deadLetters()).toEqual([])
    },
  )

  it('what is no message at all is told apart, and discarded by name alone', async () => {
    const stack = await described()
    const sqs = new SQSClient({
      endpoint: stack.urls.aws,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    })
    const QueueUrl = queueOf(stack, 'SendWorkDeadLetters').url
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'write to somebody@post.example.net' }))
    sqs.destroy()
    expect(await command('list')).toBe('     1  SendWork\n1 dead letter.\n')
    const shown = await command('show', '--queue', 'SendWork')
    expect(shown).toContain('It is no JSON, so that redriving fails again: discard it.')
    expect(shown).not.toContain('@')
    expect((await printed(() => runDeadLetters(['discard', '--url', client.url]))).status).toBe(2)
    const unknown = await printed(() => runDeadLetters(['redrive', '--id', 'nobody', '--url', client.url]))
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining('No dead letter nobody') })
    await expect(runDeadLetters(['list', '--queue', 'Nowhere', '--url', client.url])).rejects.toThrow(
      'RecordWork',
    )
    const [id = ''] = shown.split(' ')
    expect(await command('discard', '--id', id)).toContain('1 dead letter discarded.')
    expect(await command('list')).toBe('No dead letters.\n')
  })
})
