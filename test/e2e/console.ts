import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Client, makeClient } from '../story/client.ts'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { launchBrowser } from './browser.ts'

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

type ConsoleOptions = Omit<Parameters<typeof openConsole>[2], 'path'>

/** A Trichter and a browser for the stories of one file. */
export interface Console {
  readonly trichter: Trichter
  readonly client: Client
  readonly browser: Browser
  /** Opens a page; options given here count before those of the file. */
  open(path: string, options?: Partial<ConsoleOptions>): Promise<OpenConsole>
}

/** @param usual who opens pages where a story says nothing else. @param begin what has happened before the stories begin. */
export const useConsole = (
  usual: ConsoleOptions,
  begin: (started: Console) => Promise<void> = async () => undefined,
  options?: readonly string[],
): Console => {
  let started: Omit<Console, 'open'> | undefined
  const now = (): Omit<Console, 'open'> => {
    if (!started) throw new Error('the stories have not begun')
    return started
  }
  const used: Console = {
    get trichter() {
      return now().trichter
    },
    get client() {
      return now().client
    },
    get browser() {
      return now().browser
    },
    open: (path, other) => openConsole(now().browser, now().trichter.url, { ...usual, ...other, path }),
  }
  beforeAll(async () => {
    const [trichter, browser] = await Promise.all([startTrichter(options), launchBrowser()])
    started = { trichter, browser, client: makeClient(trichter.url) }
    await begin(used)
  })
  afterAll(async () => {
    await started?.browser.close()
    await started?.trichter.stop()
  })
  return used
}

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

/** What axe finds wrong with a page as it stands. */
const violationsOn = async (page: Page): Promise<readonly string[]> => {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source)
  const found = await page.evaluate<readonly Violation[]>(
    'axe.run(document, { resultTypes: ["violations"], preload: false }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))',
  )
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

/** Until colours have changed over: what moves for ever is not waited for. */
const atRest =
  'Promise.all(document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity).map(({ finished }) => finished.catch(() => undefined)))'

/** A page is accessible and no wider than its window, at every width and in either scheme. */
export const expectAccessible = async (page: Page): Promise<void> => {
  const before = page.viewportSize()
  // What is not answered yet changes what a page offers, and the colours of its buttons with it.
  await page.waitForLoadState('networkidle')
  // What lies under the mouse changes with the width, and its colour a moment later.
  await page.mouse.move(0, 0)
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
