import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { compactReply } from '../../../functions/http/compact-reply.ts'

const asking = (headers: Record<string, string> = {}, method = 'GET') => ({
  method,
  headers: new Headers(headers),
})
const long = { items: Array.from({ length: 200 }, (_, index) => ({ index, name: 'Grün' })) }
const bytes = async (reply: Response) => Buffer.from(await reply.arrayBuffer())

describe('compression', () => {
  test.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip, br;q=0', gunzipSync],
  ])('with %s for a client that takes %s', async (coding, accepted, unpack) => {
    const reply = await compactReply(Response.json(long), asking({ 'accept-encoding': accepted }))
    expect(reply.headers.get('content-encoding')).toBe(coding)
    expect(reply.headers.get('vary')).toBe('Accept-Encoding')
    expect(JSON.parse(unpack(await bytes(reply)).toString())).toEqual(long)
  })

  test.each([
    ['nothing is accepted', Response.json(long), {}],
    ['it fits into a packet', Response.json({ a: 1 }), { 'accept-encoding': 'br' }],
    [
      'it is compressed already',
      new Response(Buffer.alloc(5_000, 7), { headers: { 'content-type': 'image/png' } }),
      { 'accept-encoding': 'br' },
    ],
  ])('none where %s', async (_case, response, headers) => {
    const wanted = await bytes(response.clone())
    const reply = await compactReply(response, asking(headers))
    expect(reply.headers.get('content-encoding')).toBeNull()
    expect(await bytes(reply)).toEqual(wanted)
  })

  test('keeps what the answer varies by already', async () => {
    const response = Response.json(long, { headers: { vary: 'Accept' } })
    const reply = await compactReply(response, asking({ 'accept-encoding': 'br' }))
    expect(reply.headers.get('vary')).toBe('Accept, Accept-Encoding')
  })
})

describe('the tag', () => {
  const tagOf = async (body: object) =>
    (await compactReply(Response.json(body), asking())).headers.get('etag') ?? ''

  test('answers 304 without a body to whoever has it, compressed or not', async () => {
    const tag = await tagOf(long)
    for (const given of [tag, `"other", ${tag}`, tag.replace('W/', '')]) {
      const headers = { 'if-none-match': given, 'accept-encoding': 'br' }
      const reply = await compactReply(Response.json(long), asking(headers))
      expect([reply.status, await reply.text(), reply.headers.get('etag')]).toEqual([304, '', tag])
    }
  })

  test('is another one for another body, and the same while a score fades by less than anybody reads', async () => {
    expect(await tagOf({ score: 61.28 })).toBe(await tagOf({ score: 61.31 }))
    expect(await tagOf({ score: 61.28 })).not.toBe(await tagOf({ score: 61.21 }))
    expect(await tagOf({ amount: '61.28' })).not.toBe(await tagOf({ amount: '61.29' }))
    expect(await tagOf({ count: 61 })).not.toBe(await tagOf({ count: 62 }))
  })

  test.each([
    ['a change', Response.json({}), 'POST'],
    ['an error', Response.json({}, { status: 404 }), 'GET'],
    ['what was only looked for', new Response(null), 'HEAD'],
  ])('is not given to %s', async (_case, response, method) => {
    expect((await compactReply(response, asking({}, method))).headers.get('etag')).toBeNull()
  })
})
