import { expect, test } from 'vitest'
import { isRecord, plainText } from './plain-text.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

test('the bus believes its own source of the functions of the stack alone', () => {
  const { app } = synthFixture()
  const [policy, ...others] = ofType(app, 'AWS::Events::EventBusPolicy').map(
    ([, { Properties }]) => Object(Properties).Statement,
  )
  expect(others).toEqual([])
  expect(policy).toMatchObject({
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'events:PutEvents',
    Condition: { StringEquals: { 'events:source': 'trichter' } },
  })
  expect(plainText(policy.Resource)).toBe('<ActivitiesBus.Arn>')
  expect(Object.keys(policy.Condition).sort()).toEqual(['ArnNotEquals', 'StringEquals'])
  const named: readonly unknown[] = policy.Condition.ArnNotEquals['aws:PrincipalArn']
  const speaking = ofType(app, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
    const { Variables } = isRecord(Properties.Environment) ? Properties.Environment : {}
    return isRecord(Variables) && 'BUS_NAME' in Variables ? [id.replace(/Function[0-9A-F]{8}$/, '')] : []
  })
  expect(speaking.length).toBeGreaterThan(10)
  expect(named.map((role) => plainText(role).replace(/^<|Role\.Arn>$/g, '')).sort()).toEqual(speaking.sort())
})

test('every rule of the bus that acts on decisions asks for that source', () => {
  const { app } = synthFixture()
  const rules = ofType(app, 'AWS::Events::Rule').map(([id, { Properties }]) => [
    id,
    Object(Properties).EventPattern,
  ])
  expect(rules.length).toBeGreaterThan(7)
  for (const [id, pattern] of rules)
    if (!pattern['detail-type']?.includes('Activity'))
      expect([id, pattern.source]).toEqual([id, [pattern.source?.[0] === 'aws.ses' ? 'aws.ses' : 'trichter']])
})
