import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, PutEventsCommand, TestEventPatternCommand } from '@aws-sdk/client-eventbridge'
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOptions, type Fixture, runFixture } from './fixture/run-fixture.ts'
import type { Template } from './fixture/templates.ts'

let stack: Fixture
beforeAll(async () => {
  stack = await runFixture()
})
afterAll(() => stack.stop())

describe('the local credentials', () => {
  it('reach every service of the stack', async () => {
    const { body } = await stack.get('/_local')
    const { queues, table } = Object(body)
    expect((await new DynamoDBClient(stack.client).send(new ListTablesCommand({}))).TableNames).toEqual([
      table,
    ])
    const sqs = new SQSClient(stack.client)
    const QueueUrl = queues[0].url
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    expect(Attributes?.QueueArn).toBe(queues[0].arn)
    const secrets = new SecretsManagerClient(stack.client)
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    const scheduler = new SchedulerClient(stack.client)
    expect((await scheduler.send(new ListSchedulesCommand({ MaxResults: 5 }))).Schedules).toEqual([])
    await expect(scheduler.send(new GetScheduleCommand({ Name: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('put and test events', async () => {
    const events = new EventBridgeClient(stack.client)
    const entry = { EventBusName: 'fixture', Source: 'test', DetailType: 'Shown', Detail: '{"a":1}' }
    const put = await events.send(new PutEventsCommand({ Entries: [entry, { ...entry, Detail: 'no JSON' }] }))
    expect([put.FailedEntryCount, put.Entries?.[1]?.ErrorCode]).toEqual([1, 'MalformedDetail'])
    const { body } = await stack.get('/_local/events?type=Shown')
    const Event = JSON.stringify(Object(body)[0])
    const tested = await events.send(
      new TestEventPatternCommand({ EventPattern: '{"detail":{"a":[1]}}', Event }),
    )
    expect(tested.Result).toBe(true)
  })

  it('send raw email', async () => {
    const Data = Buffer.from(
      'From: A <a@example.com>\r\nTo: b@example.com\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHallo\r\n',
    )
    const sent = await new SESv2Client(stack.client).send(
      new SendEmailCommand({ Content: { Raw: { Data } } }),
    )
    expect((await stack.get('/_local/inbox?to=b@example.com')).body).toMatchObject([
      { messageId: sent.MessageId, subject: 'Grüße', from: expect.stringContaining('a@example.com') },
    ])
  })

  it('are told apart from unknown keys', async () => {
    const stranger = new DynamoDBClient(clientOptions(stack.aws, 'AKIASTRANGER'))
    await expect(stranger.send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    })
  })
})

describe('a function beyond its role', () => {
  it('is refused with the action and the function named, and nothing happens', async () => {
    await stack.work({ id: 'forbidden', action: 'forbidden' })
    await stack.settle()
    const refusal = stack.log.find((line) => line.includes('AccessDeniedException'))
    expect(refusal).toMatch(
      /assumed-role\/Work-WorkerRole-\w+\/Work-Worker-\w+ is not authorized to perform: dynamodb:DeleteItem/,
    )
  })

  it.each([
    ['iam:PassRole', { id: 'p', action: 'wait', ms: 1000 }],
    ['ses:SendEmail', { id: 'p', action: 'mail', to: 'x@example.org' }],
    ['secretsmanager:GetSecretValue', { id: 'p', action: 'secret' }],
  ])('is refused when %s is taken out of the policy', async (action, detail) => {
    const without = await runFixture({ change: (work) => remove(work, action) })
    await without.work(detail)
    await without.settle()
    expect(await without.notes('p')).toEqual({})
    expect(without.log.join('\n')).toContain(`is not authorized to perform: ${action}`)
    await without.stop()
  })

  it('cannot be fed by a queue that its role may not read', async () => {
    await expect(runFixture({ change: (work) => remove(work, 'sqs:DeleteMessage') })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('sqs:DeleteMessage'),
    })
  })
})

it('drops no event in silence where the queue lets EventBridge not in', async () => {
  const closed = await runFixture({
    change: ({ Resources }) => {
      delete Resources.QueuePolicy
      const [target] = Object(Resources.WorkRule?.Properties).Targets
      target.RetryPolicy = { MaximumRetryAttempts: 0 }
    },
  })
  await closed.work({ id: 'lost' })
  await closed.settle()
  expect(await closed.notes('lost')).toEqual({})
  expect(closed.log.join('\n')).toMatch(/rule Work-WorkRule-\w+: dropped an event .* sqs:SendMessage/)
  await closed.stop()
})

it('refuses to start with a resource it cannot run', async () => {
  const change = ({ Resources }: Template) => {
    Resources.Graph = { Type: 'AWS::Neptune::DBCluster', Properties: {} }
  }
  await expect(runFixture({ change })).rejects.toThrow('Work/Graph: AWS::Neptune::DBCluster')
})

it('lets messages be sent and counts every call by service, operation and caller', async () => {
  await fetch(`${stack.url}/_local/counts`, { method: 'DELETE' })
  const { queues } = Object((await stack.get('/_local')).body)
  const url = queues.find(({ name }: { name: string }) => name.includes('-Queue-')).url
  const body = JSON.stringify({ 'detail-type': 'Direct', id: 'd', detail: { id: 'direct' } })
  await new SQSClient(stack.client).send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }))
  await stack.settle()
  expect((await stack.get('/_local/counts')).body).toEqual([
    { service: 'sqs', operation: 'SendMessage', function: 'local', count: 1 },
    {
      service: 'sqs',
      operation: 'ReceiveMessage',
      function: expect.stringMatching(/^Work-Worker-/),
      count: 1,
    },
    { service: 'dynamodb', operation: 'PutItem', function: expect.stringMatching(/^Work-Worker-/), count: 1 },
    {
      service: 'sqs',
      operation: 'DeleteMessageBatch',
      function: expect.stringMatching(/^Work-Worker-/),
      count: 1,
    },
  ])
})

it('counts what is billed though no function calls it: by rule, by group of schedules, by polled batch', async () => {
  const sent = async () => {
    await stack.settle()
    const counts: { operation: string; function: string; count: number }[] = Object(
      (await stack.get('/_local/counts')).body,
    )
    return counts.flatMap(({ operation, function: sender, count }) =>
      operation === 'SendMessage' ? [[sender.replace(/-\w+$/, ''), count]] : [],
    )
  }
  await fetch(`${stack.url}/_local/counts`, { method: 'DELETE' })
  await stack.work({ id: 'counted', action: 'wait', ms: 60_000 })
  expect(await sent()).toEqual([['Work-WorkRule', 1]])
  await stack.post('/_local/clock', { advance: '2m' })
  expect(await sent()).toEqual([
    ['Work-WorkRule', 1],
    ['Work-Group', 1],
  ])
})

function remove({ Resources }: Template, action: string): void {
  const { Statement } = Object(Resources.WorkerPolicy?.Properties).PolicyDocument
  for (const statement of Statement) {
    statement.Action = [statement.Action].flat().filter((one: string) => one !== action)
  }
}

it('says at the start which condition it cannot check, and where', async () => {
  const change = ({ Resources }: Template) => {
    const { PolicyDocument } = Object(Resources.WorkerPolicy?.Properties)
    PolicyDocument.Statement[0].Condition = { StringEquals: { 'aws:PrincipalTag/team': 'a' } }
  }
  await expect(runFixture({ change })).rejects.toThrow(
    /^Work\/WorkerPolicy: the key aws:PrincipalTag\/team of a policy's condition is not checked locally$/,
  )
})
