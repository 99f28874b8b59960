import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Rule } from 'aws-cdk-lib/aws-events'
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core'
import { describe, expect, test } from 'vitest'
import { Trichter } from '../../lib/trichter.ts'
import { ofType, type Template } from './synth-fixture.ts'
import { root } from './synthesize.ts'

const playbook = join(root, 'templates')
const folder = () => mkdtempSync(join(tmpdir(), 'trichter-construct-'))

/** Somebody else's app: their stack listens to one funnel and links to it; a second one stands in it as well. */
const somebodysApp = () => {
  const app = new App({
    outdir: folder(),
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
  })
  const shop = new Stack(app, 'Shop')
  const funnel = new Trichter(shop, 'Funnel', {
    playbook,
    sender: { domain: 'mail.example.com', rate: 50 },
    alarmEmail: 'ops@example.com',
    consoleCdn: true,
  })
  const other = new Trichter(app, 'Academy', {
    ...{ playbook, name: 'academy', busName: 'learning' },
    consoleCdn: true,
  })
  const wins = new Queue(shop, 'Wins')
  new Rule(shop, 'OnWin', {
    eventBus: funnel.bus,
    eventPattern: { source: ['trichter'], detailType: ['DealWon'] },
    targets: [new SqsQueue(wins)],
  })
  new CfnOutput(shop, 'Console', { value: funnel.distribution?.distributionDomainName ?? '' })
  new CfnOutput(shop, 'Newsletter', { value: `${funnel.url}/f/newsletter` })
  const assembly = app.synth()
  const templateOf = (stack: Stack): Template => assembly.getStackArtifact(stack.artifactId).template
  return {
    names: assembly.stacks.map(({ stackName }) => stackName),
    shop: templateOf(shop),
    funnel: { data: templateOf(funnel.data), app: templateOf(funnel.app) },
    other: { data: templateOf(other.data), app: templateOf(other.app) },
  }
}

/** Where names stand that have to be the only ones in an account. */
const only: Readonly<Record<string, readonly string[]>> = {
  'AWS::Events::EventBus': ['Name'],
  'AWS::CloudFront::CachePolicy': ['CachePolicyConfig.Name'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::Cognito::UserPoolDomain': ['Domain'],
  'AWS::Glue::Database': ['DatabaseInput.Name'],
  'AWS::Logs::MetricFilter': ['MetricTransformations.0.MetricName'],
}

const at = (value: unknown, [key, ...rest]: readonly string[]): unknown =>
  key === undefined ? value : at(Reflect.get(Object(value), key), rest)

describe("Trichter in somebody else's app", () => {
  const made = somebodysApp()

  test('is two stacks of its own beside theirs, twice in one account', () => {
    expect(made.names.toSorted()).toEqual([
      'Shop',
      'academy-TrichterApp',
      'academy-TrichterData',
      'funnel-TrichterApp',
      'funnel-TrichterData',
    ])
  })

  test('gives no two things one name that has to be the only one in the account', () => {
    const namesIn = ({ data, app }: typeof made.funnel) =>
      [data, app].flatMap(({ Resources }) =>
        Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
          (only[Type] ?? []).map((path) => `${Type} ${JSON.stringify(at(Properties, path.split('.')))}`),
        ),
      )
    const [funnel, other] = [new Set(namesIn(made.funnel)), new Set(namesIn(made.other))]
    expect([...funnel].filter((name) => other.has(name))).toEqual([])
    expect(funnel).toContain('AWS::Events::EventBus "funnel-trichter"')
    expect(other).toContain('AWS::Events::EventBus "learning"')
    expect([...funnel].filter((name) => name.endsWith('undefined'))).toEqual([])
    expect(new Set([...funnel].map((name) => name.replace(/ .*/, '')))).toEqual(new Set(Object.keys(only)))
  })

  test('names everything else by what CloudFormation makes of the stack', () => {
    const fixed = [made.funnel.data, made.funnel.app].flatMap(({ Resources }) =>
      Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
        /^AWS::(DynamoDB::Table|S3::Bucket|SQS::Queue|Lambda::Function|IAM::Role|SNS::Topic)$/.test(Type)
          ? ['TableName', 'BucketName', 'QueueName', 'FunctionName', 'RoleName', 'TopicName'].flatMap(
              (key) => Properties[key] ?? [],
            )
          : [],
      ),
    )
    expect(fixed).toEqual([])
  })

  test('tells their stack its bus and its addresses', () => {
    const [rule] = ofType(made.shop, 'AWS::Events::Rule')
    expect(JSON.stringify(rule?.[1].Properties.EventBusName)).toContain('Fn::ImportValue')
    expect(made.shop.Outputs.Newsletter).toBeDefined()
    expect(JSON.stringify(made.shop.Outputs.Console)).toContain('Fn::ImportValue')
  })

  test('keeps the table when it is taken out', () => {
    const [table] = ofType(made.funnel.data, 'AWS::DynamoDB::Table')
    expect(table?.[1].DeletionPolicy).toBe('Retain')
  })

  test('is the same when it is synthesized again', () => {
    expect(somebodysApp()).toEqual(made)
  })
})

test.each([
  [{ playbook: join(root, 'docs') }, 'settings.yaml:1:1: the file is missing'],
  [{ playbook, name: 'My Funnel' }, 'name "My Funnel" is not a short name'],
])('%j is refused with the reason', (props, reason) => {
  const app = new App({ outdir: folder(), analyticsReporting: false })
  expect(() => new Trichter(app, 'Funnel', props)).toThrow(reason)
})
