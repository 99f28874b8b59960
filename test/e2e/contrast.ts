import type { Page } from 'playwright-core'
import { z } from 'zod'

const found = z.array(z.object({ text: z.string(), ratio: z.number() }))

const program = `(() => {
  const channels = (color) => (color.match(/[\\d.]+/g) ?? []).map(Number)
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const groundOf = (element) => {
    const color = getComputedStyle(element).backgroundColor
    const alpha = channels(color)[3] ?? 1
    return alpha === 1 || !element.parentElement ? color : groundOf(element.parentElement)
  }
  const hasText = (element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== '')
  return [...document.querySelectorAll('body *')]
    .filter((element) => hasText(element) && element.getClientRects().length > 0 && !element.closest('.trap'))
    .map((element) => {
      const [one, other] = [getComputedStyle(element).color, groundOf(element)].map(luminance)
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      return { text: element.textContent.trim().slice(0, 40), ratio }
    })
})()`

/** Every text of a page with the contrast between it and the first opaque ground behind it (WCAG 2.2, 1.4.3). */
export const contrastsOn = async (page: Page) => found.parse(await page.evaluate(program))
