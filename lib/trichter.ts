import { execFileSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import type { Distribution } from 'aws-cdk-lib/aws-cloudfront'
import type { Table } from 'aws-cdk-lib/aws-dynamodb'
import type { EventBus } from 'aws-cdk-lib/aws-events'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import { addStacks, codeIn } from './add-stacks.ts'
import type { AppStack } from './app-stack.ts'
import type { PreparedCode } from './bundle/prepare-code.ts'
import { type Config, type LogLevel, type RequestLimits, usual } from './config.ts'
import type { DataStack } from './data-stack.ts'
import { localMetadata } from './local-links.ts'

/** From where mail is sent, and how much. */
export interface Sender {
  /**
   * Domain to set up as a sender in SES, such as `mail.example.com`; `sender.email` of `settings.yaml` has to be of it.
   * @default - the sender is verified by hand, once for the account
   */
  readonly domain?: string
  /**
   * Mails a second that SES grants the account; senders keep to it together.
   * @default - as many senders as 14 a second take, as for an account that has left the sandbox, and what SES throttles
   */
  readonly rate?: number
}

export interface TrichterProps {
  /** Folder of the playbook, from where the app is synthesized. It is checked, and every fault is told. */
  readonly playbook: string
  /**
   * Begins the names of both stacks and of the bus: lower-case letters, digits and hyphens, at most 20. Two with one name have no
   * room in one account and region. It stays: renamed, everything is another deployment, without the leads of this one.
   * @default - the id of the construct in lower case
   */
  readonly name?: string
  /** @default - see `Sender` */
  readonly sender?: Sender
  /**
   * Name of the bus on which other programs put activities.
   * @default - `<name>-trichter`
   */
  readonly busName?: string
  /**
   * Where links in emails point, without a slash at the end.
   * @default - the HTTP API's own address
   */
  readonly publicUrl?: string
  /**
   * Who hears of alarms.
   * @default - nobody is subscribed to `alarms`
   */
  readonly alarmEmail?: string
  /**
   * Whether everybody who signs in to the console needs a second factor.
   * @default optional: those who want one have one
   */
  readonly mfa?: 'optional' | 'required'
  /**
   * Whether CloudFront stands in front of the API and the console.
   * @default false
   */
  readonly consoleCdn?: boolean
  /**
   * Name of a table that was restored, to work on in place of the stack's own, which is kept.
   * @default - the stack's own
   */
  readonly restoredTable?: string
  /**
   * Concurrent executions of Lambda that the account has for it.
   * @default 10, as a new account has
   */
  readonly concurrency?: number
  /**
   * Requests a second over all routes of the API.
   * @default 200
   */
  readonly apiRate?: number
  /**
   * Requests a second for routes that anybody may call.
   * @default - 50 for the beacon, forms and events, 100 for links and pictures in emails
   */
  readonly limits?: RequestLimits
  /**
   * Of the functions: `INFO` writes a line for each message and request, `WARN` what went wrong alone.
   * @default INFO
   */
  readonly logLevel?: LogLevel
}

const nameShape = /^[a-z][a-z0-9-]{0,19}$/

/** @throws naming what is wrong with the name. */
const nameOf = (id: string, { name }: TrichterProps): string => {
  const given = name ?? id.toLowerCase()
  if (nameShape.test(given)) return given
  throw new Error(
    `name ${JSON.stringify(given)} is not a short name in lower case, such as funnel: give the property "name"`,
  )
}

const configOf = (id: string, props: TrichterProps): Config => {
  const { busName, publicUrl, sender, alarmEmail, mfa, consoleCdn, limits, restoredTable } = props
  const name = nameOf(id, props)
  return {
    dataStackName: `${name}-TrichterData`,
    appStackName: `${name}-TrichterApp`,
    busName: busName ?? `${name}-trichter`,
    ...(sender?.rate !== undefined && { sesRate: sender.rate }),
    concurrency: props.concurrency ?? usual.concurrency,
    apiRate: props.apiRate ?? usual.apiRate,
    logLevel: props.logLevel ?? usual.logLevel,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(sender?.domain !== undefined && { emailDomain: sender.domain }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(mfa !== undefined && { mfa }),
    ...(consoleCdn && { consoleCdn }),
    ...(restoredTable !== undefined && { restoredTable }),
    ...(limits !== undefined && { limits }),
  }
}

/** @throws with every fault of the playbook. */
const codeOf = (playbook: string, emailDomain: string | undefined): PreparedCode => {
  const program = join(import.meta.dirname, 'bundle/print-code.ts')
  const domain = emailDomain === undefined ? [] : [emailDomain]
  try {
    return JSON.parse(
      execFileSync(process.execPath, [program, resolve(playbook), ...domain], {
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
  } catch (error) {
    const told = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
    throw new Error(told === '' ? `the playbook ${playbook} cannot be read` : told, { cause: error })
  }
}

/**
 * Trichter within another CDK app: two stacks of its own, one for what is kept and one for what runs, wherever in the tree it
 * stands. Several have room in one account, each with its own name.
 */
export class Trichter extends Construct {
  /** Activities in, decisions out. */
  readonly bus: EventBus
  /** Of forms, events, links and the console, without a slash at the end. */
  readonly url: string
  /** Where `consoleCdn` asks for it: give it a domain or a firewall. */
  readonly distribution: Distribution | undefined
  /** Where alarms go. */
  readonly alarms: ITopic
  /** Leads and all that is known of them: the stack's own table, also where a restored one is worked on. */
  readonly table: Table
  /** Holds what outlives the code. */
  readonly data: DataStack
  /** Holds what can be deployed again. */
  readonly app: AppStack

  /** @throws with every fault of the playbook; naming what is wrong with a name. */
  constructor(scope: Construct, id: string, props: TrichterProps) {
    super(scope, id)
    const config = configOf(id, props)
    const { folders, links } = codeOf(props.playbook, config.emailDomain)
    const { data, app } = addStacks(this, config, codeIn(folders))
    app.templateOptions.metadata = localMetadata(links)
    this.data = data
    this.app = app
    this.bus = app.bus
    this.url = app.url
    this.distribution = app.distribution
    this.alarms = app.alarms
    this.table = data.leads.own
  }
}
