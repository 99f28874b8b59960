import { expect, test } from 'vitest'
import { browser, intakeWorld, json, request, urlencoded } from './intake-world.ts'

const wanted = 'Jürgen Größe €'
const latin = 'J%FCrgen+Gr%F6%DFe+%80'
const utf8 = encodeURIComponent(wanted)
/** Bytes of a text in windows-1252, which has the euro sign where Latin-1 has none. */
const bytes = (text: string) => Buffer.from(text.replaceAll('€', '\x80'), 'latin1')
const email = 'email=anna%40example.com'

const nameOf = async (body: string | Uint8Array, headers: Record<string, string>) => {
  const { bus, answer } = intakeWorld()
  const reply = await answer(request('POST', '/f/newsletter', { body, headers }))
  return bus.submitted[0] === undefined
    ? reply.statusCode
    : (bus.submitted[0].properties.fields as Record<string, unknown>).firstName
}
const typed = (charset: string) => ({ 'content-type': `application/x-www-form-urlencoded;${charset}` })

test.each([
  ['UTF-8', `${email}&firstName=${utf8}`, urlencoded],
  ['UTF-8 by a browser', `${email}&firstName=${utf8}`, { ...browser, ...typed('charset=UTF-8') }],
  ['Latin-1, declared', `${email}&firstName=${latin}`, typed(' charset=ISO-8859-1')],
  ['Latin-1, declared in quotes', `${email}&firstName=${latin}`, typed('charset="iso-8859-1"')],
  ['windows-1252, declared', `${email}&firstName=${latin}`, typed('Charset=Windows-1252')],
  ['Latin-1, undeclared', `${email}&firstName=${latin}`, urlencoded],
  ['Latin-1, by its field', `_charset_=windows-1252&${email}&firstName=${latin}`, urlencoded],
  ['Latin-1, declared as UTF-8', `${email}&firstName=${latin}`, typed('charset=utf-8')],
  ['Latin-1, declared as nothing known', `${email}&firstName=${latin}`, typed('charset=klingon')],
  ['ISO-8859-15, declared', `${email}&firstName=J%FCrgen+Gr%F6%DFe+%A4`, typed('charset=iso-8859-15')],
  ['bytes without escapes', bytes(`email=anna@example.com&firstName=${wanted}`), urlencoded],
  ['UTF-8 bytes without escapes', `email=anna@example.com&firstName=${wanted}`, urlencoded],
  ['UTF-16, which is posted in UTF-8', `${email}&firstName=${utf8}`, typed('charset=utf-16le')],
])('a form in %s', async (_, body, headers) => {
  expect(await nameOf(body, headers)).toBe(wanted)
})

test.each([
  ['Shift_JIS', `${email}&firstName=%93%FA%96%7B`, '日本'],
  ['koi8-r', `${email}&firstName=%E9%D7%C1%CE`, 'Иван'],
  ['windows-1251', `${email}&firstName=%C8%E2%E0%ED`, 'Иван'],
  ['iso-8859-1', `${email}&firstName=%26%2326085%3B%26%2326412%3B`, '日本'],
  ['iso-8859-1', `${email}&firstName=%26%2338%3B`, '&#38;'],
])('letters in %s', async (charset, body, name) => {
  expect(await nameOf(body, typed(`charset=${charset}`))).toBe(name)
})

const part = (name: string, value: string, more = '') =>
  `--b\r\nContent-Disposition: form-data; name=${name}\r\n${more}\r\n${value}\r\n`
const parts = (name: string, more = '', before = '') =>
  `${before}${part('"email"', 'anna@example.com')}${part('firstName', name, more)}--b--\r\n`
const multipart = { 'content-type': 'multipart/form-data; boundary=b' }

test.each([
  ['UTF-8', parts(wanted), multipart],
  ['Latin-1, undeclared', bytes(parts(wanted)), multipart],
  [
    'Latin-1, declared by the part',
    bytes(parts(wanted, 'content-type: text/plain; charset=ISO-8859-1\r\n')),
    multipart,
  ],
  ['Latin-1, by its field', bytes(parts(wanted, '', part('_charset_', 'windows-1252'))), multipart],
  [
    'Latin-1, declared by the body',
    bytes(parts(wanted)),
    { 'content-type': 'multipart/form-data; boundary="b"; charset=latin1' },
  ],
  [
    'UTF-8 beside a part in Latin-1',
    Buffer.concat([
      bytes(part('message', 'Größe', 'content-type: text/plain; charset=latin1\r\n')),
      Buffer.from(parts(wanted)),
    ]),
    multipart,
  ],
  [
    'base64',
    parts(Buffer.from(wanted).toString('base64'), 'Content-Transfer-Encoding: base64\r\n'),
    multipart,
  ],
  [
    'preamble, epilogue and bare line feeds',
    `hello\n${parts(wanted).replaceAll('\r\n', '\n')}bye`,
    multipart,
  ],
])('parts in %s', async (_, body, headers) => {
  expect(await nameOf(body, headers)).toBe(wanted)
})

test('each part has its own charset', async () => {
  const { bus, answer } = intakeWorld()
  const body = Buffer.concat([
    bytes(part('message', 'Größe', 'content-type: text/plain; charset=latin1\r\n')),
    Buffer.from(parts('日本')),
  ])
  await answer(request('POST', '/f/newsletter', { body, headers: multipart }))
  expect(bus.submitted[0]?.properties.fields).toMatchObject({ message: 'Größe', firstName: '日本' })
})

test.each([
  ['without an end', '--b\r\ncontent-disposition: form-data; name="email"\r\n\r\na@example.com\r\n'],
  ['without a name', '--b\r\ncontent-disposition: form-data\r\n\r\na@example.com\r\n--b--\r\n'],
  ['without a boundary', ''],
])('parts %s are malformed', async (_, body) => {
  const headers = body === '' ? { 'content-type': 'multipart/form-data' } : multipart
  expect(await nameOf(body, headers)).toBe(400)
})

test('a line break in a part stays, and what looks like a boundary but is none', async () => {
  const { bus, answer } = intakeWorld()
  const body = `${part('email', 'anna@example.com')}${part('message', 'a\r\n--c\r\n b--b')}--b--`
  await answer(request('POST', '/f/newsletter', { body, headers: multipart }))
  expect(bus.submitted[0]?.properties.fields).toMatchObject({ message: 'a\n--c\n b--b' })
})

test.each([
  [
    'JSON that says Latin-1',
    bytes('{"email":"anna@example.com","firstName":"Jürgen"}'),
    'Jürgen',
    'application/json; charset=iso-8859-1',
  ],
  [
    'JSON that says nothing',
    bytes('{"email":"anna@example.com","firstName":"Jürgen"}'),
    400,
    json['content-type'],
  ],
  [
    'the sign for what could not be read',
    '{"email":"anna@example.com","firstName":"J\ufffdrgen"}',
    422,
    json['content-type'],
  ],
])('%s', async (_, body, name, type) => {
  expect(await nameOf(body, { 'content-type': type })).toBe(name)
})

test('what cannot be read in a hidden field, which nobody can correct, is left out', async () => {
  const { bus, answer } = intakeWorld()
  const body = `${email}&campaign=fr%EF%BF%BDhling`
  await answer(request('POST', '/f/newsletter', { body, headers: urlencoded }))
  expect(bus.submitted[0]?.properties.fields).toMatchObject({ campaign: 'frhling' })
})
