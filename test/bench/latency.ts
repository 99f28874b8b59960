import type { Client } from '../story/client.ts'
import { makeProgress } from './progress.ts'
import { quantile, type Row } from './table.ts'

const leads = 200

/** One lead after the other: from the request that posts the form to the moment SES gets the confirmation. */
export const measureLatency = async (client: Client): Promise<readonly Row[]> => {
  const milliseconds: number[] = []
  const progress = makeProgress('forms', leads)
  for (let lead = -10; lead < leads; lead += 1) {
    const email = `form-${lead}@bench.example.net`
    const begin = Date.now()
    const response = await client.submitForm('newsletter', { email }, '?lang=de')
    if (response.status >= 400) throw new Error(`the form answered ${response.status}`)
    await client.settle()
    const [mail] = await client.inbox(email)
    if (!mail) throw new Error('no confirmation')
    // The first ones warm the functions up.
    if (lead < 0) continue
    milliseconds.push(Date.parse(mail.at) - begin)
    progress()
  }
  return [
    { what: 'p50', value: quantile(milliseconds, 0.5), unit: 'ms', aim: 'reference 111' },
    { what: 'p99', value: quantile(milliseconds, 0.99), unit: 'ms' },
  ]
}
