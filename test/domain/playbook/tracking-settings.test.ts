import { expect, test } from 'vitest'
import { faultLine } from '../../../domain/playbook/fault.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { smallPlaybook } from './small-playbook.ts'

const withSettings = (more: string) => {
  const files = new Map(smallPlaybook())
  files.set('settings.yaml', `${files.get('settings.yaml')}${more}\n`)
  return parsePlaybook(files)
}
const told = (more: string) => withSettings(more).faults.map(faultLine)

test('what the snippet reports, and the parameters of links, are read', () => {
  const { playbook, faults } =
    withSettings(`tracking: { origins: ['https://www.example.com'], types: [content.viewed] }
utm: { source: acme, medium: email, hosts: [www.example.com, 'shop.example.com:8443'] }`)
  expect(faults).toEqual([])
  expect(playbook?.settings).toMatchObject({
    tracking: { origins: ['https://www.example.com'], types: ['content.viewed'] },
    utm: { source: 'acme', medium: 'email', hosts: ['www.example.com', 'shop.example.com:8443'] },
  })
})

test.each([
  ['tracking: { types: [consent.granted] }', /^settings\.yaml:7:21: any browser can send this/],
  ['tracking: { types: [content.viewd] }', /^settings\.yaml:7:21: .*did you mean "content\.viewed"/],
  ["tracking: { origins: ['https://www.example.com/'] }", /^settings\.yaml:7:23: must be an origin/],
  ['utm: { source: acme }', /"medium" is missing/],
  ['utm: { source: a b, medium: email }', /^settings\.yaml:7:16: must be 1 to 100 characters without spaces/],
  ["utm: { source: a, medium: b, hosts: ['https://www.example.com'] }", /must be a host/],
])('%s', (more, message) => {
  expect(told(more)).toEqual([expect.stringMatching(message)])
})
