import { expect, test } from 'vitest'
import { ofType, synthFixture } from './synth-fixture.ts'

const { data, assembly } = synthFixture()

test('logical ids are frozen: a new id is a new, empty resource', () => {
  const ids = Object.entries(data.Resources).map(([id, { Type }]) => [id, Type])
  expect(Object.fromEntries(ids)).toEqual({
    LeadsTable11ECD07C: 'AWS::DynamoDB::Table',
    UsersPoolBFC35D3B: 'AWS::Cognito::UserPool',
    UsersPoolConsole43DA1581: 'AWS::Cognito::UserPoolClient',
    UsersMarketing49679A2B: 'AWS::Cognito::UserPoolGroup',
    UsersSales92B9D08A: 'AWS::Cognito::UserPoolGroup',
    UsersAdminF11D7044: 'AWS::Cognito::UserPoolGroup',
    KeysSigningSecret07AC7C15: 'AWS::SecretsManager::Secret',
    KeysApiKeysDFB049DC: 'AWS::SecretsManager::Secret',
    KeysHookSecrets8501D457: 'AWS::SecretsManager::Secret',
  })
})

test('the app has one thing that must not be replaced: the group that holds all waits', () => {
  const { app } = synthFixture()
  const kept = Object.entries(app.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
  expect(kept.map(([id]) => id)).toEqual(['WakeUpsGroup6FF389C7'])
})

test('everything is kept, whatever happens to the stack', () => {
  for (const [id, resource] of Object.entries(data.Resources))
    expect([id, resource.DeletionPolicy, resource.UpdateReplacePolicy]).toEqual([id, 'Retain', 'Retain'])
  expect(assembly.getStackArtifact('TrichterData').terminationProtection).toBe(true)
})

test('the table can be brought back to any second of the last 35 days, and not be deleted by mistake', () => {
  const [table] = ofType(data, 'AWS::DynamoDB::Table')
  expect(table?.[1].Properties).toMatchObject({
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: true,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [{ IndexName: 'lists', Projection: { ProjectionType: 'KEYS_ONLY' } }],
  })
})

test('people are invited to the console, with a group for each role', () => {
  const [pool] = ofType(data, 'AWS::Cognito::UserPool')
  expect(pool?.[1].Properties).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    DeletionProtection: 'ACTIVE',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
  })
  const groups = ofType(data, 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName)
  expect(groups.sort()).toEqual(['admin', 'marketing', 'sales'])
})
