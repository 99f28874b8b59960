import type { Client } from '../story/client.ts'
import { settle } from './settle.ts'
import type { Row } from './table.ts'

interface Count {
  readonly service: string
  readonly operation: string
  readonly count: number
}

const many = 100

/** Secrets are read once for each container: not part of what one more activity costs. */
const counted = (counts: readonly Count[]) => counts.filter(({ service }) => service !== 'secretsmanager')

const shown = (value: number): string => String(Math.round(value * 100) / 100)

/** One row for each service; its operations, whichever function called them, in brackets. */
const rowsOf = (what: string, counts: readonly Count[], each: number): Row[] =>
  [...Map.groupBy(counted(counts), ({ service }) => service)].map(([service, list]) => {
    const operations = [...Map.groupBy(list, ({ operation }) => operation)].map(([operation, same]) => {
      const count = same.reduce((sum, one) => sum + one.count, 0)
      return `${operation} ${shown(count / each)}`
    })
    return {
      what: `${what}: ${service} (${operations.join(', ')})`,
      value: list.reduce((sum, { count }) => sum + count, 0) / each,
      unit: 'requests',
    }
  })

/**
 * What is paid for: every request that the functions, rules and schedules made, counted where it was made, divided by what
 * it was made for. One lead at a time, so that nothing is shared: under load batches make it less.
 */
export const countRequests = async (client: Client): Promise<readonly Row[]> => {
  const count = async (what: string, each: () => Promise<number>): Promise<readonly Row[]> => {
    await settle(client)
    await client.raw('/_local/counts', { method: 'DELETE' })
    const divisor = await each()
    const counts = (await (await client.raw('/_local/counts')).json()) as Count[]
    return rowsOf(what, counts, divisor)
  }
  const postEach = async (type: string, properties: object): Promise<number> => {
    for (let index = 0; index < many; index += 1) {
      const subject = { email: `count-${index}@bench.example.net` }
      await client.postEvents([{ id: `count-${type}-${index}`, type, subject, properties }])
      await settle(client)
    }
    return many
  }
  const advance = async (by: string): Promise<number> => {
    const before = (await client.inbox()).length
    await client.advance(by)
    return (await client.inbox()).length - before
  }
  return [
    ...(await count('first activity of a lead', () => postEach('consent.granted', { purpose: 'news' }))),
    ...(await count('one more activity', () => postEach('page.viewed', { path: '/' }))),
    ...(await count('an activity that sends an email', () => postEach('newsletter.subscribed', {}))),
    ...(await count('an email after a wait', () => advance('3d'))),
  ]
}
