import { GetObjectCommand, ListBucketsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { readRows } from '../../functions/adapters/row-files.ts'
import type { Client } from './client.ts'

/** The leads that any object of any bucket holds rows of, whether somebody points to it or not, and every object by name. */
export const storedRows = async (client: Client) => {
  const { urls }: { urls: { aws: string } } = JSON.parse(await (await client.raw('/_local')).text())
  const s3 = new S3Client({
    endpoint: urls.aws,
    forcePathStyle: true,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  const names: string[] = []
  const leads = new Set<string | null>()
  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}))
  for (const { Name: Bucket } of Buckets) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
    for (const { Key = '' } of Contents) {
      names.push(Key)
      if (!Key.endsWith('.parquet')) continue
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      const { lead } = await readRows((await Body?.transformToByteArray()) ?? new Uint8Array())
      for (const one of Array.from(lead)) leads.add(one)
    }
  }
  s3.destroy()
  return { names, leads }
}
