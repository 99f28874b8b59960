import { expect, test } from 'vitest'
import { emptyTeamMessage } from '../../functions/event-names.ts'
import { ofType, synthFixture } from './synth-fixture.ts'

const { app } = synthFixture()

test('a team that has nobody to give a lead to raises an alarm that names the runbook', () => {
  const filters = ofType(app, 'AWS::Logs::MetricFilter').map(([, { Properties }]) => Properties)
  const filter = filters.find(({ FilterPattern }) => String(FilterPattern).includes(emptyTeamMessage))
  expect(filter?.FilterPattern).toBe(`{ $.message = "${emptyTeamMessage}" }`)
  const alarms = ofType(app, 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties)
  const watching = alarms.filter(({ AlarmDescription }) =>
    String(AlarmDescription).includes('A team has nobody to give a lead to'),
  )
  expect(watching).toHaveLength(1)
  expect(JSON.stringify(filter?.MetricTransformations)).toContain(String(watching[0]?.MetricName))
})
