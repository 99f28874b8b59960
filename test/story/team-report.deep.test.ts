import { execFile } from 'node:child_process'
import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { dayOf } from '../../domain/time/date-value.ts'
import { changedPlaybook } from './playbook-folder.ts'
import { scoringClient } from './scoring-client.ts'
import { useStory } from './use-story.ts'

const mia = 'mia@leisewerk.example'
const sam = 'sam@leisewerk.example'

const client = useStory({
  playbook: () =>
    changedPlaybook((folder) =>
      appendFile(
        join(folder, 'settings.yaml'),
        `\nreport:\n  weekly: [${mia}, ${sam}]\n  monthly: [${mia}]\n  language: en\n`,
      ),
    ),
})
const story = scoringClient(client)

/** By the clock of the company, as its figures are counted. */
const monthOf = (instant: string): string => dayOf(instant, 'Europe/Berlin')?.slice(0, 7) ?? ''

const command = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, ['bin/report.ts', ...args, '--url', client.url])

describe('the figures by email', () => {
  it('can be read before they are sent, with what sales says of the leads', async () => {
    for (const [email, answer] of [
      ['anton@werk.example.net', 'accept'],
      ['berta@werk.example.net', 'reject'],
    ] as const) {
      await story.record(
        { email },
        ['consent.granted', { purpose: 'newsletter' }],
        ['demo.requested'],
        ['quote.requested'],
      )
      const handoff = `/api/handoffs/${await story.idOf(email)}.1/${answer}`
      const { status } = await client.post(handoff, answer === 'reject' ? { reason: 'wrong-fit' } : undefined)
      expect(status).toBe(200)
      await client.settle()
    }
    const { stdout } = await command('--month', monthOf(await client.now()))
    expect(stdout).toContain('Figures for marketing and sales: Month')
    expect(stdout).toMatch(/Qualified leads +2 +0 +\+2/)
    expect(stdout).toContain('What sales says of the leads: 1 accepted, 1 rejected')
    expect(stdout).not.toContain('@')
  })

  it('go out when somebody of marketing asks, to those whom the settings name', async () => {
    const { stdout } = await command('--month', monthOf(await client.now()), '--send')
    expect(stdout).toContain('Sent to 1.')
    await client.settle()
    const [mail, ...others] = await client.inbox(mia)
    expect(others).toEqual([])
    expect(mail?.subject).toContain('Figures for marketing and sales: Month')
    expect(mail?.html).toContain('<html lang="en">')
    expect(mail?.html).not.toMatch(/anton|berta/)
    expect(await client.inbox(sam)).toEqual([])
  })

  it('go out by themselves on Mondays, once to each', async () => {
    const before = (await client.inbox(sam)).length
    await client.advance('7d')
    await client.settle()
    const mails = await client.inbox(sam)
    expect(mails).toHaveLength(before + 1)
    expect(mails.at(-1)?.subject).toMatch(/Week \d{4}-W\d\d$/)
    expect(new Date(mails.at(-1)?.at ?? '').getUTCDay()).toBe(1)
  })

  it('are a page for browsers, and nothing for a period that there is not', async () => {
    const asked = (period: string) =>
      client.raw(`/api/kpi/report?period=${period}`, {
        headers: { authorization: 'Bearer local-sales', accept: 'text/html' },
      })
    const page = await asked('2026-11')
    expect(page.headers.get('content-type')).toContain('text/html')
    expect((await asked('2026-14')).status).toBe(422)
    await expect(command('--month', '2026-14')).rejects.toMatchObject({ code: 1 })
  })
})
