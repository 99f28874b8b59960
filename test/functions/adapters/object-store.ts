import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import type { RowColumns } from '../../../domain/kpi/row.ts'
import { readRows } from '../../../functions/adapters/row-files.ts'
import { type FauxApp, loadObjectStore } from '../../../local/engines/fauxqs.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

const urlOf = ({ path, query = {} }: Asked): string => {
  const asked = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value ?? '')]),
  )
  return asked.size > 0 ? `${path}?${asked}` : path
}

/** Calls S3 within this process. */
const within = (app: FauxApp) => ({
  handle: async (request: Asked) => {
    const { method, headers, body } = request
    const payload = Buffer.from(typeof body === 'string' ? body : (body ?? ''))
    const answer = await app.inject({ method, url: urlOf(request), headers, payload })
    const texts = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
    const response = {
      statusCode: answer.statusCode,
      headers: Object.fromEntries(texts),
      body: new Blob([new Uint8Array(answer.rawPayload)]).stream(),
    }
    return { response }
  },
  updateHttpClientConfig: () => {},
  httpHandlerConfigs: () => ({}),
})

export interface TestBucket {
  readonly objects: S3Client
  readonly bucket: string
  /** Names of all objects. */
  names(prefix?: string): Promise<readonly string[]>
  /** The rows of all objects that hold rows, whether anybody points to them or not. */
  rows(): Promise<readonly RowColumns[]>
  text(name: string): Promise<string>
  stop(): Promise<void>
}

/** An empty bucket in an S3 of its own. */
export const startBucket = async (): Promise<TestBucket> => {
  const { S3Store, buildApp } = await loadObjectStore()
  const app = buildApp({ logger: false, defaultRegion: 'eu-central-1', stores: { s3Store: new S3Store() } })
  await app.ready()
  const objects = new S3Client({
    endpoint: 'http://127.0.0.1',
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: within(app),
    signer: { sign: async (request) => request },
  })
  const bucket = 'figures'
  await objects.send(new CreateBucketCommand({ Bucket: bucket }))
  const names = async (prefix = ''): Promise<readonly string[]> => {
    const { Contents = [] } = await objects.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
    return Contents.flatMap(({ Key }) => Key ?? [])
  }
  const read = async (name: string): Promise<Uint8Array> => {
    const answer = await app.inject({
      method: 'GET',
      url: `/${bucket}/${name}`,
      headers: { host: '127.0.0.1' },
    })
    return answer.rawPayload
  }
  return {
    objects,
    bucket,
    names,
    rows: async () => Promise.all((await names('rows/')).map(async (name) => readRows(await read(name)))),
    text: async (name) => Buffer.from(await read(name)).toString(),
    stop: async () => {
      objects.destroy()
      await app.close()
    },
  }
}
