import type { Need } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import { jsonAnswer, type Operation, refuseJson, type Service, unknownOperation } from '../gateway/service.ts'
import { type JsonObject, objectsOf, textOf } from '../json.ts'
import { arnOf } from '../template/place.ts'
import { addressOf, type Envelope } from './inbox.ts'
import { type RestOperation, readRest } from './rest-paths.ts'
import { readMail } from './ses-mail.ts'
import type { SuppressionList } from './suppression-list.ts'

export interface SesOptions {
  /** Names of the configuration sets there are. */
  readonly configurationSets: ReadonlySet<string>
  readonly suppression: SuppressionList
  /** RFC 3339, by the virtual clock. */
  now(): string
  newId(): string
  /** Keeps the email and brings its events on the bus. */
  accept(envelope: Envelope): void
}

const SUPPRESSED = '/v2/email/suppression/addresses'
const OPERATIONS: readonly RestOperation[] = [
  { name: 'SendEmail', method: 'POST', path: '/v2/email/outbound-emails' },
  { name: 'GetAccount', method: 'GET', path: '/v2/email/account' },
  { name: 'PutSuppressedDestination', method: 'PUT', path: SUPPRESSED },
  { name: 'ListSuppressedDestinations', method: 'GET', path: SUPPRESSED },
  { name: 'GetSuppressedDestination', method: 'GET', path: `${SUPPRESSED}/{EmailAddress}` },
  { name: 'DeleteSuppressedDestination', method: 'DELETE', path: `${SUPPRESSED}/{EmailAddress}` },
]

/** SES's second API, as far as sending and the suppression list go. */
export function sesService(options: SesOptions): Service {
  return {
    read: (request) => readRest(request, OPERATIONS),
    needs,
    invoke: async (operation) => jsonAnswer(await run(operation, options), 200, 'rest'),
    refuse: refuseJson,
  }
}

/** The identity may be the sender's address or its domain. */
function needs({ name, input }: Operation): Need[] {
  if (name !== 'SendEmail') return [{ action: `ses:${name}`, resource: '*' }]
  const from = addressOf(textOf(input.FromEmailAddress) ?? '')
  const domain = arnOf('ses', `identity/${from.slice(from.indexOf('@') + 1)}`)
  const context = { 'ses:FromAddress': from, 'ses:ApiVersion': '2' }
  const given = textOf(input.FromEmailAddressIdentityArn)
  const identity = given ?? domain
  const address = arnOf('ses', `identity/${from}`)
  const needed: Need[] = [
    { action: 'ses:SendEmail', resource: identity, alternatives: given ? [] : [address], context },
  ]
  const set = textOf(input.ConfigurationSetName)
  if (set !== undefined) {
    needed.push({ action: 'ses:SendEmail', resource: arnOf('ses', `configuration-set/${set}`), context })
  }
  return needed
}

async function run({ name, input }: Operation, options: SesOptions): Promise<object> {
  const address = addressOf(textOf(input.EmailAddress) ?? '')
  switch (name) {
    case 'SendEmail':
      return send(input, options)
    case 'GetAccount':
      return { SendingEnabled: true, ProductionAccessEnabled: true, EnforcementStatus: 'HEALTHY' }
    case 'PutSuppressedDestination':
      options.suppression.put(address, textOf(input.Reason) ?? 'BOUNCE', options.now())
      return {}
    case 'DeleteSuppressedDestination':
      options.suppression.delete(address)
      return {}
    case 'ListSuppressedDestinations':
      return { SuppressedDestinationSummaries: options.suppression.all() }
    case 'GetSuppressedDestination': {
      const found = options.suppression.get(address)
      if (!found)
        throw new AwsError(
          'NotFoundException',
          `Email address ${address} does not exist on the suppression list.`,
          404,
        )
      return { SuppressedDestination: found }
    }
    default:
      throw unknownOperation(name)
  }
}

async function send(input: JsonObject, options: SesOptions): Promise<object> {
  const configurationSet = textOf(input.ConfigurationSetName)
  if (configurationSet !== undefined && !options.configurationSets.has(configurationSet)) {
    throw new AwsError('NotFoundException', `Configuration set <${configurationSet}> does not exist.`, 404)
  }
  const content = await readMail(input)
  const tags: Record<string, string> = {}
  for (const tag of objectsOf(input.EmailTags)) {
    const [name, value] = [textOf(tag.Name) ?? '', textOf(tag.Value) ?? '']
    if (!/^[A-Za-z0-9_-]{1,256}$/.test(name) || !/^[A-Za-z0-9_@.-]{1,256}$/.test(value)) {
      throw new AwsError('BadRequestException', `The tag ${name} has characters that are not allowed.`)
    }
    tags[name] = value
  }
  const messageId = `${options.newId()}-000000`
  options.accept({ mail: { messageId, at: options.now(), ...content, tags }, configurationSet })
  return { MessageId: messageId }
}
