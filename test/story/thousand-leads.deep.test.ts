import { describe, expect, it } from 'vitest'
import { playbookWith, settingsWithout } from './playbook-folder.ts'
import { clockIn, daylightChange, startBefore } from './thousand/calendar.ts'
import { company, dueMails, type Lead, leadOf, sequence, splitMails } from './thousand/cast.ts'
import { thousandClient } from './thousand/client.ts'
import { useStory } from './use-story.ts'

/** Enough for each kind in `npm run test:deep`; `npm run story:thousand` takes all of them. */
const count = Number(process.env.LEADS ?? 20)
const leads = Array.from({ length: count }, (_, index) => leadOf(index))
const [early, late] = [leads.filter((lead) => !lead.late), leads.filter((lead) => lead.late)]
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const isSplitMail = (email: string): boolean => Object.values<string>(splitMails).includes(email)

describe(`${count} leads across a change of clocks, while much goes wrong`, () => {
  const hours = 'sending: { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00" }'
  const client = useStory({
    playbook: async () => playbookWith(sequence, `${await settingsWithout('sending', 'caps')}\n${hours}\n`),
    options: ['--seed', process.env.SEED ?? '1'],
  })
  const story = thousandClient(client)

  it('goes on over a week, from Thursday to Friday', { timeout: 900_000 }, async () => {
    const start = startBefore(daylightChange(Date.parse(await story.now()) + 4 * day, company))
    await story.advanceTo(start)
    await story.profiles(leads)
    await story.advanceTo(start + minute)
    await story.goWrong()
    await story.signUp(early)
    await story.advanceTo(start + 11 * hour)
    await story.signUp(late)
    await story.advanceTo(start + 2 * day + 3 * hour)
    await story.happen(leads, ({ withdraws }) => withdraws, 'consent.withdrawn', { purpose: 'newsletter' })
    await story.happen(leads, ({ converts }) => converts, 'thousand.reached')
    await story.advanceTo(start + 8 * day)
    await story.goRight()
    // What failed late on Friday is held until Monday.
    await story.advanceTo(start + 12 * day)
  })

  it('wrote to everybody exactly what was due, each email once', async () => {
    const mails = await story.mails()
    const got = new Map(leads.map(({ email }) => [email, [] as string[]]))
    for (const { to, tags } of mails)
      got.get(to[0] ?? '')?.push(isSplitMail(tags.email ?? '') ? 'split' : (tags.email ?? ''))
    const wrong = leads.flatMap((lead) => {
      const found = got.get(lead.email)?.toSorted() ?? []
      const due = dueMails(lead).toSorted()
      return found.join() === due.join() ? [] : [{ ...lead, found, due }]
    })
    expect(wrong).toEqual([])
    expect(new Set(mails.map(({ tags }) => tags.sendId)).size).toBe(mails.length)
  })

  it('wrote within the hours of every zone, and on Monday at half past nine by the clock on the wall', async () => {
    const zones = new Map(leads.map(({ email, timeZone = company }) => [email, timeZone]))
    const shown = (await story.mails()).map(({ at, to, tags }) => ({
      email: tags.email ?? '',
      ...clockIn(zones.get(to[0] ?? '') ?? company, at),
    }))
    const outside = shown.filter(
      ({ weekday, time }) => ['Sat', 'Sun'].includes(weekday) || time < '08:00' || time >= '18:00',
    )
    expect(outside).toEqual([])
    const onMonday = shown.filter(({ email }) => ['webinar-invite', 'demo-invite'].includes(email))
    expect(onMonday.length).toBeGreaterThan(0)
    expect(onMonday.filter(({ weekday, time }) => weekday !== 'Mon' || time < '09:30')).toEqual([])
    // What a crash or throttling held up comes later; the others come at once.
    const inTime = onMonday.filter(({ time }) => time === '09:30')
    expect(inTime.length).toBeGreaterThan(onMonday.length / 3)
  })

  it('accounts for every email that was asked for', async () => {
    const sends = (await story.leadViews()).flatMap(({ emails }) => emails)
    const counts = (status: string) => sends.filter((send) => send.status === status).length
    const [sent, suppressed, exited, failed] = ['sent', 'suppressed', 'exited', 'failed'].map(counts)
    expect(sent).toBe((await story.mails()).length)
    expect(failed).toBe(0)
    expect(Number(sent) + Number(suppressed) + Number(exited)).toBe(sends.length)
  })

  it('let every run come to its end, and left nothing behind', async () => {
    const [interest] = (await story.sequences()).items
    const { completed = 0, goal = 0, exited = 0, ...open } = interest?.runs ?? {}
    expect(open).toEqual({ waiting: 0, held: 0 })
    expect(goal).toBe(leads.filter(({ converts }) => converts).length)
    expect(completed + goal + exited).toBe(count)
    expect(await story.deadLetters()).toEqual([])
  })

  it('parted them at the split for good, and counts who reached the goal', async () => {
    const ways = new Map<string, string>()
    for (const { to, tags } of await story.mails())
      if (isSplitMail(tags.email ?? '')) ways.set(to[0] ?? '', tags.email ?? '')
    const { splits } = await story.splits()
    const [subject] = splits
    const reached = subject?.ways.reduce((sum, way) => sum + way.reached, 0)
    expect(reached).toBe(leads.filter(({ converts }) => converts).length)
    // Also those who came to the split and were not written to.
    const came = subject?.ways.map(({ entered }) => entered) ?? []
    expect(came.reduce((sum, entered) => sum + entered, 0)).toBe(leads.filter(passesSplit).length)
    // Five standard deviations: who goes which way is drawn by ids, and those are random.
    expect(Math.min(...came)).toBeGreaterThan(Math.max(0, count / 2 - 2.5 * Math.sqrt(count)))
    const mailed = (email: string) => [...ways.values()].filter((way) => way === email).length
    expect(mailed(splitMails.a)).toBeLessThanOrEqual(came[0] ?? 0)
    expect(mailed(splitMails.b)).toBeLessThanOrEqual(came[1] ?? 0)
  })
})

/** All come to it on Friday, before anything happens on the weekend. */
const passesSplit = (_: Lead): boolean => true
