import type { Page } from 'playwright-core'
import { launchBrowser } from '../e2e/browser.ts'
import { quantile, type Row } from './table.ts'

/** With those to warm up, rows enough to open each once and then go on by as many. */
const samples = 20
const aim = '≤ 100'

/** What somebody does on the list of leads. */
type Interaction = 'open the next row' | 'go on by J' | 'put in another order'

/**
 * Milliseconds from what somebody does until its result has been drawn, as the page's own clock has it. Runs in the page.
 * What is seen is looked at with each frame.
 */
const timeInPage = async ({ what, index }: { readonly what: Interaction; readonly index: number }) => {
  const text = (shape: string): string => document.querySelector(shape)?.textContent ?? ''
  const firstRow = 'section[aria-label] > ul > li:first-child'
  const opened = 'section[aria-label] article h1'
  const before = { opened: text(opened), firstRow: text(firstRow) }
  /** Each does it, and returns what tells whether it is to be seen. */
  const acts: Readonly<Record<Interaction, () => () => boolean>> = {
    'open the next row': () => {
      const rows = document.querySelectorAll<HTMLAnchorElement>('section[aria-label] > ul > li > a')
      const row = rows[1 + (index % (rows.length - 1))]
      const name = row?.querySelector('strong')?.textContent
      row?.click()
      return () => text(opened) === name && text(opened) !== ''
    },
    'go on by J': () => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
      return () => text(opened) !== before.opened && text(opened) !== ''
    },
    'put in another order': () => {
      const select = [...document.querySelectorAll('select')].find(({ options }) =>
        [...options].some(({ value }) => value === 'createdAt asc'),
      )
      if (select) select.value = index % 2 === 0 ? 'createdAt asc' : 'name asc'
      select?.dispatchEvent(new Event('change', { bubbles: true }))
      return () => text(firstRow) !== before.firstRow && text(firstRow) !== ''
    },
  }
  const began = performance.now()
  const isDone = acts[what]()
  for (;;) {
    await new Promise(requestAnimationFrame)
    if (isDone()) break
    if (performance.now() - began > 10_000) throw new Error(`${what}: nothing is seen after ten seconds`)
  }
  // After a frame has begun, the next task comes once it was drawn.
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))
  return performance.now() - began
}

const openLeads = async (page: Page, url: string): Promise<void> => {
  await page.goto(`${url}/leads`)
  await page.getByRole('button', { name: /^marketing/i }).click()
  await page.locator('section > ul > li').first().waitFor()
}

/** What people wait for on the list of leads and the lead beside it, in a browser. */
export const measureInteractions = async (url: string): Promise<readonly Row[]> => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await openLeads(page, url)
    const rows: Row[] = []
    for (const what of ['put in another order', 'open the next row', 'go on by J'] as const) {
      const times: number[] = []
      for (let index = -3; index < samples; index += 1) {
        const time = await page.evaluate(timeInPage, { what, index: index + 3 })
        if (index >= 0) times.push(time)
        // As nobody is faster, and what is read for later comes to an end.
        await page.waitForTimeout(150)
      }
      rows.push(
        { what: `${what}: p50`, value: quantile(times, 0.5), unit: 'ms' },
        { what: `${what}: p95`, value: quantile(times, 0.95), unit: 'ms', aim },
      )
    }
    return rows
  } finally {
    await browser.close()
  }
}
