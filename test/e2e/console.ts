import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'

type Role = 'marketing' | 'sales' | 'admin'

/** The console as somebody has it open. */
export interface OpenConsole {
  readonly page: Page
  /** What the browser complained of: faults of scripts, and what the content security policy refused. */
  readonly complaints: readonly string[]
  /** Origins that were asked for anything, besides the console's own. */
  readonly others: ReadonlySet<string>
  close(): Promise<void>
}

/** Opens a page of the console as one of the runner's users. */
export const openConsole = async (
  browser: Browser,
  url: string,
  { role, path = '/', ...options }: BrowserContextOptions & { readonly role: Role; readonly path?: string },
): Promise<OpenConsole> => {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  const others = new Set<string>()
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && origin !== url) others.add(origin)
  })
  await page.goto(path)
  await page.getByRole('button', { name: new RegExp(`^${role}`, 'i') }).click()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  return { page, complaints, others, close: () => context.close() }
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe finds wrong with a page as it stands. */
const violationsOn = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(axe.source)
  const found = await page.evaluate<readonly Violation[]>(
    'axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))',
  )
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** Until colours have changed over: what moves for ever is not waited for. */
const atRest =
  'Promise.all(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity).map(({ finished }) => finished.catch(() => undefined)))'

/** A page is accessible and no wider than its window, at every width and in either scheme. */
export const expectAccessible = async (page: Page): Promise<void> => {
  const before = page.viewportSize()
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 1024, 390]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      await page.evaluate(atRest)
      const at = `${colorScheme} at ${width}`
      expect([at, await violationsOn(page)]).toEqual([at, []])
      expect([at, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([at, width])
    }
  await page.emulateMedia({ colorScheme: null })
  if (before) await page.setViewportSize(before)
}
