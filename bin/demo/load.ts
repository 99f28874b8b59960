import { makeProgress } from '../progress.ts'
import type { SampleActivity } from '../sample-leads.ts'
import type { DemoClient } from './client.ts'
import { type InboxMail, isConfirmation, requestsFor } from './reading.ts'
import { type SampleSubmission, sampleReaders } from './visitors.ts'

const batchSize = 20

/** Reports activities as another program does. @param key API key */
export const report = async (
  { call }: DemoClient,
  key: string,
  activities: readonly SampleActivity[],
): Promise<void> => {
  const progress = makeProgress('Sample activities', activities.length)
  for (let start = 0; start < activities.length; start += batchSize) {
    const events = activities.slice(start, start + batchSize)
    const { rejected } = await call<{ rejected: object[] }>({
      ...{ method: 'POST', path: '/events', token: key },
      body: { events },
    })
    if (rejected.length > 0) throw new Error(`refused: ${JSON.stringify(rejected)}`)
    progress(events.length)
  }
}

/** One after another, so that sales gets what comes of them in the same order every time. @returns forms that this playbook does not have, or not like that. */
export const submitForms = async (
  { submit }: DemoClient,
  submissions: readonly SampleSubmission[],
): Promise<readonly string[]> => {
  const progress = makeProgress('Sample forms', submissions.length)
  const missing = new Set<string>()
  for (const submission of submissions) {
    if (!(await submit(submission))) missing.add(submission.form)
    progress(1)
  }
  return [...missing]
}

const newsletter = { name: 'Sample newsletter', where: 'consented', email: 'three-minutes', at: 'now' }
const token = 'local-marketing'

/** Sends an email to all who have agreed to it, once. @returns whether the playbook has the email. */
export const sendNewsletter = async ({ call }: DemoClient): Promise<boolean> => {
  const path = '/api/broadcasts'
  const { items: emails } = await call<{ items: { email: string }[] }>({
    ...{ method: 'GET', path: '/api/emails', token },
  })
  if (!emails.some(({ email }) => email === newsletter.email)) return false
  const { items } = await call<{ items: { name: string }[] }>({ method: 'GET', path, token })
  if (items.some(({ name }) => name === newsletter.name)) return true
  const { broadcastId } = await call<{ broadcastId: string }>({
    method: 'POST',
    path,
    token,
    body: newsletter,
  })
  await call({ method: 'POST', path: `${path}/${broadcastId}/schedule`, token, body: {} })
  return true
}

/** Five times 22 minutes: the first emails of sequences are due after an hour, the first deadlines of sales after two. */
const rounds = 5
const pause = '22m'

/** Older emails are left alone, as a second look would be a second open; to confirm twice changes nothing. */
const isToRead = ({ at, tags }: InboxMail, from: string): boolean => at >= from || isConfirmation(tags.email)

/** People read what came since `from` (RFC 3339) while the clock goes on. */
export const readMail = async (client: DemoClient, from: string): Promise<void> => {
  const progress = makeProgress('Sample readers', rounds)
  const firstSeen = new Map<string, number>()
  for (let round = 0; round < rounds; round += 1) {
    await client.advance(pause)
    const mails = (await client.inbox()).filter((mail) => isToRead(mail, from))
    for (const mail of mails) {
      const reader = sampleReaders.indexOf(mail.to[0] ?? '')
      const first = firstSeen.get(mail.messageId) ?? round
      firstSeen.set(mail.messageId, first)
      for (const request of reader < 0 ? [] : requestsFor(mail, reader, round - first))
        await client.follow(request)
    }
    progress(1)
  }
  // Opens and clicks count once they have stood for some seconds.
  await client.advance('1m')
}
