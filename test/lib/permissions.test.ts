import { expect, test } from 'vitest'
import { asList, isRecord, plainText } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()

/** A condition in words: `LeadingKeys: L#*, TEAM#*`. */
const conditionOf = (condition: unknown): string =>
  Object.values(isRecord(condition) ? condition : {})
    .flatMap((operands) => Object.entries(isRecord(operands) ? operands : {}))
    .map(([key, values]) => `${key.replace(/^.*:/, '')}: ${asList(values).map(plainText).join(', ')}`)
    .join(' and ') || 'always'

type Permissions = Record<string, Record<string, Record<string, string>>>

/** Role → resource → action → under which condition. */
const permissionsOf = (): Permissions => {
  const found: Permissions = {}
  for (const [, { Properties }] of ofType(app, 'AWS::IAM::Policy')) {
    const role = plainText(asList(Properties.Roles)[0]).slice(1, -1)
    const policy = isRecord(Properties.PolicyDocument) ? Properties.PolicyDocument : {}
    for (const statement of asList(policy.Statement)) {
      if (!isRecord(statement)) throw new Error('a statement that is none')
      expect(statement.Effect).toBe('Allow')
      for (const resource of asList(statement.Resource).map(plainText)) {
        found[role] ??= {}
        found[role][resource] ??= {}
        const actions = found[role][resource]
        for (const action of asList(statement.Action).map(String)) {
          const conditions = [actions[action] ?? [], conditionOf(statement.Condition)].flat()
          actions[action] = conditions.sort().join('; or ')
        }
      }
    }
  }
  return found
}

/** By key, whatever was granted first. */
const sorted = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, sorted(value[key])]),
      )
    : value

test('each role may do what roles.json says, and nothing else', async () => {
  const text = `${JSON.stringify(sorted(permissionsOf()), null, 2)}\n`
  const how =
    'What roles may do has changed. Where that is wanted, run "npx vitest run test/lib/permissions.test.ts -u" and have the difference of test/lib/roles.json reviewed.'
  await expect(text, how).toMatchFileSnapshot('roles.json')
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
  Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PLAYBOOK', 'PLAYBOOK#*'] } },
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
    only('dynamodb:UpdateItem', 'L#*', 'FIGURES#*', 'SENDING#*'),
    only(['dynamodb:GetItem', 'dynamodb:PutItem'], 'SENDING'),
    only('dynamodb:Query', 'SENDING', 'SENDING#*'),
    only('dynamodb:UpdateItem', 'SUPPRESSED#*'),
  ])
})

test.each([
  ['AnswerRole', ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'], ['AUDIT#*', 'L#*', 'TEAM#*']],
  ['PreferencesRole', ['L#*', 'PLAYBOOK', 'PLAYBOOK#*'], []],
])('%s, which links of anybody reach, reads %j and writes %j', (role, read, written) => {
  const keysOf = (writing: boolean) =>
    [
      ...new Set(
        onTheTable(role)
          .filter((statement) => /Put|Update|Delete|Write/.test(JSON.stringify(statement)) === writing)
          .flatMap((statement) => {
            const { Condition } = statement as { Condition: Record<string, Record<string, string[]>> }
            return Condition['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? ['everything']
          }),
      ),
    ].sort()
  expect([keysOf(false), keysOf(true)]).toEqual([read, written])
})

test("whoever answers the public puts activities alone on the bus; nobody puts what is not Trichter's own", () => {
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
  const open = ['<IntakeRole>', '<HookRole>', '<PreferencesRole>']
  expect(onTheBus.filter(([role]) => open.includes(String(role)))).toEqual(
    open.map((role) => [role, activitiesAlone]),
  )
  for (const [role, condition] of onTheBus)
    expect([role, condition]).toMatchObject([role, { StringEquals: { 'events:source': 'trichter' } }])
})

test('whoever edits the playbook writes nothing else, to the log of who did what, and that a proposal was declined', () => {
  const writing = onTheTable('PlaybookRole').filter((statement) =>
    /Put|Update|Delete|Write/.test(JSON.stringify(statement)),
  )
  expect(writing).toEqual([
    playbooksAlone,
    expect.objectContaining({
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['PLAYBOOK'] } },
    }),
    expect.objectContaining({
      Action: 'dynamodb:PutItem',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
    }),
    expect.objectContaining({
      Action: 'dynamodb:PutItem',
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['CALIBRATION'] } },
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
  // nurture, record, send, handoff, webhook and audience
  expect(passing).toEqual([alone, alone, alone, alone, alone, alone])
})
