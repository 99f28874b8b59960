import { expect, test } from 'vitest'
import { asList, isRecord, plainText } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()

const logs = (name: string) => ({ [`<${name}Logs.Arn>`]: ['logs:CreateLogStream', 'logs:PutLogEvents'] })
const bus = { '<ActivitiesBus.Arn>': ['events:PutEvents'] }
const verifying = {
  '<KeysLinkKeys>': ['secretsmanager:GetSecretValue'],
  '<KeysFormerLinkKeys>': ['secretsmanager:GetSecretValue'],
}
const linkKeys = { '<KeysLinkKeys>': ['secretsmanager:GetSecretValue'] }
const signing = { '<KeysSigningSecret>': ['secretsmanager:GetSecretValue'] }
const items = (...actions: string[]) => ({
  '<LeadsTable.Arn>': actions.map((action) => `dynamodb:${action}`),
})
const queue = (name: string) => ({
  [`<${name}WorkQueue.Arn>`]: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
})
const here = '<AWS::Region>:<AWS::AccountId>'
const schedules = (name: string) => ({
  [`arn:<AWS::Partition>:scheduler:${here}:schedule/<WakeUpsGroup>/*`]: ['scheduler:CreateSchedule'],
  [`<WakeUps${name}Role.Arn>`]: ['iam:PassRole'],
})
const wakes = (name: string) => ({
  [`<${name}WorkQueue.Arn>`]: ['sqs:SendMessage'],
  [`<${name}WorkDeadLetters.Arn>`]: ['sqs:SendMessage'],
})

/** Role → resource → everything it may do there. */
const allowed: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  IntakeRole: {
    ...logs('Intake'),
    ...bus,
    ...verifying,
    '<KeysApiKeys>': ['secretsmanager:GetSecretValue'],
    ...items('GetItem'),
  },
  HookRole: {
    ...logs('Hook'),
    ...bus,
    ...signing,
    '<KeysHookSecrets>': ['secretsmanager:GetSecretValue'],
    ...items('BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
  },
  RecordRole: {
    ...logs('Record'),
    ...bus,
    ...signing,
    '<KeysFormerLinkKeys>': ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    ...items('BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    ...queue('Browser'),
    '<RecordWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    ...schedules('Record'),
  },
  NurtureRole: {
    ...logs('Nurture'),
    ...bus,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<NurtureWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    ...schedules('Nurture'),
  },
  SendRole: {
    ...logs('Send'),
    ...bus,
    ...signing,
    ...linkKeys,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<SendWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    ...schedules('Send'),
    [`arn:<AWS::Partition>:ses:${here}:identity/*`]: ['ses:SendEmail'],
    [`arn:<AWS::Partition>:ses:${here}:configuration-set/<SendingConfigurationSet>`]: ['ses:SendEmail'],
  },
  FeedbackRole: {
    ...logs('Feedback'),
    ...bus,
    ...signing,
    ...items('GetItem', 'PutItem', 'Query', 'UpdateItem', 'UpdateItem'),
    ...queue('Feedback'),
  },
  HandoffRole: {
    ...logs('Handoff'),
    ...bus,
    ...signing,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    '<HandoffWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    ...schedules('Handoff'),
  },
  AnswerRole: {
    ...logs('Answer'),
    ...bus,
    ...verifying,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'PutItem', 'Query', 'UpdateItem'),
    '<HandoffWorkQueue.Arn>': ['sqs:SendMessage'],
  },
  RescoreRole: {
    ...logs('Rescore'),
    ...bus,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<RescoreWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    '<RecordWorkQueue.Arn>': ['sqs:SendMessage'],
  },
  RetainRole: {
    ...logs('Retain'),
    ...bus,
    ...items('BatchGetItem', 'DeleteItem', 'GetItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<RetainWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
  },
  RetainScheduleRole: wakes('Retain'),
  PreferencesRole: {
    ...logs('Preferences'),
    ...bus,
    ...verifying,
    ...items('BatchGetItem', 'GetItem', 'Query'),
  },
  EraseRole: {
    ...logs('Erase'),
    ...bus,
    ...signing,
    ...items('BatchGetItem', 'BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<RecordWorkDeadLetters.Arn>': ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage'],
    '<FeedbackWorkDeadLetters.Arn>': [
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:ReceiveMessage',
    ],
    '*': ['ses:DeleteSuppressedDestination'],
    '<EraseWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    [`arn:<AWS::Partition>:scheduler:${here}:schedule/<WakeUpsGroup>/*`]: ['scheduler:DeleteSchedule'],
  },
  ApiRole: {
    ...logs('Api'),
    ...bus,
    ...signing,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<NurtureWorkQueue.Arn>': ['sqs:SendMessage'],
    '<HandoffWorkQueue.Arn>': ['sqs:SendMessage'],
    '<WebhookWorkQueue.Arn>': ['sqs:SendMessage'],
  },
  PlaybookRole: {
    ...logs('Playbook'),
    ...bus,
    ...linkKeys,
    // Somebody's address finds the lead for a preview.
    ...signing,
    // Reading of playbooks alone, and of everything for previews and backtests.
    ...items('BatchGetItem', 'DeleteItem', 'GetItem', 'GetItem', 'PutItem', 'PutItem', 'Query', 'UpdateItem'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<SendWorkQueue.Arn>': ['sqs:SendMessage'],
  },
  WebhookRole: {
    ...logs('Webhook'),
    ...signing,
    ...items('BatchGetItem', 'GetItem', 'PutItem', 'Query'),
    '<LeadsTable.Arn>/index/lists': ['dynamodb:Query'],
    '<WebhookWorkQueue.Arn>': [
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ],
    ...schedules('Webhook'),
  },
  // What earlier releases set comes as this one; the others reach one queue each.
  WakeUpsRole: {
    ...wakes('Nurture'),
    ...wakes('Record'),
    ...wakes('Handoff'),
    ...wakes('Send'),
    ...wakes('Webhook'),
  },
  WakeUpsNurtureRole: wakes('Nurture'),
  WakeUpsRecordRole: wakes('Record'),
  WakeUpsHandoffRole: wakes('Handoff'),
  WakeUpsSendRole: wakes('Send'),
  WakeUpsWebhookRole: wakes('Webhook'),
}

test('each role may do what this table says, and nothing else', () => {
  const found: Record<string, Record<string, string[]>> = {}
  for (const [, { Properties }] of ofType(app, 'AWS::IAM::Policy')) {
    const role = plainText(asList(Properties.Roles)[0]).slice(1, -1)
    const policy = isRecord(Properties.PolicyDocument) ? Properties.PolicyDocument : {}
    for (const statement of asList(policy.Statement)) {
      if (!isRecord(statement)) throw new Error('a statement that is none')
      expect(statement.Effect).toBe('Allow')
      for (const resource of asList(statement.Resource).map(plainText)) {
        const actions = [...(found[role]?.[resource] ?? []), ...asList(statement.Action).map(String)]
        found[role] = { ...found[role], [resource]: actions.sort() }
      }
    }
  }
  expect(found).toEqual(allowed)
})

test('no role has permissions in any other way', () => {
  const roles = ofType(app, 'AWS::IAM::Role')
  expect(roles.map(([, { Properties }]) => [Properties.Policies, Properties.ManagedPolicyArns])).toEqual(
    roles.map(() => [undefined, undefined]),
  )
})

const onTheTable = (role: string) =>
  ofType(app, 'AWS::IAM::Policy')
    .filter(([, { Properties }]) => plainText(asList(Properties.Roles)[0]) === `<${role}>`)
    .flatMap(([, { Properties }]) =>
      isRecord(Properties.PolicyDocument) ? asList(Properties.PolicyDocument.Statement) : [],
    )
    .filter((statement) => JSON.stringify(statement).includes('"dynamodb:'))

const playbooksAlone = expect.objectContaining({
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PLAYBOOK', 'PLAYBOOK#*', 'RESCORE'] } },
})

test('what anyone may call gets at playbooks, not at people', () => {
  expect(onTheTable('IntakeRole')).toEqual([playbooksAlone])
})

test('what CRMs call gets at its own items, playbooks and the way from an address to a lead, not at leads', () => {
  const only = (action: unknown, ...keys: string[]) =>
    expect.objectContaining({
      Action: action,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
    })
  expect(onTheTable('HookRole')).toEqual([
    only(
      ['dynamodb:BatchGetItem', 'dynamodb:GetItem'],
      'HOOK#*',
      'E#*',
      'SUPPRESSED#*',
      'PLAYBOOK',
      'PLAYBOOK#*',
    ),
    only('dynamodb:PutItem', 'HOOK#*', 'E#*'),
    only(['dynamodb:DeleteItem', 'dynamodb:Query', 'dynamodb:UpdateItem'], 'HOOK#*'),
  ])
})

test('feedback marks sends, reads and writes how sending goes, and puts addresses on the suppression list, nothing else', () => {
  const only = (action: unknown, ...keys: string[]) =>
    expect.objectContaining({
      Action: action,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys } },
    })
  expect(onTheTable('FeedbackRole')).toEqual([
    only('dynamodb:UpdateItem', 'L#*', 'FIGURES#*', 'SENDING', 'SENDING#*'),
    only(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], 'SENDING', 'SENDING#*'),
    only('dynamodb:UpdateItem', 'SUPPRESSED#*'),
  ])
})

test.each([
  ['AnswerRole', ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'], ['L#*', 'TEAM#*', 'AUDIT#*']],
  ['PreferencesRole', ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'], []],
])('%s, which links of anybody reach, reads %j and writes %j', (role, read, written) => {
  const keysOf = (writing: boolean) =>
    onTheTable(role)
      .filter((statement) => /Put|Update|Delete|Write/.test(JSON.stringify(statement)) === writing)
      .flatMap((statement) => {
        const { Condition } = statement as { Condition: Record<string, Record<string, string[]>> }
        return Condition['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['everything']
      })
  expect([keysOf(false), keysOf(true)]).toEqual([read, written])
})

test("whoever answers the public puts activities on the bus; all others put what is Trichter's own", () => {
  const onTheBus = ofType(app, 'AWS::IAM::Policy').flatMap(([, { Properties }]) => {
    const statements = isRecord(Properties.PolicyDocument) ? asList(Properties.PolicyDocument.Statement) : []
    return statements
      .filter((statement) => isRecord(statement) && statement.Action === 'events:PutEvents')
      .map((statement) => [
        plainText(asList(Properties.Roles)[0]),
        isRecord(statement) && statement.Condition,
      ])
  })
  const activitiesAlone = {
    StringEquals: { 'events:source': 'trichter', 'events:detail-type': 'Activity' },
  }
  expect(onTheBus.length).toBeGreaterThan(10)
  for (const [role, condition] of onTheBus)
    expect([role, condition]).toEqual([
      role,
      ['<IntakeRole>', '<HookRole>', '<PreferencesRole>'].includes(String(role))
        ? activitiesAlone
        : { StringEquals: { 'events:source': 'trichter' } },
    ])
})

test('whoever edits the playbook writes nothing else, and to the log of who did what', () => {
  const writing = onTheTable('PlaybookRole').filter((statement) =>
    /Put|Update|Delete|Write/.test(JSON.stringify(statement)),
  )
  expect(writing).toEqual([
    playbooksAlone,
    expect.objectContaining({
      Action: 'dynamodb:PutItem',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
    }),
  ])
})

test('only the Scheduler may be handed the roles that wake leads', () => {
  const passing = ofType(app, 'AWS::IAM::Policy')
    .flatMap(([, { Properties }]) =>
      isRecord(Properties.PolicyDocument) ? asList(Properties.PolicyDocument.Statement) : [],
    )
    .filter((statement) => isRecord(statement) && statement.Action === 'iam:PassRole')
  const alone = expect.objectContaining({
    Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
  })
  // nurture, record, send, handoff and webhook
  expect(passing).toEqual([alone, alone, alone, alone, alone])
})
