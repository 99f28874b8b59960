import { parseArgs } from 'node:util'
import { type DemoClient, makeDemoClient } from './demo/client.ts'
import { readMail, report, sendNewsletter, submitForms } from './demo/load.ts'
import { lastCall, sampleSubmissions } from './demo/visitors.ts'
import { asksForHelp } from './help.ts'
import { sampleActivities } from './sample-leads.ts'

/** Loads sample data into a running Trichter: `npm run demo -- URL`. */
const usage = `npm run demo -- [URL] [--key KEY]     loads sample data into the Trichter that runs there (http://127.0.0.1:3000)

Forty leads and what they did in sixty days, people who fill in forms, and what they do with the emails that they get. Loading
it again changes nothing. The clock of the local runner goes on by two hours meanwhile: people confirm, read and click.

What is deployed gets the leads (with an API key: --key) and the forms. All have addresses of SES's mailbox simulator there,
so that nothing bounces.`

/** SES takes mail for it, and counts it in no rate. */
const simulated = (email: string): string => {
  const [name, domain = ''] = email.split('@')
  return `success+${name}.${domain.split('.')[0]}@simulator.amazonses.com`
}

const print = (lines: readonly string[]): void => {
  for (const line of lines) console.log(line)
}

const leadsWith = async ({ call }: DemoClient, query: string): Promise<number> => {
  const path = `/api/leads?limit=100&${query}`
  return (await call<{ items: object[] }>({ method: 'GET', path, token: 'local-marketing' })).items.length
}

const sumUp = async (client: DemoClient): Promise<void> => {
  for (const stage of ['awareness', 'interest', 'consideration', 'intent', 'evaluation', 'purchase'])
    console.log(`  ${stage.padEnd(14)}${await leadsWith(client, `stage=${stage}`)} leads`)
  const handoffs = { method: 'GET', path: '/api/handoffs?limit=100', token: 'local-sales' }
  const { items } = await client.call<{ items: object[] }>(handoffs)
  console.log(`Sample leads loaded; ${items.length} of them are with sales.`)
}

const missingForms = (forms: readonly string[]): readonly string[] =>
  forms.map((form) => `Left out: this playbook has no form ${form}, or one with other fields.`)

const loadLocally = async (client: DemoClient, now: string): Promise<void> => {
  const key = 'local-api-key'
  const call = lastCall(Date.parse(now))
  if ((await leadsWith(client, `email=${encodeURIComponent(call.subject.email)}`)) > 0)
    return console.log('The sample leads are here already.')
  await report(client, key, sampleActivities(Date.parse(now)))
  print(missingForms(await submitForms(client, sampleSubmissions)))
  await client.settle()
  if (!(await sendNewsletter(client)))
    console.log('Left out: this playbook has no email three-minutes to send to all.')
  await readMail(client, now)
  console.log('The clock went on by two hours, in which people confirmed, read and clicked.')
  await report(client, key, [call])
  await client.settle()
  await sumUp(client)
}

const addressed = <Of extends { readonly email: string }>(of: Of): Of => ({
  ...of,
  email: simulated(of.email),
})

const loadDeployed = async (client: DemoClient, key: string | undefined): Promise<void> => {
  if (key === undefined)
    console.log('Left out: the forty leads. Reporting what they did takes an API key (--key).')
  else {
    const activities = [...sampleActivities(Date.now()), lastCall(Date.now())]
    const subjects = activities.map((one) => ({ ...one, subject: addressed(one.subject) }))
    await report(client, key, subjects)
  }
  const submissions = sampleSubmissions.map((one) => ({ ...one, fields: addressed(one.fields) }))
  print(missingForms(await submitForms(client, submissions)))
  console.log(
    'Left out: confirmations, opens, clicks and the sample newsletter. Only the local runner shows what was sent.',
  )
}

if (asksForHelp(process.argv)) {
  console.log(usage)
  process.exit(0)
}
const { values, positionals } = parseArgs({ options: { key: { type: 'string' } }, allowPositionals: true })
const client = makeDemoClient(positionals[0] ?? 'http://127.0.0.1:3000')
const now = await client.localNow()
await (now === undefined ? loadDeployed(client, values.key) : loadLocally(client, now))
