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
    concurrency: 10,
    apiRate: 200,
    logLevel: 'INFO',
  })
  expect(playbookFolder(context({}))).toBe('templates')
})

test('env sets deployments of one account apart', () => {
  expect(readConfig(context({ env: 'staging' }))).toEqual({
    dataStackName: 'staging-TrichterData',
    appStackName: 'staging-TrichterApp',
    busName: 'staging-trichter',
    concurrency: 10,
    apiRate: 200,
    logLevel: 'INFO',
  })
})

test('what is given is kept', () => {
  const given = {
    publicUrl: 'https://go.example.com',
    emailDomain: 'mail.example.com',
    alarmEmail: 'ops@example.com',
    mfa: 'required',
    restoredTable: 'trichter-restored',
  }
  expect(readConfig(context(given))).toMatchObject(given)
  expect(playbookFolder(context({ playbook: '/some/where' }))).toBe('/some/where')
})

test.each([
  ['debug', 'DEBUG'],
  ['WARN', 'WARN'],
  ['', 'INFO'],
])('the level of logs is given as %j', (logLevel, level) => {
  expect(readConfig(context({ logLevel })).logLevel).toBe(level)
})

test.each(['80', 80])('the rate of SES is given as %j', (sesRate) => {
  expect(readConfig(context({ sesRate })).sesRate).toBe(80)
})

test.each(['true', true])('CloudFront is asked for as %j', (consoleCdn) => {
  expect(readConfig(context({ consoleCdn })).consoleCdn).toBe(true)
})

test.each(['false', false, ''])('CloudFront is not asked for as %j', (consoleCdn) => {
  expect(readConfig(context({ consoleCdn }))).toEqual(readConfig(context({})))
})

test.each([
  ['env', 'Staging'],
  ['env', 'a b'],
  ['publicUrl', 'http://go.example.com'],
  ['publicUrl', 'https://go.example.com/'],
  ['emailDomain', 'localhost'],
  ['alarmEmail', 'ops'],
  ['consoleCdn', 'yes'],
  ['mfa', 'yes'],
  ['mfa', true],
  ['restoredTable', 'a b'],
  ['sesRate', '0'],
  ['sesRate', '1.5'],
  ['sesRate', 'fast'],
  ['sesRate', 100_000],
  ['alarmEmail', 42],
  ['logLevel', 'error'],
  ['logLevel', 'silent'],
  ['concurrency', '0'],
  ['apiRate', 'fast'],
])('%s %j is refused by name', (key, value) => {
  expect(() => readConfig(context({ [key]: value }))).toThrow(
    `context ${key}: ${JSON.stringify(value)} is not`,
  )
})
