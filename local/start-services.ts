import type { Caller } from './access/guard.ts'
import { type FauxApp, loadObjectStore } from './engines/fauxqs.ts'
import { isTrue, objectOf, textOf, textsOf } from './json.ts'
import { credentialsOf } from './lambda/environment.ts'
import type { Resource, StackModel } from './template/model.ts'
import { REGION } from './template/place.ts'

/** Callers by access key: every function in its role, and `local`, who may do everything. */
export function readCallers(functions: readonly Resource[]): Map<string, Caller> {
  const callers = new Map<string, Caller>([['local', { kind: 'local' }]])
  for (const { arn, name, properties } of functions) {
    const roleArn = textOf(properties.Role) ?? ''
    callers.set(credentialsOf(arn).accessKeyId, { kind: 'function', name, roleArn })
  }
  return callers
}

/** S3 with the template's buckets. */
export async function startObjects(
  buckets: readonly Resource[],
  folder: string | undefined,
): Promise<FauxApp> {
  const { S3Store, FileS3Persistence, buildApp } = await loadObjectStore()
  const store = new S3Store()
  if (folder !== undefined) {
    const files = new FileS3Persistence(folder)
    files.loadS3(store)
    store.persistence = files
  }
  const app = buildApp({ logger: false, defaultRegion: REGION, stores: { s3Store: store } })
  await app.ready()
  for (const { name } of buckets) {
    const headers = { host: '127.0.0.1' }
    const existing = await app.inject({ method: 'HEAD', url: `/${name}`, headers })
    if (existing.statusCode !== 200) await app.inject({ method: 'PUT', url: `/${name}`, headers })
  }
  return app
}

/** Which SES events each configuration set sends to EventBridge, by the set's name. */
export function readConfigurationSets(model: StackModel): Map<string, string[]> {
  const sets = new Map<string, string[]>()
  for (const { name } of model.ofType('AWS::SES::ConfigurationSet')) sets.set(name, [])
  for (const { properties } of model.ofType('AWS::SES::ConfigurationSetEventDestination')) {
    const destination = objectOf(properties.EventDestination)
    const types = sets.get(textOf(properties.ConfigurationSetName) ?? '')
    if (types && isTrue(destination.Enabled) && destination.EventBridgeDestination !== undefined) {
      types.push(...textsOf(destination.MatchingEventTypes))
    }
  }
  return sets
}
