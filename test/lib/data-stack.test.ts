import { describe, expect, test } from 'vitest'
import { rowColumns } from '../../domain/kpi/row.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { data, assembly } = synthFixture()

test('logical ids are frozen: a new id is a new, empty resource', () => {
  const ids = Object.entries(data.Resources).map(([id, { Type }]) => [id, Type])
  expect(Object.fromEntries(ids)).toEqual({
    LeadsTable11ECD07C: 'AWS::DynamoDB::Table',
    UsersPoolBFC35D3B: 'AWS::Cognito::UserPool',
    UsersPoolConsole43DA1581: 'AWS::Cognito::UserPoolClient',
    UsersPoolDomainEEA57DAC: 'AWS::Cognito::UserPoolDomain',
    UsersMarketing49679A2B: 'AWS::Cognito::UserPoolGroup',
    UsersSales92B9D08A: 'AWS::Cognito::UserPoolGroup',
    UsersAdminF11D7044: 'AWS::Cognito::UserPoolGroup',
    KeysSigningSecret07AC7C15: 'AWS::SecretsManager::Secret',
    KeysLinkKeysD933A2D6: 'AWS::SecretsManager::Secret',
    KeysFormerLinkKeys1D833FFB: 'AWS::SecretsManager::Secret',
    KeysApiKeysDFB049DC: 'AWS::SecretsManager::Secret',
    KeysHookSecrets8501D457: 'AWS::SecretsManager::Secret',
    FiguresRows71EDF7E8: 'AWS::S3::Bucket',
    FiguresRowsPolicyFF47231B: 'AWS::S3::BucketPolicy',
    FiguresDatabase6452658E: 'AWS::Glue::Database',
    FiguresTableAD945E30: 'AWS::Glue::Table',
  })
})

test('what schedules and links that are out name keeps its id: another one would lose them', () => {
  const { app } = synthFixture({ emailDomain: 'mail.example.com' })
  const kept = Object.entries(app.Resources).filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
  expect(kept.map(([id]) => id)).toEqual(['WakeUpsGroup6FF389C7'])
  const named =
    /^(AWS::SQS::Queue|AWS::ApiGatewayV2::Api|AWS::Events::EventBus|AWS::SES::(ConfigurationSet|EmailIdentity))$/
  const ids = Object.entries(app.Resources)
    .filter(([id, { Type }]) => named.test(Type) || (Type === 'AWS::IAM::Role' && id.startsWith('WakeUps')))
    .map(([id, { Type }]) => [id, Type])
  expect(Object.fromEntries(ids)).toMatchObject({
    ActivitiesBusE94FA244: 'AWS::Events::EventBus',
    WakeUpsRoleAD5EEFD2: 'AWS::IAM::Role',
    WakeUpsHandoffRole32DEC2B7: 'AWS::IAM::Role',
    WakeUpsNurtureRoleB6E17241: 'AWS::IAM::Role',
    WakeUpsRecordRoleB3E35AB0: 'AWS::IAM::Role',
    WakeUpsSendRoleA666E9C1: 'AWS::IAM::Role',
    WakeUpsWebhookRoleC5E994A5: 'AWS::IAM::Role',
    RecordWorkDeadLettersCF9C851D: 'AWS::SQS::Queue',
    RecordWorkQueueE2E67D21: 'AWS::SQS::Queue',
    NurtureWorkDeadLettersC57BE9E6: 'AWS::SQS::Queue',
    NurtureWorkQueue3D31FAF4: 'AWS::SQS::Queue',
    EraseWorkDeadLettersBE3620BD: 'AWS::SQS::Queue',
    EraseWorkQueueA5ABB32C: 'AWS::SQS::Queue',
    HandoffWorkDeadLetters7BCE96EA: 'AWS::SQS::Queue',
    HandoffWorkQueue85543EAA: 'AWS::SQS::Queue',
    RescoreWorkDeadLettersF8E6FFC4: 'AWS::SQS::Queue',
    RescoreWorkQueueBEC1C9D2: 'AWS::SQS::Queue',
    SendingConfigurationSetA216B40C: 'AWS::SES::ConfigurationSet',
    SendingIdentity9C96439F: 'AWS::SES::EmailIdentity',
    SendWorkDeadLettersD35AF0CF: 'AWS::SQS::Queue',
    SendWorkQueueD447C4BB: 'AWS::SQS::Queue',
    FeedbackWorkDeadLetters09A64F24: 'AWS::SQS::Queue',
    FeedbackWorkQueue343F0D81: 'AWS::SQS::Queue',
    PublicApi6461FF4B: 'AWS::ApiGatewayV2::Api',
    WebhookWorkDeadLetters67DFEB0A: 'AWS::SQS::Queue',
    WebhookWorkQueue7F7A49D0: 'AWS::SQS::Queue',
  })
  expect(assembly.getStackArtifact('TrichterApp').terminationProtection).toBe(true)
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

describe('a table that was restored in its place', () => {
  const restored = synthFixture({ restoredTable: 'trichter-2026-11-30' })
  const functions = ofType(restored.app, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties)

  test('is what every function works on, by its own role, and what is watched', () => {
    const names = functions.flatMap(
      ({ Environment }) => /"TABLE_NAME":("[^"]*"|[^,}]*)/.exec(JSON.stringify(Environment))?.[1] ?? [],
    )
    expect(names.length).toBeGreaterThan(10)
    expect(new Set(names)).toEqual(new Set(['"trichter-2026-11-30"']))
    const policies = JSON.stringify(ofType(restored.app, 'AWS::IAM::Policy'))
    expect(policies).toContain(':table/trichter-2026-11-30"')
    expect(policies).toContain(':table/trichter-2026-11-30/index/lists"')
    expect(policies).not.toContain('LeadsTable')
    expect(JSON.stringify(ofType(restored.app, 'AWS::CloudWatch::Alarm'))).toContain('"trichter-2026-11-30"')
  })

  test('changes nothing about what is kept, nor about what the app of before takes from it', () => {
    expect(restored.data).toEqual(data)
  })
})

test('people are invited to the console, with a group for each role', () => {
  const [pool] = ofType(data, 'AWS::Cognito::UserPool')
  expect(pool?.[1].Properties).toMatchObject({
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    DeletionProtection: 'ACTIVE',
    EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
  })
  expect(pool?.[1].Properties.MfaConfiguration).toBe('OPTIONAL')
  const groups = ofType(data, 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName)
  expect(groups.sort()).toEqual(['admin', 'marketing', 'sales'])
})

test('a company that wants a second factor of everybody gets it', () => {
  const [pool] = ofType(synthFixture({ mfa: 'required' }).data, 'AWS::Cognito::UserPool')
  expect(pool?.[1].Properties).toMatchObject({ MfaConfiguration: 'ON', EnabledMfas: ['SOFTWARE_TOKEN_MFA'] })
})

test('what is generated is generated once: any other setting would make CloudFormation generate it anew', () => {
  const secrets = ofType(data, 'AWS::SecretsManager::Secret').map(([id, { Properties }]) => [
    id.replace(/[0-9A-F]{8}$/, ''),
    Properties.GenerateSecretString ?? Properties.SecretString,
  ])
  const random = { ExcludePunctuation: true, PasswordLength: 64 }
  expect(Object.fromEntries(secrets)).toEqual({
    KeysSigningSecret: random,
    KeysLinkKeys: random,
    KeysFormerLinkKeys: '{}',
    KeysHookSecrets: '{}',
    KeysApiKeys: {
      ExcludePunctuation: true,
      GenerateStringKey: 'api-key',
      PasswordLength: 40,
      SecretStringTemplate: '{}',
    },
  })
})

test('whoever administers the pool gets a token by the command line', () => {
  const [client] = ofType(data, 'AWS::Cognito::UserPoolClient')
  expect(client?.[1].Properties.ExplicitAuthFlows).toEqual(
    expect.arrayContaining(['ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH']),
  )
})

describe('the rows of the figures', () => {
  const [bucket] = ofType(data, 'AWS::S3::Bucket')

  test('are private, encrypted and without earlier versions, in which somebody erased would live on', () => {
    expect(bucket?.[1].Properties).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    })
    expect(bucket?.[1].Properties).not.toHaveProperty('VersioningConfiguration')
    const [policy] = ofType(data, 'AWS::S3::BucketPolicy')
    expect(policy?.[1].Properties.PolicyDocument).toMatchObject({
      Statement: [
        { Effect: 'Deny', Action: 's3:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    })
  })

  test('stand in a table of Glue with the columns that they have, read by the list of those objects that count', () => {
    const [table] = ofType(data, 'AWS::Glue::Table')
    expect(table?.[1].Properties.TableInput).toMatchObject({
      Name: 'rows',
      StorageDescriptor: {
        Columns: rowColumns.map(({ name, type }) => ({ Name: name.toLowerCase(), Type: type })),
        InputFormat: 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat',
        Location: { 'Fn::Join': ['', ['s3://', { Ref: bucket?.[0] }, '/current/']] },
      },
    })
  })
})
