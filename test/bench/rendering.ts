import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { composeShipped } from '../support/compose-shipped.ts'
import type { Row } from './table.ts'

/** Seconds. */
const warmUp = 0.5
const measured = 3

/** Every shipped email in every language in turn, on one core: Liquid, text part, links and headers; no signing, no SES. */
export const measureRendering = async (): Promise<readonly Row[]> => {
  const { playbook } = await loadPlaybook('templates')
  if (!playbook) throw new Error('the shipped playbook has faults')
  const perSecond = (seconds: number): number => {
    const started = performance.now()
    let emails = 0
    while (performance.now() - started < seconds * 1_000) emails += composeShipped(playbook).length
    return (emails * 1_000) / (performance.now() - started)
  }
  perSecond(warmUp)
  const rate = perSecond(measured)
  const sizes = composeShipped(playbook).map(({ email }) => Buffer.byteLength(email.html) / 1_000)
  return [
    { what: 'emails rendered, HTML and text', value: rate, unit: 'emails/s' },
    { what: 'one of them', value: 1_000 / rate, unit: 'ms' },
    { what: 'HTML of the largest', value: Math.max(...sizes), unit: 'KB', aim: 'Gmail clips beyond 102' },
  ]
}
