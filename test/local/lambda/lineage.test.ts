import { describe, expect, it } from 'vitest'
import { isSpent, oneRoundOn, readLineage, writeLineage } from '../../../local/lambda/invocation.ts'
import { runFixture } from '../fixture/run-fixture.ts'
import type { Template } from '../fixture/templates.ts'

const header = (lineage: ReadonlyMap<string, number>) =>
  `Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=0;Lineage=${writeLineage(lineage)}`

describe('the lineage of a chain', () => {
  const chainOf = (rounds: number, source = 'queue', fn = 'fn') => {
    let lineage = readLineage(undefined)
    for (let round = 0; round < rounds; round++) {
      lineage = readLineage(header(oneRoundOn([lineage], source, fn)))
    }
    return lineage
  }

  it('is spent after sixteen rounds, and not before', () => {
    expect([0, 1, 15, 16, 17].map((rounds) => isSpent(chainOf(rounds), 'queue', 'fn'))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ])
  })

  it('counts each queue and each function for itself', () => {
    const lineage = oneRoundOn([chainOf(16)], 'other', 'fn')
    expect(isSpent(lineage, 'queue', 'fn')).toBe(true)
    expect([isSpent(lineage, 'other', 'fn'), isSpent(lineage, 'queue', 'other')]).toEqual([false, false])
  })

  it('goes on around two functions that feed each other', () => {
    let lineage = readLineage(undefined)
    for (let round = 0; round < 16; round++) {
      lineage = oneRoundOn([oneRoundOn([lineage], 'a', 'one')], 'b', 'two')
    }
    expect([isSpent(lineage, 'a', 'one'), isSpent(lineage, 'b', 'two')]).toEqual([true, true])
  })

  it('of a batch is the shortest', () => {
    expect(isSpent(oneRoundOn([chainOf(15), chainOf(0)], 'queue', 'fn'), 'queue', 'fn')).toBe(false)
    expect(isSpent(oneRoundOn([chainOf(15), chainOf(15)], 'queue', 'fn'), 'queue', 'fn')).toBe(true)
  })

  it.each(['', 'Root=1-2-3', 'Lineage=', 'Lineage=nonsense', 'Root=1;Lineage=a:x|b:'])('reads %j', (text) => {
    expect([...readLineage(text)]).toEqual([])
  })
})

describe('a function that feeds its own queue', () => {
  const feeds =
    (more: object) =>
    ({ Resources }: Template) => {
      const { Policies } = Object(Resources.WorkerRole?.Properties)
      const Resource = { 'Fn::GetAtt': ['Queue', 'Arn'] }
      Policies.push({
        PolicyName: 'feed',
        PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource }] },
      })
      const properties = Object(Resources.Worker?.Properties)
      properties.Environment.Variables.QUEUE_URL = { Ref: 'Queue' }
      Object.assign(properties, more)
    }

  it('is stopped at the seventeenth round, and the message is a dead letter that says so', async () => {
    const stack = await runFixture({ change: feeds({}) })
    await stack.work({ id: 'loop', action: 'again' })
    await stack.settle()
    const { noted: _, ...rounds } = await stack.notes('loop')
    expect(Object.keys(rounds)).toHaveLength(16)
    expect((await stack.get('/_local/dead-letters')).body).toEqual([
      {
        queue: expect.stringContaining('DeadLetters'),
        body: expect.stringContaining('"round":17'),
        error: expect.stringMatching(/^RecursiveInvocationException: .*RecursiveLoop/),
      },
    ])
    // What comes new over the bus is a chain of its own.
    await stack.work({ id: 'new' })
    await stack.settle()
    expect(Object.keys(await stack.notes('new'))).toEqual(['noted'])
    await stack.stop()
  })

  it('goes on where the template allows it', async () => {
    const stack = await runFixture({ change: feeds({ RecursiveLoop: 'Allow' }) })
    await stack.work({ id: 'loop', action: 'again' })
    let seen = 0
    for (let look = 0; seen <= 20 && look < 400; look++) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      seen = Object.keys(await stack.notes('loop')).length
    }
    expect(seen).toBeGreaterThan(20)
    expect((await stack.get('/_local/dead-letters')).body).toEqual([])
    await stack.stop()
  })
})
