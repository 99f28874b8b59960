import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../e2e/browser.ts'
import { type Client, makeClient } from '../story/client.ts'
import { startTrichter } from '../story/trichter.ts'

/**
 * Pictures of every page of the console with the sample leads: `npm run screenshots` puts them into `.local/screenshots`.
 * `-- --language de`: of the German ones. `-- --only broadcast`: of those whose names begin so.
 */
const folder = join(import.meta.dirname, '../../.local/screenshots')
const { language, only } = parseArgs({
  options: { language: { type: 'string', default: 'en' }, only: { type: 'string', default: '' } },
}).values
const locale = language === 'de' ? 'de-DE' : 'en-GB'

const sizes = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]
const schemes = ['light', 'dark'] as const

interface Shot {
  readonly name: string
  /** `none`: nobody has signed in yet. */
  readonly role: 'sales' | 'marketing' | 'admin' | 'none'
  readonly path: string
}

/** Some handoffs are accepted, and their deals in different phases. */
const sell = async (
  client: Client,
): Promise<readonly { readonly handoffId: string; readonly leadId: string }[]> => {
  const steps = [
    ['needs.recorded', { needs: ['Fewer leaks', 'A quieter hall'] }],
    ['proposal.sent', { amount: '12480.50', currency: 'EUR' }],
    ['negotiation.started', {}],
    ['proposal.sent', { amount: '8900', currency: 'EUR' }],
    ['deal.won', { amount: '31000', currency: 'EUR' }],
  ] as const
  const waiting = await client.handoffs('?state=requested&limit=100')
  for (const [index, [type, properties]] of steps.entries()) {
    const { handoffId, leadId } = waiting[index] ?? { handoffId: '', leadId: '' }
    await client.post(`/api/handoffs/${handoffId}/accept`, {})
    await client.settle()
    await client.post(`/api/leads/${leadId}/activities`, { type, properties })
    await client.settle()
  }
  return waiting
}

/** Contacts from another program, some of them refused. */
const importContacts = async (client: Client): Promise<string> => {
  const plan = {
    name: 'Fair in Hanover.csv',
    mapping: { 'E-Mail': 'email', Vorname: 'firstName', Firma: 'company', Notiz: null },
    consent: {
      ...{ purpose: 'newsletter', evidence: 'sign-up list at the fair in Hanover, page 3' },
      at: '2026-03-20T10:00:00Z',
    },
  }
  const begun = await (await client.post('/api/imports', plan, 'admin')).json()
  const { importId } = begun as { readonly importId: string }
  const rows = Array.from({ length: 240 }, (_, index) => ({
    line: index + 2,
    values: {
      'E-Mail': index % 60 === 7 ? 'no address' : `visitor-${index}@fair.example.net`,
      ...{ Vorname: 'Kim', Firma: `Stand ${index}`, Notiz: '' },
    },
  }))
  await client.post(`/api/imports/${importId}/rows`, { rows, last: true }, 'admin')
  await client.settle()
  return importId
}

/** One email to everybody in a segment. */
const broadcast = async (client: Client): Promise<string> => {
  const plan = { name: 'What a quiet hall saves', segment: 'decision-makers', email: 'energy-report' }
  const drafted = await (await client.post('/api/broadcasts', { ...plan, at: 'now' }, 'admin')).json()
  const { broadcastId } = drafted as { readonly broadcastId: string }
  await client.post(`/api/broadcasts/${broadcastId}/schedule`, {}, 'admin')
  await client.settle()
  return broadcastId
}

const take = async (browser: Browser, url: string, { name, role, path }: Shot): Promise<void> => {
  for (const viewport of sizes)
    for (const colorScheme of schemes) {
      const context = await browser.newContext({ baseURL: url, viewport, colorScheme, locale })
      const page = await context.newPage()
      if (role !== 'none')
        await page.addInitScript(
          (token) => sessionStorage.setItem('trichter.local-user', token),
          `local-${role}`,
        )
      await page.goto(path)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      // What begins to load only now has its place on the page already.
      await page.waitForTimeout(800)
      await page.waitForLoadState('networkidle')
      await page
        .getByLabel(/Loading|Wird geladen/)
        .first()
        .waitFor({ state: 'detached' })
      const file = `${name}-${language}-${viewport.width}-${colorScheme}.png`
      await page.screenshot({ path: join(folder, file) })
      console.log(file)
      await context.close()
    }
}

mkdirSync(folder, { recursive: true })
const [trichter, browser] = await Promise.all([startTrichter(['--memory', '--demo']), launchBrowser()])
try {
  while (!trichter.output().includes('Sample leads loaded'))
    await new Promise((done) => setTimeout(done, 300))
  const client = makeClient(trichter.url)
  const waiting = await sell(client)
  const importId = await importContacts(client)
  const broadcastId = await broadcast(client)
  const planned = 'segment=decision-makers&email=energy-report&name=What+a+quiet+hall+saves'
  const open = waiting.at(-1)
  const sold = waiting[1]
  const shots: readonly Shot[] = [
    { name: 'sign-in', role: 'none', path: '/' },
    { name: 'overview-sales', role: 'sales', path: '/' },
    { name: 'overview-marketing', role: 'marketing', path: '/' },
    { name: 'handoffs', role: 'sales', path: '/handoffs' },
    { name: 'handoff', role: 'sales', path: `/handoffs/${open?.handoffId}` },
    { name: 'deals', role: 'sales', path: '/deals' },
    { name: 'deals-table', role: 'sales', path: '/deals?view=table' },
    { name: 'leads', role: 'marketing', path: '/leads' },
    { name: 'imports', role: 'marketing', path: '/imports/new' },
    { name: 'import', role: 'marketing', path: `/imports/${importId}` },
    { name: 'lead', role: 'sales', path: `/leads/${sold?.leadId}` },
    { name: 'sequences', role: 'marketing', path: '/sequences' },
    { name: 'sequence', role: 'marketing', path: '/sequences/interest' },
    { name: 'sequence-draft', role: 'marketing', path: '/sequences/interest?edit=1' },
    { name: 'playbook', role: 'marketing', path: '/playbook?file=sequences/interest.yaml' },
    { name: 'playbook-files', role: 'marketing', path: '/playbook' },
    { name: 'emails', role: 'marketing', path: '/emails' },
    { name: 'email', role: 'marketing', path: '/emails/energy-report' },
    { name: 'segments', role: 'marketing', path: '/segments' },
    { name: 'segment', role: 'marketing', path: '/segments/decision-makers' },
    { name: 'segment-people', role: 'marketing', path: '/segments/decision-makers?verdict=withSales' },
    { name: 'segment-new', role: 'marketing', path: '/segments/new?where=score+%3E+20' },
    { name: 'broadcasts', role: 'marketing', path: '/broadcasts' },
    { name: 'broadcast', role: 'marketing', path: `/broadcasts/${broadcastId}` },
    ...[1, 2, 3, 4, 5].map(
      (step): Shot => ({
        name: `broadcast-step-${step}`,
        role: 'marketing',
        path: `/broadcasts/new?${planned}&step=${step}`,
      }),
    ),
    { name: 'forms', role: 'marketing', path: '/forms' },
    { name: 'form', role: 'marketing', path: '/forms/quote' },
    { name: 'scoring', role: 'marketing', path: '/scoring' },
    ...(['sender', 'keys', 'members', 'connections', 'failures', 'audit', 'cost'] as const).map(
      (part): Shot => ({ name: `settings-${part}`, role: 'admin', path: `/settings/${part}` }),
    ),
  ]
  for (const shot of shots.filter(({ name }) => name.startsWith(only)))
    await take(browser, trichter.url, shot)
} finally {
  await browser.close()
  await trichter.stop()
}
