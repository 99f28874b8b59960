import { expect, it } from 'vitest'
import { digest } from '../../../functions/adapters/digest.ts'
import { packedBytes } from '../../../functions/adapters/pack.ts'
import { buildPlaybook } from '../../../functions/playbook/check-draft.ts'
import { changed } from '../../domain/playbook/small-playbook.ts'
import { compileOnce } from './playbook-world.ts'

const doubled = `{% assign x = "aaaaaaaaaa" %}${'{% assign x = x | append: x %}'.repeat(40)}`

it.each([
  ['{% for i in (1..1000000000) %}x{% endfor %}', '(1..1000000000)'],
  ['{% for i in (1..3000) %}{% for j in (1..3000) %}{{ j }}{% endfor %}{% endfor %}', '{'],
  [`${doubled}{{ x }}`, '{% assign x = x'],
  ['{{ "a" | slice: 0, 1000000000 }}', '{{ "a"'],
  ...[
    ['{% if lead.nothing %}', '{% endif %}'],
    ['{% if lead.company %}x{% elsif lead.country %}y{% else %}', '{% endif %}'],
    ['{% if lead.country == "AT" %}{{ lead.company }}{% elsif lead.country == "DE" %}', '{% endif %}'],
    ['{% unless lead.company %}', '{% endunless %}'],
    ['{% unless lead.nothing %}x{% else %}', '{% endunless %}'],
    ['{% case lead.country %}{% when "DE" %}', '{% endcase %}'],
    ['{% case lead.country %}{% when "DE" %}x{% else %}', '{% endcase %}'],
    ['{% if lead.role %}{% for x in lead["role"] %}', '{% endfor %}{% endif %}'],
    ['{% for x in (1..2) %}x{% else %}', '{% endfor %}'],
    ['{% if lead.role %}{% tablerow x in lead["role"] %}', '{% endtablerow %}{% endif %}'],
    [
      '{% if lead.nothing %}{% if lead.company == "x" %}{% capture y %}',
      '{% endcapture %}{% endif %}{% endif %}',
    ],
    [
      '{% if lead.nothing %}{{ lead.company | divided_by: 0 }}{% endif %}{% if lead.nothing %}',
      '{% endif %}',
    ],
  ].map(([before = '', after = '']) => [
    `${before}{% for i in (1..1000000000) %}x{% endfor %}${after}`,
    '(1..1000000000)',
  ]),
  [
    '{% for i in (1..3000) %}{% if lead.company %}{% break %}{% endif %}{% for j in (1..3000) %}{{ j }}{% endfor %}{% endfor %}',
    '{',
  ],
  ['{% if lead.role %}x{% elsif (1..1000000000) contains 7 %}y{% endif %}', '(1..1000000000)'],
])('an email that can never be sent is a fault at its place: %s', async (liquid) => {
  const files = changed('emails/welcome.en.mjml', 'Welcome! <a', `Welcome!\n${liquid} <a`)
  const { faults, playbook } = await buildPlaybook(files, { compile: compileOnce, digest, packedBytes })
  expect(playbook).toBeUndefined()
  expect(faults.filter(({ severity }) => severity === 'error')).toEqual([
    expect.objectContaining({
      file: 'emails/welcome.en.mjml',
      line: 9,
      message: 'this takes more time or room than an email may, and is never sent: repeat and join less',
    }),
  ])
})

it.each([
  '{% for i in (1..20000) %}{% if forloop.index > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}',
  '{% if lead.nothing %}{{ lead.other | divided_by: 0 }}{% else %}{% assign x = "a" | append: "b" %}{{ x }}{% endif %}',
  '{% for x in lead["role"] %}{{ x.name | append: forloop.index }}{% else %}none{% endfor %}',
  '{% for i in (1..12) %}{% for j in (1..12) %}{% case i %}{% when j %}{{ j }}{% else %}-{% endcase %}{% endfor %}{% endfor %}',
])('an email that comes to an end whichever way it takes is none: %s', async (liquid) => {
  const files = changed('emails/welcome.en.mjml', 'Welcome! <a', `Welcome!\n${liquid} <a`)
  const { faults } = await buildPlaybook(files, { compile: compileOnce, digest, packedBytes })
  expect(faults.filter(({ message }) => message.includes('never sent: repeat'))).toEqual([])
})

it('what MJML throws away is told, though the rest of it is no Liquid any more', async () => {
  const files = changed(
    'emails/welcome.en.mjml',
    '<mj-body>',
    '<mj-body><mj-raw>{% if lead.country %}</mj-raw>',
  )
  const text = files.get('emails/welcome.en.mjml') ?? ''
  files.set('emails/welcome.en.mjml', text.replace('</mj-body>', '{% endif %}</mj-body>'))
  const { faults } = await buildPlaybook(files, { compile: compileOnce, digest, packedBytes })
  expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining('{% endif %} away') })])
})
