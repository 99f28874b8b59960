import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it } from 'vitest'
import { expectAccessible, useConsole } from './console.ts'

const subject = { email: 'ada@leads.example.net' }

describe('the settings', () => {
  const used = useConsole(
    { role: 'admin', permissions: ['clipboard-read', 'clipboard-write'] },
    async ({ client }) => {
      await client.postEvents([{ id: 's-1', type: 'newsletter.subscribed', subject, properties: {} }])
      await client.settle()
    },
  )
  const { open } = used

  /** What `POST /events` says to a key. */
  const answerTo = async (key: string): Promise<number> => {
    const answer = await fetch(`${used.trichter.url}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ type: 'page.viewed', subject, properties: {} }] }),
    })
    return answer.status
  }

  it('say whether mail arrives and what to enter in the DNS', async () => {
    const { page, complaints, others, close } = await open('/settings')
    const checks = page.getByRole('region', { name: 'Sender' })
    await checks.getByText('SES sends for mail').waitFor()
    const dkim = checks.getByRole('listitem').filter({ hasText: 'Signs each email' })
    await dkim.getByText('missing').waitFor()
    await dkim.getByText('Turn on Easy DKIM').waitFor()
    expect(await checks.getByRole('listitem').count()).toBe(6)
    await checks.getByRole('button', { name: 'Look again' }).click()
    await checks.getByText(/emails in the last 24 hours; there is no limit/).waitFor()
    await expectAccessible(page)
    expect(complaints).toEqual([])
    expect([...others]).toEqual([])
    await close()
  })

  it('give a program a key of its own, shown once, and revoke it', async () => {
    const { page, close } = await open('/settings/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('My Shop')
    await dialog.getByRole('button', { name: 'New key' }).click()
    await dialog.getByText('must be 1 to 40').waitFor()
    await dialog.getByLabel('Name').fill('shop')
    await dialog.getByRole('button', { name: 'New key' }).click()
    await dialog.getByRole('heading', { name: 'The key for shop' }).waitFor()
    await dialog.getByRole('button', { name: 'Copy Key' }).click()
    const key = await page.evaluate<string>('navigator.clipboard.readText()')
    expect(key).toMatch(/^trk_[\w-]{40}$/)
    await dialog.getByRole('button', { name: 'Done' }).click()
    const row = page.getByRole('listitem').filter({ hasText: 'shop' })
    await row.getByText(key.slice(-4)).waitFor()
    await used.client.advance('1m')
    expect(await answerTo(key)).toBe(202)

    await row.getByRole('button', { name: 'Revoke' }).click()
    await dialog.getByRole('button', { name: 'Revoke' }).click()
    await row.waitFor({ state: 'detached' })
    await used.client.advance('1m')
    expect(await answerTo(key)).toBe(401)
    await close()
  })

  it('show the members; on this machine nobody is invited, and the page says so', async () => {
    const { page, close } = await open('/settings/members')
    await page.getByRole('listitem').filter({ hasText: 'admin@example.com' }).getByText('you').waitFor()
    expect(await page.getByRole('region', { name: 'Members' }).getByRole('listitem').count()).toBe(3)
    await page.getByRole('button', { name: 'Invite' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Email address').fill('bo@example.com')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Send the invitation' }).click()
    await dialog.getByText('On this machine there is one user for each role').waitFor()
    await close()
  })

  it('disable a member, who is signed out, and enable them again', async () => {
    const { page, complaints, close } = await open('/settings/members')
    const row = page.getByRole('listitem').filter({ hasText: 'sales@example.com' })
    const statusOf = async (role: string) =>
      (await used.client.raw('/api/me', { headers: { authorization: `Bearer local-${role}` } })).status
    await row.getByRole('button', { name: 'Disable' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('They cannot sign in any more').waitFor()
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Disable' }).click()
    await row.getByText('disabled').waitFor()
    expect(await statusOf('sales')).toBe(401)
    const own = page.getByRole('listitem').filter({ hasText: 'admin@example.com' })
    expect(await own.getByRole('button', { name: 'Disable' }).count()).toBe(0)
    await row.getByRole('button', { name: 'Enable' }).click()
    await row.getByRole('button', { name: 'Disable' }).waitFor()
    expect(await statusOf('sales')).toBe(200)
    expect(complaints).toEqual([])
    await close()
  })

  it('count dead letters by worker, with the steps of the runbook', async () => {
    const { page, close } = await open('/settings/failures')
    await page.getByText('Nothing was given up').waitFor()
    const { queues, urls } = await used.client.get<{ queues: string[]; urls: { aws: string } }>('/_local')
    const name = JSON.stringify(queues).match(/[\w-]*SendWorkDeadLetters[\w-]*/)?.[0] ?? ''
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
    const sqs = new SQSClient({ endpoint: urls.aws, region: 'us-east-1', credentials })
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }))
    const row = page.getByRole('listitem').filter({ hasText: name })
    await row.getByText('1 message').waitFor()
    await row.getByText('send', { exact: true }).waitFor()
    await page.getByText('npm run dead-letters -- redrive').waitFor()
    await expectAccessible(page)
    await close()
  })

  it('show who did what, filtered by the address', async () => {
    const { page, close } = await open('/settings/audit')
    await page.getByLabel('What', { exact: true }).selectOption('Key made')
    const entry = page.getByRole('listitem').filter({ hasText: 'settings/keys/shop' })
    await entry.getByText('Key made').waitFor()
    await entry.getByText('admin@example.com').waitFor()
    await page.reload()
    await entry.waitFor()
    expect(await page.getByRole('region', { name: 'Audit log' }).getByRole('listitem').count()).toBe(1)
    await page.getByLabel('Who').fill('nobody@example.com')
    await page.getByText('Nothing was done that fits').waitFor()
    expect(page.url()).toContain('actor=nobody%40example.com')
    await expectAccessible(page)
    // Ten years are read in several pages, none of which has anything of theirs.
    await page.getByLabel('From').fill('2017-01-01')
    await page.getByText('Nothing was done that fits').waitFor()
    expect(page.url()).toContain('from=2017-01-01')
    await close()
  })

  it('say what it costs, what is counted and what is estimated', async () => {
    const { page, close } = await open('/settings/cost?days=7')
    await page.evaluate(`localStorage.setItem('trichter.language', 'de')`)
    await page.reload()
    const cost = page.getByRole('region', { name: 'Kosten' })
    await cost.getByText('Gezählt: neue Leads (1)').waitFor()
    await cost.getByText('Geschätzt').waitFor()
    await cost.getByRole('row', { name: /Requests|Anfragen \(SQS\)/ }).waitFor()
    await expectAccessible(page)
    await close()
  })

  it('show who tells and is told, and are not there for other roles', async () => {
    const admin = await open('/settings/connections')
    await admin.page.getByText('hubspot').waitFor()
    await expectAccessible(admin.page)
    await admin.close()
    const { page, close } = await open('/settings', { role: 'marketing' })
    await page.getByText('There is no such page').waitFor()
    expect(await page.getByRole('link', { name: 'Settings' }).count()).toBe(0)
    await close()
  })
})
