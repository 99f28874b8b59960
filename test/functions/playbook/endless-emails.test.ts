import { expect, it } from 'vitest'
import { digest } from '../../../functions/adapters/digest.ts'
import { packedBytes } from '../../../functions/adapters/dynamo-playbook-items.ts'
import { compileMjml } from '../../../functions/adapters/mjml/compile-mjml.ts'
import { buildPlaybook } from '../../../functions/playbook/build-playbook.ts'
import { changed } from '../../domain/playbook/small-playbook.ts'

const doubled = `{% assign x = "aaaaaaaaaa" %}${'{% assign x = x | append: x %}'.repeat(40)}`

it.each([
  ['{% for i in (1..1000000000) %}x{% endfor %}', '(1..1000000000)'],
  ['{% for i in (1..3000) %}{% for j in (1..3000) %}{{ j }}{% endfor %}{% endfor %}', '{'],
  [`${doubled}{{ x }}`, '{% assign x = x'],
  ['{{ "a" | slice: 0, 1000000000 }}', '{{ "a"'],
])('an email that can never be sent is a fault at its place: %s', async (liquid) => {
  const files = changed('emails/welcome.en.mjml', 'Welcome! <a', `Welcome!\n${liquid} <a`)
  const { faults, playbook } = await buildPlaybook(files, { compile: compileMjml, digest, packedBytes })
  expect(playbook).toBeUndefined()
  expect(faults.filter(({ severity }) => severity === 'error')).toEqual([
    expect.objectContaining({
      file: 'emails/welcome.en.mjml',
      line: 9,
      message: 'this takes more time or room than an email may, and is never sent: repeat and join less',
    }),
  ])
})

it('what MJML throws away is told, though the rest of it is no Liquid any more', async () => {
  const files = changed(
    'emails/welcome.en.mjml',
    '<mj-body>',
    '<mj-body><mj-raw>{% if lead.country %}</mj-raw>',
  )
  const text = files.get('emails/welcome.en.mjml') ?? ''
  files.set('emails/welcome.en.mjml', text.replace('</mj-body>', '{% endif %}</mj-body>'))
  const { faults } = await buildPlaybook(files, { compile: compileMjml, digest, packedBytes })
  expect(faults).toEqual([expect.objectContaining({ message: expect.stringContaining('{% endif %} away') })])
})
