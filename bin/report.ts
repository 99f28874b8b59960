import { parseArgs } from 'node:util'
import { asksForHelp } from './help.ts'
import { makeConsoleClient, refusal } from './playbook/publish.ts'

const usage = `npm run report -- --month 2026-11 | --week 2026-W48 [--lang de] [--html] [--send] [--url URL] [--token TOKEN]
Prints the figures that both teams get by email: a month or a week, what changed against the one before, and what sales
says of the leads.
  --html            the email's HTML
  --send            has it sent to those whom settings.yaml names under report
  --url URL         the running system (default http://127.0.0.1:3000)
  --token TOKEN     for its console API (default local-marketing)`

const text = { type: 'string' } as const
const flag = { type: 'boolean', default: false } as const

const options = {
  ...{ month: text, week: text, lang: text, html: flag, send: flag },
  url: { ...text, default: 'http://127.0.0.1:3000' },
  token: { ...text, default: 'local-marketing' },
} as const

const route = '/api/kpi/report'

const run = async (): Promise<void> => {
  const { month, week, lang, html, send, url, token } = parseArgs({ options }).values
  const period = month ?? week
  if (period === undefined || (month !== undefined && week !== undefined))
    throw new TypeError('of which period? Say --month 2026-11 or --week 2026-W48')
  const call = makeConsoleClient(url, token)
  const asked = new URLSearchParams({ period, ...(lang !== undefined && { lang }) })
  const report = await call('GET', `${route}?${asked}`)
  if (report.status !== 200) throw new Error(refusal(report.status, report.body).join('\n'))
  // Our own API: its shape is not checked again.
  const email = report.body as { readonly text: string; readonly html: string }
  console.log(html ? email.html : email.text)
  if (!send) return
  const sent = await call('POST', route, { period })
  if (sent.status !== 202) throw new Error(refusal(sent.status, sent.body).join('\n'))
  console.log(`Sent to ${(sent.body as { readonly recipients: number }).recipients}.`)
}

if (asksForHelp(process.argv)) console.log(usage)
else
  try {
    await run()
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = error instanceof TypeError ? 2 : 1
  }
