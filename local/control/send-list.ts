import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Answers with a JSON list, item by item as the client takes it. @param items those given as text are JSON already */
export async function sendList(response: ServerResponse, items: Iterable<object | string>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  try {
    await pipeline(Readable.from(asList(items)), response)
  } catch (error) {
    const wentAway = error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (!wentAway) throw error
  }
}

function* asList(items: Iterable<object | string>): Generator<string> {
  let before = '['
  for (const item of items) {
    yield before + (typeof item === 'string' ? item : JSON.stringify(item))
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}
