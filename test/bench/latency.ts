import type { Client } from '../story/client.ts'
import { makeProgress } from './progress.ts'
import { settle } from './settle.ts'
import { quantile, type Row } from './table.ts'

const leads = 200

/** One lead after the other, from the moment before `cause` to that in which SES gets the lead's email: milliseconds. */
const timesToMail = async (
  client: Client,
  name: string,
  cause: (email: string) => Promise<unknown>,
): Promise<readonly number[]> => {
  const milliseconds: number[] = []
  const progress = makeProgress(`${name}s`, leads)
  // The first ones warm the functions up.
  for (let lead = -10; lead < leads; lead += 1) {
    const email = `${name}-${lead}@bench.example.net`
    const begin = Date.now()
    await cause(email)
    await settle(client)
    const [mail] = await client.inbox(email)
    if (!mail) throw new Error(`${email} got no mail`)
    if (lead < 0) continue
    milliseconds.push(Date.parse(mail.at) - begin)
    progress()
  }
  return milliseconds
}

/** From the request that posts the form to the confirmation. */
export const measureLatency = async (client: Client): Promise<readonly Row[]> => {
  const times = await timesToMail(client, 'form', async (email) => {
    const response = await client.submitForm('newsletter', { email }, '?lang=de')
    if (response.status >= 400) throw new Error(`the form answered ${response.status}`)
  })
  return [
    { what: 'p50', value: quantile(times, 0.5), unit: 'ms', aim: 'reference 111' },
    { what: 'p99', value: quantile(times, 0.99), unit: 'ms' },
  ]
}

/** From the activity of a lead that may be written to, to the first email of the sequence that it begins. */
export const measureTrigger = async (client: Client): Promise<readonly Row[]> => {
  const post = (type: string, email: string, properties = {}) =>
    client.postEvents([{ id: `${type}-${email}`, type, subject: { email }, properties }])
  for (let lead = -10; lead < leads; lead += 1)
    await post('consent.granted', `trigger-${lead}@bench.example.net`, { purpose: 'newsletter' })
  await settle(client)
  const times = await timesToMail(client, 'trigger', (email) => post('newsletter.subscribed', email))
  return [
    { what: 'p50', value: quantile(times, 0.5), unit: 'ms' },
    { what: 'p95', value: quantile(times, 0.95), unit: 'ms' },
  ]
}
