import {
  CloudFormationClient,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation'
import { z } from 'zod'
import type { Clock } from '../functions/ports.ts'

/** Where an operator's commands find what is deployed. */
export interface Deployment {
  /** For every client of the AWS SDK. */
  readonly config: {
    readonly endpoint?: string
    readonly region?: string
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
  /** @throws naming the output when no stack has it. */
  output(name: string): string
  /** Of every queue of the stack. */
  queueUrls(): Promise<readonly string[]>
  /** Why a function failed over what lies in a queue of dead letters, where somebody has noted it: the local runner does. */
  whyFailed(queue: string, body: string): Promise<string | undefined>
  readonly clock: Clock
}

export const deploymentOptions = {
  /** Of the local runner. */
  url: { type: 'string', default: 'http://127.0.0.1:3000' },
  /** Take what is deployed to the account of the usual credentials instead. */
  aws: { type: 'boolean', default: false },
  /** The context key `env` of that deployment. */
  env: { type: 'string' },
} as const

interface DeploymentOptions {
  readonly url: string
  readonly aws: boolean
  readonly env?: string | undefined
}

const local = z.object({
  now: z.string(),
  outputs: z.record(z.string(), z.unknown()),
  queues: z.array(z.object({ url: z.string() })),
  urls: z.object({ aws: z.string() }),
})

const localLetters = z.array(z.object({ queue: z.string(), body: z.string(), error: z.string() }))

const outputOf =
  (outputs: ReadonlyMap<string, string>, where: string) =>
  (name: string): string => {
    const value = outputs.get(name)
    if (value === undefined) throw new Error(`${where} has no output ${name}: deploy this release first`)
    return value
  }

const findLocal = async (url: string): Promise<Deployment> => {
  const response = await fetch(new URL('/_local', url)).catch(() => undefined)
  if (!response?.ok)
    throw new Error(`Nothing answers at ${url}: npm start runs Trichter here, --aws takes the account's.`)
  const { now, outputs, queues, urls } = local.parse(await response.json())
  const readLetters = async () =>
    localLetters.parse(await (await fetch(new URL('/_local/dead-letters', url))).json())
  let letters: ReturnType<typeof readLetters> | undefined
  const ahead = Date.parse(now) - Date.now()
  return {
    config: {
      endpoint: urls.aws,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    },
    output: outputOf(
      // The runner puts the stack's name before each.
      new Map(Object.entries(outputs).map(([name, value]) => [name.replace(/^.*\./, ''), String(value)])),
      `The stack at ${url}`,
    ),
    queueUrls: async () => queues.map((queue) => queue.url),
    whyFailed: async (name, body) => {
      letters ??= readLetters()
      return (await letters).find((letter) => letter.queue === name && letter.body === body)?.error
    },
    clock: () => new Date(Date.now() + ahead).toISOString(),
  }
}

const findDeployed = async (env: string | undefined): Promise<Deployment> => {
  const client = new CloudFormationClient({})
  const prefix = env === undefined ? '' : `${env}-`
  const stacks = [`${prefix}TrichterData`, `${prefix}TrichterApp`]
  const described = await Promise.all(
    stacks.map((StackName) => client.send(new DescribeStacksCommand({ StackName }))),
  )
  const outputs = described
    .flatMap(({ Stacks = [] }) => Stacks)
    .flatMap(({ Outputs = [] }) => Outputs)
    .map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const)
  const queueUrls = async (): Promise<readonly string[]> => {
    const urls: string[] = []
    for (const StackName of stacks)
      for await (const page of paginateListStackResources({ client }, { StackName }))
        for (const { ResourceType, PhysicalResourceId } of page.StackResourceSummaries ?? [])
          if (ResourceType === 'AWS::SQS::Queue' && PhysicalResourceId) urls.push(PhysicalResourceId)
    return urls
  }
  return {
    config: {},
    queueUrls,
    whyFailed: async () => undefined,
    output: outputOf(new Map(outputs), stacks.join(' and ')),
    clock: () => new Date().toISOString(),
  }
}

/** The local runner, unless `aws` asks for the account's deployment. */
export const findDeployment = ({ url, aws, env }: DeploymentOptions): Promise<Deployment> =>
  aws ? findDeployed(env) : findLocal(url)
