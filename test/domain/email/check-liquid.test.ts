import { describe, expect, it } from 'vitest'
import { scopeOf } from '../../../domain/email/liquid.ts'
import { checkLiquid } from '../../../domain/playbook/check-liquid.ts'

const attributes = ['email', 'firstName', 'company', 'employees', 'renewsAt']

/** Each finding as what stands at its place, and what is said. */
const told = (source: string, email = 'welcome'): readonly string[] =>
  checkLiquid(source, scopeOf(email, { attributes, dates: ['renewsAt'] }, 'de')).map(
    ({ message, offset = 0, severity }) =>
      `${/^\S*/.exec(source.slice(offset))?.[0]} ${severity ?? 'error'}: ${message}`,
  )

describe('what an email may use', () => {
  it.each([
    '{{ lead.firstName | default: "you" }} {{ lead.company | default: "" }} {{ lead.email }}',
    '{{ company.name }} {{ company["address"] }} {{ links.preferences }}',
    '{% if lead.company %}{{ lead.company }}{% else %}you{% endif %}',
    '{% unless lead.company %}nobody{% endunless %}',
    '{% assign who = lead.firstName | default: "you" %}{{ who | upcase }}',
    '{% capture line %}Hello{% endcapture %}{{ line }}',
    '{% for i in (1..3) %}{{ i }}{{ forloop.index }}{% endfor %}',
    '{% raw %}{{ nothing }}{% endraw %}{% comment %}{{ nothing }}{% endcomment %}',
    '{{ "now" | date: "%Y" }}',
  ])('%s', (source) => {
    expect(told(source)).toEqual([])
  })

  it('includes what sales sees, in the email to them', () => {
    const source =
      '{{ handoff.score | round: 1 }}{% for row in explanation %}{{ row.rule }}{{ row.points }}{% endfor %}{% for item in timeline limit: 3 %}{{ item.text }}{% endfor %}{{ links.accept }}'
    expect(told(source, 'handoff')).toEqual([])
    expect(told(source)).toHaveLength(4)
  })
})

describe('a misspelt attribute is told, though something stands in its place', () => {
  it.each([
    '{{ lead.firstname | default: "du" }}',
    '{% if lead.firstname %}x{% endif %}',
    '{% if lead.firstname %}{{ lead.firstname }}{% endif %}',
    '{% unless lead.firstname %}x{% endunless %}',
    '{% assign a = lead.firstname | default: "du" %}{{ a }}',
    '{{ lead.firstname | default: "du" | upcase }}',
    '<a title="{{ lead.firstname | default: "du" }}">',
  ])('%s', (source) => {
    for (const line of told(source))
      expect(line).toContain('warning: no form asks for "lead.firstname", so every reader gets')
    expect(told(source)[0]).toContain('did you mean "firstName"?')
  })

  it('but not where conditions go by it: a program may give it', () => {
    expect(
      checkLiquid(
        '{{ lead.industry | default: "-" }}',
        scopeOf('welcome', { attributes, mentioned: ['industry'] }),
      ),
    ).toEqual([])
    expect(told('{{ lead.industry | default: "-" }}')).toHaveLength(1)
  })
})

describe('a date that is written as it is kept', () => {
  const remedy =
    'warning: "renewsAt" is a date and would be read as 2026-12-31: write {{ lead.renewsAt | date: "%-d. %B %Y" }}'

  it.each([
    '{{ lead.renewsAt | default: "bald" }}',
    '{% if lead.renewsAt %}{{ lead.renewsAt }}{% endif %}',
    '{% if lead.renewsAt %}{{ lead["renewsAt"] | append: "!" }}{% endif %}',
    '{% if lead.renewsAt %}{% echo lead.renewsAt %}{% endif %}',
  ])('%s', (source) => {
    expect(told(source)).toEqual([expect.stringMatching(/^renewsAt/)])
    expect(told(source)[0]).toContain(remedy)
  })

  it.each([
    '{% if lead.renewsAt %}{{ lead.renewsAt | date: "%d.%m.%Y" }}{% endif %}',
    '{{ lead.renewsAt | default: "now" | date: "%d.%m.%Y" }}',
    '{% if lead.renewsAt > "2026-12-31" %}{{ lead.email }}{% endif %}',
    '{% if lead.renewsAt %}{{ lead.renewsAt | slice: 0, 4 }}{% endif %}',
  ])('%s is right', (source) => {
    expect(told(source).filter((line) => line.includes('is a date'))).toEqual([])
  })
})

describe('what it may not', () => {
  it.each([
    ['Hi {{ led.firstName }}', 'led.firstName error: unknown variable "led"; did you mean "lead"?'],
    ['{{ company.nam }}', 'nam error: unknown variable "company.nam"; did you mean "name"?'],
    [
      '{{ links["unsubscrib"] }}',
      'unsubscrib"] error: unknown variable "links.unsubscrib"; did you mean "unsubscribe"?',
    ],
    ['{{ lead.frstName }}', 'frstName error: no form asks for "lead.frstName"; did you mean "firstName"?'],
    [
      '{{ lead.company | upcase | default: "x" }}',
      'company warning: without "company" this email is not sent: write {{ lead.company | default: "…" }}',
    ],
    [
      '{% if lead.company %}{% endif %}{{ lead.company }}',
      'company warning: without "company" this email is not sent: write {{ lead.company | default: "…" }}',
    ],
    [
      '{% if lead.employees > 5 %}many{% endif %}',
      'employees warning: without "employees" this email is not sent: write {{ lead.employees | default: "…" }}',
    ],
    ['{{ lead }}', 'lead error: "lead" is not a text; name one of its attributes'],
    [
      '{{ links.confirm }}',
      'confirm error: unknown variable "links.confirm"; there is: assets, unsubscribe, preferences',
    ],
    ['{{ "a" | append: led.x }}', 'led.x error: unknown variable "led"; did you mean "lead"?'],
    ['{% include "other" %}', 'include error: unknown tag "include"'],
    [
      '{{ lead.email | raw }}',
      'raw error: unknown filter "raw"; there is: default, date, round, upcase, capitalize, truncate, newline_to_br, url_encode, …',
    ],
    ['{% if lead.email %}x', '{% error: tag {% if lead.email %} not closed'],
    ['a {{ b', '{{ error: output "{{ b" not closed'],
  ])('%s', (source, line) => {
    expect(told(source)).toEqual([line])
  })

  it('is found in a loop over rows, and only there is the row known', () => {
    expect(told('{% for row in explanation %}{{ row.rul }}{% endfor %}{{ row.rule }}', 'handoff')).toEqual([
      'rul error: unknown variable "row.rul"; did you mean "rule"?',
      expect.stringContaining('row.rule error: unknown variable "row"'),
    ])
  })

  it('is told completely, not up to the first', () => {
    expect(told('{{ a | nope }}{{ b | nada }}{% foo %}')).toHaveLength(3)
    expect(told('{{ a.x }}{{ b.y }}{{ lead.zzz }}')).toHaveLength(3)
  })
})
