import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRunner } from '../../local/runtime.ts'
import { compiledBeside, synthesize } from '../../local/synth/synthesize.ts'
import { type Client, linkIn, makeClient } from './client.ts'

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: object }>>
}
interface Statement {
  Action: string | string[]
}

const address = 'nora.stein@werk.example.net'
const endings: (() => unknown)[] = []
let assembly: string

beforeAll(async () => {
  assembly = (await synthesize(resolve('.'), resolve('templates'))).folder
})
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

/** Runs the synthesized stack as it is, but for one action that the policy of one role no longer has. */
const startWithout = (role: string, action: string) =>
  startWith((template) => expect(takeOut(template, role, action)).toBe(1))

/** Runs the synthesized stack with one change. */
const startWith = async (
  change: (template: Template) => void,
): Promise<{ client: Client; log: string[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'trichter-permission-'))
  endings.push(() => rmSync(folder, { recursive: true }))
  cpSync(assembly, folder, { recursive: true })
  const file = join(folder, 'TrichterApp.template.json')
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template
  change(template)
  writeFileSync(file, JSON.stringify(template))
  const log: string[] = []
  const runner = await startRunner({
    ...{ cloudAssemblyDir: folder, port: 0, log: (line) => log.push(line) },
    compiled: compiledBeside(assembly),
  })
  endings.push(() => runner.stop())
  return { client: makeClient(runner.url), log }
}

/** Answers from how many statements the action is gone. */
const takeOut = ({ Resources }: Template, role: string, action: string): number => {
  const policies = Object.entries(Resources).filter(
    ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`${role}RoleDefaultPolicy`),
  )
  const statements: Statement[] = policies.flatMap(
    ([, { Properties }]) => Object(Properties).PolicyDocument.Statement,
  )
  const having = statements.filter(({ Action }) => [Action].flat().includes(action))
  for (const statement of having)
    statement.Action = [statement.Action].flat().map((one) => (one === action ? 'none:Nothing' : one))
  return having.length
}

const signUp = (client: Client) =>
  client.submitForm('newsletter', { email: address, firstName: 'Nora' }, '?lang=en')

/** The way up to the first email of the sequence, and past the tries of whatever fails on it. */
const begin = async (client: Client): Promise<void> => {
  expect((await signUp(client)).status).toBeLessThan(400)
  await client.settle()
  const [mail] = await client.inbox(address)
  if (mail) {
    expect((await fetch(linkIn(mail, '/confirm/'), { method: 'POST' })).status).toBe(200)
    await client.settle()
  }
  await client.advance('1d')
}

describe('a stack whose role lacks one permission', () => {
  it.each([
    { role: 'Record', action: 'dynamodb:PutItem', mails: 0 },
    { role: 'Send', action: 'ses:SendEmail', mails: 0 },
  ])('fails where $role needs $action, and the dead letter names both', async ({ role, action, mails }) => {
    const { client } = await startWithout(role, action)
    await begin(client)
    const letters = await client.deadLetters()
    expect(letters.length).toBeGreaterThan(0)
    for (const { error } of letters) {
      expect(error).toContain('AccessDeniedException')
      expect(error).toMatch(new RegExp(`-${role}Function[^ ]* is not authorized to perform: ${action} `))
    }
    expect(await client.inbox(address)).toHaveLength(mails)
  })

  it('waits where Nurture may not set wakes, says so, and goes on when the time has come', async () => {
    const { client, log } = await startWithout('Nurture', 'scheduler:CreateSchedule')
    await begin(client)
    const refusals = () => log.filter((line) => line.includes('a wake-up was refused'))
    const [first] = refusals()
    expect(first).toContain('AccessDeniedException')
    expect(first).toMatch(/-NurtureFunction[^ ]* is not authorized to perform: scheduler:CreateSchedule /)
    expect(await client.deadLetters()).toEqual([])
    const sofar = await client.inbox(address)
    expect(sofar).toHaveLength(2)

    for (let day = 1; day <= 4; day++) await client.advance('1d')
    expect((await client.inbox(address)).length).toBeGreaterThan(sofar.length)
    expect(await client.deadLetters()).toEqual([])
  })

  it('takes nothing in where Intake may not put events on the bus, and logs why', async () => {
    const { client, log } = await startWithout('Intake', 'events:PutEvents')
    expect((await signUp(client)).status).toBe(500)
    await client.settle()
    expect(log.join('\n')).toMatch(/IntakeFunction[^ ]* is not authorized to perform: events:PutEvents/)
    expect(await client.inbox()).toEqual([])
  })

  it('lets nobody speak as Trichter whom the bus does not name', async () => {
    const { client, log } = await startWith(({ Resources }) => {
      const policies = Object.values(Resources).filter(({ Type }) => Type === 'AWS::Events::EventBusPolicy')
      expect(policies).toHaveLength(1)
      const { ArnNotEquals } = Object(policies[0]?.Properties).Statement.Condition
      const named: readonly object[] = ArnNotEquals['aws:PrincipalArn']
      const others = named.filter((role) => !JSON.stringify(role).includes('IntakeRole'))
      expect(others).toHaveLength(named.length - 1)
      ArnNotEquals['aws:PrincipalArn'] = others
    })
    expect((await signUp(client)).status).toBe(500)
    await client.settle()
    expect(log.join('\n')).toMatch(
      /IntakeFunction[^ ]* is not authorized to perform: events:PutEvents .* explicit deny/,
    )
    expect(await client.inbox()).toEqual([])
  })
})
