import { expect, it } from 'vitest'
import { sampleActivities, sampleAddresses } from '../../bin/sample-leads.ts'
import { parseActivity } from '../../domain/activity/parse-activity.ts'

const now = '2026-05-04T09:30:00.000Z'
const sixtyDays = 60 * 86_400_000
const activities = sampleActivities(Date.parse(now))

it('forty people did them, each with consent and a profile first', () => {
  const leads = Map.groupBy(activities, ({ subject }) => subject.email)
  expect([...leads.keys()]).toEqual(sampleAddresses)
  expect(leads.size).toBe(40)
  for (const [email, [profile, consent, ...rest]] of leads)
    expect([email, profile?.type, consent?.type, rest.length > 0]).toEqual([
      email,
      'profile.updated',
      'consent.granted',
      true,
    ])
})

it('every one is an activity that Trichter takes, of the last sixty days, with an id of its own', () => {
  expect(activities.filter((activity) => parseActivity(activity, now).type === 'refused')).toEqual([])
  for (const { occurredAt } of activities) {
    expect(occurredAt < now).toBe(true)
    expect(Date.parse(now) - Date.parse(occurredAt)).toBeLessThanOrEqual(sixtyDays)
  }
  expect(new Set(activities.map(({ id }) => id)).size).toBe(activities.length)
})

it('three of four agreed to have opens and clicks measured', () => {
  const measured = activities.filter(
    ({ type, properties }) =>
      type === 'consent.granted' && 'purpose' in properties && properties.purpose === 'tracking',
  )
  expect(measured).toHaveLength(30)
})

it('they are the same every time', () => {
  expect(sampleActivities(Date.parse(now))).toEqual(activities)
})
