import { expect, test } from 'vitest'
import { capabilities } from '../../lib/capabilities.ts'
import { isRecord } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()
const functions = ofType(app, 'AWS::Lambda::Function')

test('there is one function for each entry', () => {
  expect(functions).toHaveLength(capabilities.length)
})

test.each(functions)('%s states how it runs', (_id, { Properties }) => {
  expect(Properties).toMatchObject({
    Runtime: 'nodejs24.x',
    Architectures: ['arm64'],
    Handler: 'index.handler',
    MemorySize: expect.any(Number),
    Timeout: expect.any(Number),
  })
})

test.each(functions)('%s keeps its logs for a month', (_id, { Properties }) => {
  const config = isRecord(Properties.LoggingConfig) ? Properties.LoggingConfig : {}
  const group = isRecord(config.LogGroup) ? app.Resources[String(config.LogGroup.Ref)] : undefined
  expect(group).toMatchObject({ Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } })
})

test('no log is kept for ever', () => {
  const kept = ofType(app, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties.RetentionInDays)
  expect(kept).toEqual(kept.map(() => 30))
})
