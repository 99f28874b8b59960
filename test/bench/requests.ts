import type { Client } from '../story/client.ts'
import type { Row } from './table.ts'

interface Count {
  readonly service: string
  readonly operation: string
  readonly count: number
}

const many = 100

/** What is paid for: the requests that the functions made, counted at the gateway, divided by what they were made for. */
export const countRequests = async (client: Client): Promise<readonly Row[]> => {
  const counted = async (what: string, divideBy: number, work: () => Promise<unknown>): Promise<Row[]> => {
    await client.settle()
    await client.raw('/_local/counts', { method: 'DELETE' })
    await work()
    await client.settle()
    const counts = (await (await client.raw('/_local/counts')).json()) as Count[]
    const perService = Map.groupBy(counts, ({ service }) => service)
    return [...perService].map(([service, list]) => ({
      what: `${what}: ${service} (${list.map(({ operation, count }) => `${operation} ${count / divideBy}`).join(', ')})`,
      value: list.reduce((sum, { count }) => sum + count, 0) / divideBy,
      unit: 'requests',
    }))
  }
  const subject = (index: number) => ({ email: `count-${index}@bench.example.net` })
  const postEach = async (type: string, properties: object) => {
    for (let index = 0; index < many; index += 1) {
      await client.postEvents([{ id: `count-${type}-${index}`, type, subject: subject(index), properties }])
      await client.settle()
    }
  }
  await postEach('consent.granted', { purpose: 'newsletter' })
  return [
    ...(await counted('one more activity of a known lead', many, () =>
      postEach('page.viewed', { path: '/' }),
    )),
    ...(await counted('an activity that leads to an email', many, () =>
      postEach('newsletter.subscribed', {}),
    )),
    ...(await counted('a scheduled email', many, () => client.advance('3d'))),
  ]
}
