import { describe, expect, it } from 'vitest'
import { parseActivity } from '../../../domain/activity/parse-activity.ts'
import { asSendable, isSendable, sendable } from '../../../domain/activity/subject.ts'
import { checkField } from '../../../domain/form/submission.ts'

const now = '2026-03-02T09:00:00.000Z'
const parse = (more: object) =>
  parseActivity({ id: 'a', type: 'page.viewed', subject: { visitorId: 'v' }, ...more }, now)

const sent = {
  emoji: 'Danke 🙏',
  'emoji of several parts': '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽',
  'CJK extension B': '𠮷野家',
  'the last code point of all': '\u{10FFFF}',
  'the first above U+FFFF': '\u{10000}',
  'private use': '\uE000\uF8FF',
  'the replacement character': 'J\uFFFDrgen',
}
const refused = {
  'half a pair at the end': 'Grete \uD83C',
  'half a pair at the beginning': '\uDE4F Grete',
  'two halves the wrong way round': '\uDE4F\uD83D',
  'U+FFFE': 'Silben\uFFFEtrennung',
  'U+FFFF': 'Ende\uFFFF',
}

describe.each(Object.entries(sent))('%s', (_, text) => {
  it('is taken as it is', () => {
    expect(parse({ properties: { [text]: { deep: [text] } } })).toMatchObject({
      type: 'activity',
      activity: { properties: { [text]: { deep: [text] } } },
    })
    expect([isSendable(text), sendable(text)]).toEqual([true, text])
  })
})

describe.each(Object.entries(refused))('%s', (_, text) => {
  it.each([
    ['in a text', { properties: { firstName: text } }, 'properties'],
    ['deep down', { properties: { fields: { list: [{ text }] } } }, 'properties'],
    ['in a name', { properties: { [text]: 1 } }, 'properties'],
    ['in an id', { id: text }, 'id'],
    ["in a visitor's id", { subject: { visitorId: text } }, 'subject.visitorId'],
  ])('is refused %s', (_where, more, path) => {
    expect(parse(more)).toEqual({
      type: 'refused',
      errors: [{ path, message: expect.stringMatching(/\w/) }],
    })
  })

  it('is left out of what a person types into a form', () => {
    const field = { name: 'message', type: 'textarea', required: false, label: {} } as const
    const posted = { type: 'scalar', value: `Hallo 🙏${text}` } as const
    expect(checkField(field, posted)).toEqual({ type: 'value', value: `Hallo 🙏${sendable(text)}`.trim() })
    expect(isSendable(sendable(text))).toBe(true)
  })

  it('is left out of what a browser or a CRM reports', () => {
    const json = JSON.stringify({ events: [{ title: text, seconds: 3 }] })
    expect(JSON.parse(json, asSendable)).toEqual({ events: [{ title: sendable(text), seconds: 3 }] })
  })
})
