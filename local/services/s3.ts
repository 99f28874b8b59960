import type { Need } from '../access/guard.ts'
import type { FauxApp } from '../engines/fauxqs.ts'
import type { AwsRequest, Operation, Service } from '../gateway/gateway.ts'

/** S3 by path-style addresses; the operation follows from method, path and query. */
export function s3Service(app: FauxApp): Service {
  return {
    read: (request) => ({ name: operationOf(request), input: {} }),
    needs,
    invoke: async (_operation, request) => {
      const query = request.query.toString()
      const answer = await app.inject({
        method: request.method,
        url: query ? `${request.path}?${query}` : request.path,
        headers: textHeaders(request),
        payload: Buffer.from(request.body),
      })
      const headers: Record<string, string> = {}
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && name !== 'date' && name !== 'connection') headers[name] = String(value)
      }
      return { status: answer.statusCode, body: answer.rawPayload, headers }
    },
    refuse: (error, request) => ({
      status: error.status,
      headers: { 'content-type': 'application/xml' },
      body:
        request.method === 'HEAD'
          ? ''
          : `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${error.code.replace(/Exception$/, '')}</Code><Message>${escapeXml(error.message)}</Message></Error>`,
    }),
  }
}

function textHeaders(request: AwsRequest): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return headers
}

function split(path: string): { bucket: string; key: string } {
  const [, bucket = '', ...rest] = path.split('/')
  return { bucket, key: decodeURIComponent(rest.join('/')) }
}

function operationOf({ method, path, query }: AwsRequest): string {
  const { bucket, key } = split(path)
  if (!bucket) return 'ListBuckets'
  if (!key) {
    if (method === 'GET') return 'ListObjectsV2'
    if (method === 'HEAD') return 'HeadBucket'
    if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : 'PostObject'
    return method === 'PUT' ? 'CreateBucket' : 'DeleteBucket'
  }
  if (method === 'GET') return 'GetObject'
  if (method === 'HEAD') return 'HeadObject'
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
  if (method === 'POST') return query.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload'
  return query.has('partNumber') ? 'UploadPart' : 'PutObject'
}

const ACTION: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBuckets: 'ListAllMyBuckets',
  ListObjectsV2: 'ListBucket',
  PostObject: 'PutObject',
  UploadPart: 'PutObject',
}

function needs({ name }: Operation, request: AwsRequest): Need[] {
  const { bucket, key } = split(request.path)
  const action = `s3:${ACTION[name] ?? name}`
  if (!bucket) return [{ action, resource: '*' }]
  if (name === 'DeleteObjects') {
    const keys = [...request.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, one]) => one ?? '')
    return keys.map((one) => ({ action: 's3:DeleteObject', resource: `arn:aws:s3:::${bucket}/${one}` }))
  }
  const needed: Need[] = [
    { action, resource: key ? `arn:aws:s3:::${bucket}/${key}` : `arn:aws:s3:::${bucket}` },
  ]
  const source = request.headers['x-amz-copy-source']
  if (typeof source === 'string') {
    const path = decodeURIComponent(source).replace(/^\//, '').replace(/\?.*$/, '')
    needed.push({ action: 's3:GetObject', resource: `arn:aws:s3:::${path}` })
  }
  return needed
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
