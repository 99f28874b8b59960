import { Buffer } from 'node:buffer'
import { describe, expect, test } from 'vitest'
import { writeAsset } from '../../../domain/model/asset.ts'
import { parsePlaybook } from '../../../domain/playbook/parse-playbook.ts'
import { readPicture } from '../../../functions/adapters/read-picture.ts'
import { smallPlaybook } from '../../domain/playbook/small-playbook.ts'
import { playbookWorld } from './playbook-world.ts'

/** A white PNG of one pixel. */
const base64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const picture = readPicture(Buffer.from(base64, 'base64'))
if (!picture) throw new Error('not a picture')
const line = writeAsset(picture)

const email = (image: string) => `---
subject: Look
preheader: A picture
kind: marketing
---
<mjml><mj-body><mj-section><mj-column>
  ${image}
  <mj-text><a href="{{ links.unsubscribe }}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
`

const withPicture = (image: string, logo: string | undefined = line) => {
  const files = smallPlaybook({
    'assets/logo.png': logo,
    'emails/welcome.de.mjml': email(image),
    'emails/welcome.en.mjml': email(image),
  })
  return files
}

const shown = '<mj-image src="assets/logo.png" alt="Acme" />'

describe('a picture of the playbook', () => {
  test('is known by its content: type, size and a name that never means anything else', () => {
    expect(picture).toEqual({
      ...{ type: 'png', width: 1, height: 1, bytes: 70 },
      name: expect.stringMatching(/^[0-9a-f]{32}\.png$/),
    })
    expect(readPicture(Buffer.from('<svg onload="x()"/>'))).toBeUndefined()
    expect(readPicture(new Uint8Array())).toBeUndefined()
  })

  test.each([shown, '<mj-text><img src="../assets/logo.png" alt="Acme" /></mj-text>'])(
    'stands in emails by the address that serves it: %s',
    (image) => {
      const { emails, faults } = parsePlaybook(withPicture(image))
      expect(faults).toEqual([])
      expect(emails.welcome?.de?.mjml).toContain(`src="{{ links.assets }}${picture.name}"`)
    },
  )

  test('is the logo of emails and pages', () => {
    const files = smallPlaybook({ 'assets/logo.png': line })
    const settings = `${files.get('settings.yaml')}brand: { logo: assets/logo.png }\n`
    const { playbook, faults } = parsePlaybook(new Map([...files, ['settings.yaml', settings]]))
    expect(faults).toEqual([])
    expect(playbook?.settings.brand?.logo).toBe(`/assets/${picture.name}`)
    expect(playbook?.emails.welcome?.de?.constants?.brand.logo).toBe(`{{ links.assets }}${picture.name}`)
  })

  const messages = (files: ReadonlyMap<string, string>) =>
    parsePlaybook(files).faults.map(
      ({ file, line: at, column, message }) => `${file}:${at}:${column}: ${message}`,
    )

  test.each([
    [
      withPicture('<mj-image src="assets/lgo.png" alt="Acme" />'),
      'emails/welcome.de.mjml:7:18: there is no file assets/lgo.png; did you mean "assets/logo.png"?',
    ],
    [withPicture(shown, ''), 'assets/logo.png:1:1: not a picture that is sent along: png, jpg, gif or webp'],
    [
      withPicture(shown, line.replace(' 70 bytes', ' 300001 bytes')),
      'assets/logo.png:1:1: 301 KB: a picture has at most 300 KB',
    ],
    [
      withPicture(shown, line.replace(' 70 bytes', ' 150000 bytes')),
      'assets/logo.png:1:1: 150 KB: readers on the road wait for it',
    ],
    [
      withPicture(shown, line.replace(' 1x', ' 3000x')),
      'assets/logo.png:1:1: 3000 pixels wide: an email shows at most 1400',
    ],
    [smallPlaybook({ 'assets/logo.png': line }), 'assets/logo.png:1:1: nothing shows this picture'],
  ])('%# is told at its place', (files, message) => {
    expect(messages(files)).toContain(message)
  })

  test('is sent before the playbook is published that shows it', async () => {
    const world = await playbookWorld()
    await world.save(withPicture(shown))
    expect(await world.publish()).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'assets/logo.png:1:1' }],
    })
    expect(await world.sendPicture(base64)).toEqual({
      type: 'ok',
      body: { name: picture.name, text: line },
    })
    expect(await world.publish()).toMatchObject({ type: 'ok' })
  })

  test('that is none, or too large, is refused', async () => {
    const world = await playbookWorld()
    expect(await world.sendPicture(Buffer.from('hello').toString('base64'))).toMatchObject({
      type: 'bad-input',
      errors: [{ path: 'picture', message: 'must be a picture: png, jpg, gif or webp' }],
    })
    const large = Buffer.concat([Buffer.from(base64, 'base64'), Buffer.alloc(300_000)]).toString('base64')
    expect(await world.sendPicture(large)).toMatchObject({ type: 'bad-input' })
    expect(world.assets.stored.size).toBe(0)
  })
})
