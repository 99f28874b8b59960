/**
 * What each function reads from its environment: the one contract between `lib`, which sets it, and the entries, which
 * read it. A test holds both sides against it.
 */
export const environment = {
  intake: [
    'TABLE_NAME',
    'BUS_NAME',
    'LINK_KEYS_ARN',
    'FORMER_LINK_KEYS_ARN',
    'API_KEYS_SECRET_ARN',
    'PUBLIC_URL',
  ],
  hook: ['TABLE_NAME', 'BUS_NAME', 'SIGNING_SECRET_ARN', 'HOOK_SECRETS_ARN', 'PUBLIC_URL'],
  record: [
    'TABLE_NAME',
    'BUS_NAME',
    'SIGNING_SECRET_ARN',
    'FORMER_LINK_KEYS_ARN',
    'SCHEDULE_GROUP',
    'SCHEDULE_ROLE_ARN',
    'RECORD_QUEUE_ARN',
    'RECORD_DEAD_LETTERS_ARN',
    'RECORD_QUEUE_URL',
  ],
  nurture: [
    'TABLE_NAME',
    'BUS_NAME',
    'SCHEDULE_GROUP',
    'SCHEDULE_ROLE_ARN',
    'NURTURE_QUEUE_ARN',
    'NURTURE_DEAD_LETTERS_ARN',
    'NURTURE_QUEUE_URL',
  ],
  send: [
    'TABLE_NAME',
    'BUS_NAME',
    'SIGNING_SECRET_ARN',
    'LINK_KEYS_ARN',
    'PUBLIC_URL',
    'CONFIGURATION_SET',
    'SCHEDULE_GROUP',
    'SCHEDULE_ROLE_ARN',
    'SEND_QUEUE_ARN',
    'SEND_QUEUE_URL',
    'SEND_DEAD_LETTERS_ARN',
  ],
  feedback: ['TABLE_NAME', 'BUS_NAME', 'SIGNING_SECRET_ARN'],
  handoff: [
    'TABLE_NAME',
    'BUS_NAME',
    'SIGNING_SECRET_ARN',
    'SCHEDULE_GROUP',
    'SCHEDULE_ROLE_ARN',
    'HANDOFF_QUEUE_ARN',
    'HANDOFF_QUEUE_URL',
    'HANDOFF_DEAD_LETTERS_ARN',
  ],
  answer: ['TABLE_NAME', 'BUS_NAME', 'LINK_KEYS_ARN', 'FORMER_LINK_KEYS_ARN', 'HANDOFF_QUEUE_URL'],
  rescore: ['TABLE_NAME', 'BUS_NAME', 'RESCORE_QUEUE_URL', 'RECORD_QUEUE_URL'],
  retain: ['TABLE_NAME', 'BUS_NAME', 'RETAIN_QUEUE_URL'],
  preferences: ['TABLE_NAME', 'BUS_NAME', 'LINK_KEYS_ARN', 'FORMER_LINK_KEYS_ARN'],
  erase: [
    'TABLE_NAME',
    'BUS_NAME',
    'SIGNING_SECRET_ARN',
    'SCHEDULE_GROUP',
    'ERASE_QUEUE_URL',
    'DEAD_LETTER_URLS',
  ],
  api: [
    'TABLE_NAME',
    'BUS_NAME',
    'SIGNING_SECRET_ARN',
    'NURTURE_QUEUE_URL',
    'HANDOFF_QUEUE_URL',
    'WEBHOOK_QUEUE_URL',
    'PUBLIC_URL',
  ],
  playbook: [
    'TABLE_NAME',
    'BUS_NAME',
    'SIGNING_SECRET_ARN',
    'LINK_KEYS_ARN',
    'SEND_QUEUE_URL',
    'EMAIL_DOMAIN',
  ],
  webhook: [
    'TABLE_NAME',
    'SIGNING_SECRET_ARN',
    'SCHEDULE_GROUP',
    'SCHEDULE_ROLE_ARN',
    'WEBHOOK_QUEUE_ARN',
    'WEBHOOK_DEAD_LETTERS_ARN',
    'WEBHOOK_QUEUE_URL',
  ],
} as const

/** `EMAIL_DOMAIN` where the sender is verified by hand: no domain is called that. */
export const anyEmailDomain = 'any'

export type FunctionName = keyof typeof environment
type Variable<Name extends FunctionName> = (typeof environment)[Name][number]

/** @throws at cold start, naming every missing variable: a bad deployment fails at the first invocation, not at the first use. */
export const readEnvironment = <Name extends FunctionName>(
  name: Name,
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<Variable<Name>, string>> => {
  const wanted: readonly string[] = environment[name]
  const missing = wanted.filter((variable) => !variables[variable])
  if (missing.length > 0)
    throw new Error(`function ${name}: environment variables missing: ${missing.join(', ')}`)
  return Object.fromEntries(wanted.map((variable) => [variable, variables[variable]])) as Record<
    Variable<Name>,
    string
  >
}
