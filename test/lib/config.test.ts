import { expect, test } from 'vitest'
import { playbookFolder, readConfig } from '../../lib/config.ts'

const context = (values: Readonly<Record<string, unknown>>) => ({
  tryGetContext: (key: string) => values[key],
})

test('without context, everything has its plain name', () => {
  expect(readConfig(context({}))).toEqual({
    dataStackName: 'TrichterData',
    appStackName: 'TrichterApp',
    busName: 'trichter',
  })
  expect(playbookFolder(context({}))).toBe('templates')
})

test('env sets deployments of one account apart', () => {
  expect(readConfig(context({ env: 'staging' }))).toEqual({
    dataStackName: 'staging-TrichterData',
    appStackName: 'staging-TrichterApp',
    busName: 'staging-trichter',
  })
})

test('what is given is kept', () => {
  const given = {
    publicUrl: 'https://go.example.com',
    emailDomain: 'mail.example.com',
    alarmEmail: 'ops@example.com',
  }
  expect(readConfig(context(given))).toMatchObject(given)
  expect(playbookFolder(context({ playbook: '/some/where' }))).toBe('/some/where')
})

test.each([
  ['env', 'Staging'],
  ['env', 'a b'],
  ['publicUrl', 'http://go.example.com'],
  ['publicUrl', 'https://go.example.com/'],
  ['emailDomain', 'localhost'],
  ['alarmEmail', 'ops'],
  ['alarmEmail', 42],
])('%s %j is refused by name', (key, value) => {
  expect(() => readConfig(context({ [key]: value }))).toThrow(
    `context ${key}: ${JSON.stringify(value)} is not`,
  )
})
