/**
 * What functions read from their environment: the grants of `lib` set it, each beside the permission, and the entries read
 * it. Synthesis fails where an entry names a variable that nothing sets, or does not name one that is set.
 */
export const variables = [
  'TABLE_NAME',
  'BUS_NAME',
  'SIGNING_SECRET_ARN',
  'LINK_KEYS_ARN',
  'FORMER_LINK_KEYS_ARN',
  'API_KEYS_SECRET_ARN',
  'HOOK_SECRETS_ARN',
  'PUBLIC_URL',
  // Of the user pool, for the console.
  'SIGN_IN_URL',
  'SIGN_IN_CLIENT_ID',
  'SIGN_IN_ISSUER',
  'EMAIL_DOMAIN',
  'CONFIGURATION_SET',
  // Emails a second of one sender.
  'SEND_RATE',
  'SCHEDULE_GROUP',
  'SCHEDULE_ROLE_ARN',
  // Of the queue that a function works from itself.
  'QUEUE_URL',
  'QUEUE_ARN',
  'DEAD_LETTERS_ARN',
  // Of queues that other functions work from.
  'RECORD_QUEUE_URL',
  'NURTURE_QUEUE_URL',
  'SEND_QUEUE_URL',
  'HANDOFF_QUEUE_URL',
  'WEBHOOK_QUEUE_URL',
  'AUDIENCE_QUEUE_URL',
  'CALIBRATE_QUEUE_URL',
  'FIGURES_QUEUE_URL',
  'IMPORT_QUEUE_URL',
  'DEAD_LETTER_URLS',
  // `worker=url` of every queue of dead letters, parted by commas.
  'WORKER_DEAD_LETTERS',
  'USER_POOL_ID',
  'ROWS_BUCKET',
] as const

/** `EMAIL_DOMAIN` where the sender is verified by hand: no domain is called that. */
export const anyEmailDomain = 'any'

/** `SEND_RATE` where nobody has said how many SES takes: it throttles what is too much. */
export const asTheyCome = 'any'

export type Variable = (typeof variables)[number]

/**
 * Read it in module scope, so that a bad deployment fails at the first invocation, not at the first use.
 * @throws on reading a variable that is missing or empty.
 */
export const readEnvironment = (
  given: Readonly<Record<string, string | undefined>>,
): Readonly<Record<Variable, string>> =>
  new Proxy(given as Readonly<Record<Variable, string>>, {
    get: (_, name) => {
      const value = given[String(name)]
      if (!value) throw new Error(`environment variable ${String(name)} is missing`)
      return value
    },
  })
