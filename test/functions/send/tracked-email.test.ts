import { expect, test } from 'vitest'
import type { EmailTemplate, Playbook } from '../../../domain/model/playbook.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { cause, playbook, publicUrl, sendWorld, welcomeRequest } from './send-world.ts'

const template = (kind: EmailTemplate['kind']): EmailTemplate => ({
  kind,
  subject: 'x',
  preheader: '',
  html: `<body><a href="https://www.example.com/a?x={{ lead.firstName | url_encode }}&amp;y=1#z">a</a>
<a href="https://shop.example/b">b</a> <a href="https://www.example.com/b?me={{ lead.email }}">me</a>
<a href="{{ links.unsubscribe }}">out</a> <a href="{{ company.imprint }}">imprint</a> <a href="mailto:x@y.example">write</a>
<a href="https://www.example.com/c?y=1#z">c</a> <a href="{{ lead.website }}">site</a></body>`,
})

const sent = async (purposes: readonly string[], kind: EmailTemplate['kind'] = 'marketing') => {
  const live: Playbook = {
    ...playbook,
    settings: { ...playbook.settings, utm: { source: 'news', medium: 'email' } },
    emails: { ...playbook.emails, welcome: { de: template(kind) } },
  }
  const world = sendWorld([
    fact('p', 'profile.updated', '01-05T08:00', {
      fields: { firstName: 'Anna & Co', website: 'https://evil.example/phish' },
    }),
    ...purposes.map((purpose) => fact(purpose, 'consent.granted', '01-05T09:00', { purpose })),
  ])
  await makeSendEmail({ ...world.ports, playbooks: memoryPlaybooks(live) })(welcomeRequest, cause)
  const [email] = world.outgoing
  if (!email) throw new Error('nothing was sent')
  const links = [...email.html.matchAll(/href="([^"]*)"/g)].map(([, link = '']) =>
    link.replaceAll('&amp;', '&'),
  )
  return { email, links, tokens: world.ports.tokens }
}

const campaign = 'utm_source=news&utm_medium=email&utm_campaign=interest&utm_content=welcome'
const plain = [
  `https://www.example.com/a?x=Anna+%26+Co&y=1&${campaign}#z`,
  'https://shop.example/b',
  `https://www.example.com/b?me=anna@example.com&${campaign}`,
]

test('without leave to measure links are plain, with the campaign on our own site alone', async () => {
  const { email, links } = await sent(['newsletter'])
  expect(links.slice(0, 3)).toEqual(plain)
  expect(links[3]).toMatch(new RegExp(`^${publicUrl}/u/[^?]+$`))
  expect(links.slice(4)).toEqual([
    ...[playbook.settings.company.imprint, 'mailto:x@y.example'],
    ...[`https://www.example.com/c?y=1&${campaign}#z`, 'https://evil.example/phish'],
  ])
  expect(email.html).not.toContain('<img')
})

test('with it those are signed that stand in the template, but for those that decide something', async () => {
  const { email, links, tokens } = await sent(['newsletter', 'tracking'])
  const [a, b, me, unsubscribe, , , c, site] = links
  for (const [link, address] of [
    [b, plain[1]],
    [c, `https://www.example.com/c?y=1&${campaign}#z`],
  ]) {
    const token = link?.slice(`${publicUrl}/c/`.length) ?? ''
    expect(tokens.verify('click', token, '2027-02-01T00:00:00.000Z')).toEqual({
      leadId,
      data: { s: welcomeRequest.sendId, m: 'welcome', u: address },
    })
    expect(tokens.verify('click', token, '2027-03-01T00:00:00.000Z')).toBeUndefined()
  }
  // A token holds nothing personal, and leads nowhere that somebody has typed into a form.
  expect([a, me, site]).toEqual([plain[0], plain[2], 'https://evil.example/phish'])
  expect(unsubscribe).toMatch(new RegExp(`^${publicUrl}/u/`))
  const [, open = ''] = /<img src="[^"]*\/o\/([^"]+)"/.exec(email.html) ?? []
  expect(tokens.verify('open', open, '2026-02-01T00:00:00.000Z')?.data).toEqual({
    s: welcomeRequest.sendId,
    m: 'welcome',
  })
  expect(email.text).not.toMatch(/\/[co]\//)
  expect(email.text).toContain(`https://shop.example/b`)
})

test('mail that is no marketing is never measured', async () => {
  const { email, links } = await sent(['newsletter', 'tracking'], 'transactional')
  expect(links[1]).toBe('https://shop.example/b')
  expect(email.html).not.toMatch(/utm_|<img/)
})
