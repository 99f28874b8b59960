import { expect, test } from 'vitest'
import { nagFindings, schemaFindings } from './findings.ts'
import { makeApp } from './synth-fixture.ts'

test('cdk-nag finds nothing in stacks without anything that can be left out', () => {
  expect(nagFindings(makeApp())).toEqual([])
})

test('CloudFormation would take them', () => {
  expect(schemaFindings(makeApp({}, { builtinCloudFormationValidation: true }))).toEqual([])
})
