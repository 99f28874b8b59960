import { busName } from '../functions/event-names.ts'

/** Requests a second, for each route; a burst may be twice as many. */
export interface RequestLimits {
  /** The snippet's beacon. */
  readonly beacon: number
  /** Links and pictures in emails. */
  readonly hits: number
  /** Forms, shown and sent. */
  readonly forms: number
  readonly events: number
}

export const usualLimits: RequestLimits = { beacon: 50, hits: 100, forms: 50, events: 50 }

/** Not ERROR: alarms count lines of the level WARN. */
const logLevels = ['DEBUG', 'INFO', 'WARN'] as const
export type LogLevel = (typeof logLevels)[number]

/** What differs between deployments of one checkout. Everything else is the same everywhere. */
export interface Config {
  readonly dataStackName: string
  readonly appStackName: string
  readonly busName: string
  /** Where links in emails point, without a slash at the end. @default - the HTTP API's own address */
  readonly publicUrl?: string
  /** Domain to set up as a sender in SES. @default - the sender is verified by hand, once for the account */
  readonly emailDomain?: string
  /** Mails a second that senders keep to together. @default - as fast as SES takes them from the senders that its usual rate takes */
  readonly sesRate?: number
  /** Concurrent executions of Lambda that the account has: workers share them with what answers people. */
  readonly concurrency: number
  /** Requests a second over all routes of the API. */
  readonly apiRate: number
  /** Of the functions: INFO writes a line for each message and request, WARN what went wrong alone. */
  readonly logLevel: LogLevel
  /** Who hears of alarms. @default - nobody is subscribed to the alarm topic */
  readonly alarmEmail?: string
  /** A table that was restored, in place of the stack's own, which is kept. @default - the stack's own */
  readonly restoredTable?: string
  /** Whether everybody who signs in to the console needs a second factor. @default - those who want one have one */
  readonly mfa?: 'optional' | 'required'
  /** Whether CloudFront stands in front of the API and the console. @default false */
  readonly consoleCdn?: boolean
  /** @default - 50 a second for the beacon, forms and events, 100 for links and pictures in emails */
  readonly limits?: RequestLimits
}

/** What is assumed of an account and of a deployment that says nothing else. */
export const usual = {
  /** What SES grants an account that has left the sandbox. */
  sesRate: 14,
  /** What a new account has. */
  concurrency: 10,
  apiRate: 200,
  logLevel: 'INFO',
} as const

interface Context {
  tryGetContext(key: string): unknown
}

/**
 * Reads the CDK context: `env` (prefix of all fixed names, so that two deployments share an account), `publicUrl`,
 * `emailDomain`, `sesRate`, `concurrency`, `apiRate`, `alarmEmail`, `mfa`, `consoleCdn`, `logLevel`, `restoredTable`, and `limits`, such as `beacon=20,events=200` (requests a second and route).
 * @throws naming the key and what it should look like.
 */
export const readConfig = (context: Context): Config => {
  const env = text(context, 'env', /^[a-z][a-z0-9-]{0,19}$/, 'a short name in lower case, such as staging')
  const publicUrl = text(
    context,
    'publicUrl',
    /^https:\/\/[^\s/?#]+$/,
    'an address such as https://go.example.com',
  )
  const emailDomain = text(
    context,
    'emailDomain',
    /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
    'a domain such as mail.example.com',
  )
  const sesRate = wholeNumber(context, 'sesRate', 9_999)
  const alarmEmail = text(context, 'alarmEmail', /^[^\s@]+@[^\s@]+$/, 'an email address')
  const limits = text(context, 'limits', limitsShape, 'a list such as beacon=20,events=200') ?? ''
  const mfa = text(context, 'mfa', /^(optional|required)$/, 'optional or required')
  const consoleCdn = flag(context, 'consoleCdn')
  const restoredTable = text(context, 'restoredTable', /^[\w.-]{3,255}$/, 'the name of a table')
  const prefix = env === undefined ? '' : `${env}-`
  return {
    dataStackName: `${prefix}TrichterData`,
    appStackName: `${prefix}TrichterApp`,
    busName: `${prefix}${busName}`,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(emailDomain !== undefined && { emailDomain }),
    ...(sesRate !== undefined && { sesRate }),
    concurrency: wholeNumber(context, 'concurrency', 100_000) ?? usual.concurrency,
    apiRate: wholeNumber(context, 'apiRate', 10_000) ?? usual.apiRate,
    logLevel: readLogLevel(context),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(restoredTable !== undefined && { restoredTable }),
    ...(mfa !== undefined && { mfa: mfa === 'required' ? mfa : 'optional' }),
    ...(consoleCdn && { consoleCdn }),
    ...(limits !== '' && { limits: readLimits(limits) }),
  }
}

const readLogLevel = (context: Context): LogLevel => {
  const given = text(context, 'logLevel', /^(debug|info|warn)$/i, 'one of debug, info and warn')
  return logLevels.find((level) => level === given?.toUpperCase()) ?? usual.logLevel
}

/** Folder of the playbook to deploy, from the context key `playbook`. */
export const playbookFolder = (context: Context): string =>
  text(context, 'playbook', /./, 'a folder') ?? 'templates'

/** On the command line everything is text. */
const wholeNumber = (context: Context, key: string, most: number): number | undefined => {
  const value = context.tryGetContext(key)
  if (value === undefined || value === '') return undefined
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= most) return number
  throw new Error(`context ${key}: ${JSON.stringify(value)} is not a whole number from 1 to ${most}`)
}

const flag = (context: Context, key: string): boolean => {
  const value = context.tryGetContext(key)
  if (value === undefined || value === '') return false
  if (['true', 'false'].includes(String(value))) return String(value) === 'true'
  throw new Error(`context ${key}: ${JSON.stringify(value)} is not true or false`)
}

const text = (context: Context, key: string, shape: RegExp, wanted: string): string | undefined => {
  const value = context.tryGetContext(key)
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && shape.test(value)) return value
  throw new Error(`context ${key}: ${JSON.stringify(value)} is not ${wanted}`)
}

const limitsShape = /^(beacon|hits|forms|events)=[1-9]\d{0,4}(,(beacon|hits|forms|events)=[1-9]\d{0,4})*$/

const readLimits = (given: string): RequestLimits => {
  const pairs = given.split(',').map((one) => one.split('='))
  return { ...usualLimits, ...Object.fromEntries(pairs.map(([name, value]) => [name, Number(value)])) }
}
