import { busName } from '../functions/event-names.ts'

/** What differs between deployments of one checkout. Everything else is the same everywhere. */
export interface Config {
  readonly dataStackName: string
  readonly appStackName: string
  readonly busName: string
  /** Where links in emails point, without a slash at the end. @default - the HTTP API's own address */
  readonly publicUrl?: string
  /** Domain to set up as a sender in SES. @default - the sender is verified by hand, once for the account */
  readonly emailDomain?: string
  /** Who hears of alarms. @default - nobody is subscribed to the alarm topic */
  readonly alarmEmail?: string
}

interface Context {
  tryGetContext(key: string): unknown
}

/**
 * Reads the CDK context: `env` (prefix of all fixed names, so that two deployments share an account), `publicUrl`,
 * `emailDomain`, `alarmEmail`.
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
  const alarmEmail = text(context, 'alarmEmail', /^[^\s@]+@[^\s@]+$/, 'an email address')
  const prefix = env === undefined ? '' : `${env}-`
  return {
    dataStackName: `${prefix}TrichterData`,
    appStackName: `${prefix}TrichterApp`,
    busName: `${prefix}${busName}`,
    ...(publicUrl !== undefined && { publicUrl }),
    ...(emailDomain !== undefined && { emailDomain }),
    ...(alarmEmail !== undefined && { alarmEmail }),
  }
}

/** Folder of the playbook to deploy, from the context key `playbook`. */
export const playbookFolder = (context: Context): string =>
  text(context, 'playbook', /./, 'a folder') ?? 'templates'

const text = (context: Context, key: string, shape: RegExp, wanted: string): string | undefined => {
  const value = context.tryGetContext(key)
  if (value === undefined || value === '') return undefined
  if (typeof value === 'string' && shape.test(value)) return value
  throw new Error(`context ${key}: ${JSON.stringify(value)} is not ${wanted}`)
}
