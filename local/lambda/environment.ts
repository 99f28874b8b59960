import { type JsonObject, objectOf, textOf } from '../json.ts'
import type { Resource } from '../template/model.ts'
import { stableHash } from '../template/names.ts'
import { ACCOUNT, REGION } from '../template/place.ts'

/** The credentials of one function: the gateway knows the caller by its access key. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export function credentialsOf(functionArn: string): Credentials {
  return {
    accessKeyId: `ASIA${stableHash(functionArn, 16).toUpperCase()}`,
    secretAccessKey: stableHash(`secret ${functionArn}`, 40),
    sessionToken: stableHash(`session ${functionArn}`, 64),
  }
}

/** The process environment as Lambda sets it: the template's variables and the reserved ones, nothing else. */
export function environmentOf(fn: Resource, folder: string, endpoint: string): Record<string, string> {
  const credentials = credentialsOf(fn.arn)
  return {
    ...variablesOf(fn.properties),
    _HANDLER: textOf(fn.properties.Handler) ?? 'index.handler',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_ACCOUNT_ID: ACCOUNT,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${textOf(fn.properties.Runtime) ?? 'nodejs24.x'}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: textOf(fn.properties.MemorySize) ?? '128',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(fn),
    ...logLevelOf(fn),
    AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${stableHash(fn.arn, 32)}`,
    AWS_REGION: REGION,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    LAMBDA_RUNTIME_DIR: '/var/runtime',
    LAMBDA_TASK_ROOT: folder,
    TZ: ':UTC',
  }
}

/** Lambda tells a function of the level that its configuration asks for. */
function logLevelOf(fn: Resource): { AWS_LAMBDA_LOG_LEVEL?: string } {
  const level = textOf(objectOf(fn.properties.LoggingConfig).ApplicationLogLevel)
  return level === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: level }
}

export function logGroupOf(fn: Resource): string {
  return textOf(objectOf(fn.properties.LoggingConfig).LogGroup) ?? `/aws/lambda/${fn.name}`
}

/** The variables that the template sets. */
export function variablesOf(properties: JsonObject): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(objectOf(objectOf(properties.Environment).Variables))) {
    variables[name] = textOf(value) ?? ''
  }
  return variables
}
