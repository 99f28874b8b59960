import { describe, expect, test } from 'vitest'
import { honeypotField } from '../../../domain/form/submission.ts'
import { sampleForm } from '../../domain/form/sample-form.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import type { Reply } from '../http/call-app.ts'
import { browser, intakeWorld, json, now, request, urlencoded } from './intake-world.ts'

const good = 'email=Anna%40Example.com&firstName=Anna'
const post = (body: string | Uint8Array, headers: Record<string, string>, path = '/f/newsletter') =>
  request('POST', path, { body, headers })
const problem = (status: number) => ({
  statusCode: status,
  headers: expect.objectContaining({ 'content-type': 'application/problem+json' }),
})
const bodyOf = (reply: Reply) => JSON.parse(reply.body ?? '')

describe('a submission', () => {
  test('by a program is accepted, and one fact goes out', async () => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(post(good, { ...urlencoded, 'accept-language': 'en' }))
    expect(reply.statusCode).toBe(202)
    expect(bodyOf(reply)).toEqual({ status: 'confirmation_sent', id: 'new-1' })
    expect(bus.submitted).toEqual([
      {
        id: 'new-1',
        type: 'form.submitted',
        subject: { email: 'anna@example.com' },
        occurredAt: now,
        timeAssumed: true,
        properties: {
          form: 'newsletter',
          fields: { email: 'anna@example.com', firstName: 'Anna' },
          language: 'en',
          wording: 'Yes, I want news.',
          wordingHash: '79745e8b57c4a55b30ef610ac45a9aa26d5b67a17da9e52ac0a8aa127ce5bd9d',
          purpose: 'newsletter',
        },
      },
    ])
  })

  test('by a browser leads to the thanks page, the built-in one or the form’s own', async () => {
    const { answer } = intakeWorld()
    const own = await answer(post(good, browser, '/f/demo'))
    expect(own).toMatchObject({
      statusCode: 303,
      headers: { location: 'https://www.example.com/thanks?a=b' },
    })
    const builtIn = await answer(post(good, browser, '/f/newsletter?lang=en'))
    expect(builtIn).toMatchObject({ statusCode: 303, headers: { location: '/f/newsletter?done=1&lang=en' } })
    const thanks = await answer(request('GET', '/f/newsletter?done=1&lang=en'))
    expect(thanks.body).toContain('Almost there')
  })

  test.each([
    ['JSON', '{"email":"anna@example.com","employees":7,"phone":null}', json],
    ['text', 'email=anna%40example.com&employees=7', urlencoded],
    [
      'parts',
      '--b\r\ncontent-disposition: form-data; name="email"\r\n\r\nanna@example.com\r\n--b\r\ncontent-disposition: form-data; name="employees"\r\n\r\n7\r\n--b--\r\n',
      { 'content-type': 'multipart/form-data; boundary=b' },
    ],
  ])('as %s is the same', async (_, body, headers) => {
    const { bus, answer } = intakeWorld()
    expect((await answer(post(body, headers))).statusCode).toBe(202)
    expect(bus.submitted[0]?.properties.fields).toEqual({ email: 'anna@example.com', employees: 7 })
  })

  test('twice with one key is one fact, by header or by hidden field', async () => {
    const { bus, answer } = intakeWorld()
    const keyed = { ...urlencoded, 'idempotency-key': 'anna@example.com' }
    for (const headers of [keyed, keyed]) await answer(post(good, headers))
    for (const _ of [1, 2]) await answer(post(`${good}&_id=k`, urlencoded))
    await answer(post(`${good}&_id=k`, urlencoded, '/f/demo'))
    const ids = bus.submitted.map(({ id }) => id)
    expect(ids[0]).toBe(ids[1])
    expect(ids[2]).toBe(ids[3])
    expect(new Set(ids).size).toBe(3)
    expect(ids[0]).not.toContain('anna')
  })

  test.each([
    ['corrected', 'phone=%2B49301111&_id=k', 'phone=%2B49302222&_id=k'],
    ['with a field more', '_id=k', 'firstName=Anna&_id=k'],
    ['with a field less', 'message=x&_id=k', '_id=k'],
  ])('with one key and other content is another: %s', async (_, first, second) => {
    const { bus, answer } = intakeWorld()
    for (const rest of [first, second, first, second]) {
      const body = `email=a%40example.com&${rest}`
      await answer(post(body, urlencoded))
    }
    const ids = bus.submitted.map(({ id }) => id)
    expect([ids[2], ids[3]]).toEqual([ids[0], ids[1]])
    expect(ids[0]).not.toBe(ids[1])
  })

  test('with one key says the same however it is written', async () => {
    const { bus, answer } = intakeWorld()
    const keyed = (headers: Record<string, string>) => ({ ...headers, 'idempotency-key': 'k' })
    await answer(post('email=A%40example.com&employees=7', keyed(urlencoded)))
    await answer(
      post(
        'employees=7&email=a%40example.com&_t=&unknown=1',
        keyed({ ...urlencoded, referer: 'https://a.example' }),
      ),
    )
    await answer(post('{"email":"a@example.com","employees":7}', keyed(json)))
    expect(new Set(bus.submitted.map(({ id }) => id)).size).toBe(1)
    await answer(post('{"email":"b@example.com","employees":7}', keyed(json)))
    expect(new Set(bus.submitted.map(({ id }) => id)).size).toBe(2)
  })

  test('with one key and the box ticked only now asks for the confirmation', async () => {
    const optIn = { purpose: 'newsletter', wording: { en: 'News, too.' } }
    const forms = { demo: { ...sampleForm, id: 'demo', consent: 'single-opt-in' as const, optIn } }
    const { bus, answer } = intakeWorld(makePlaybook({ forms }))
    for (const rest of ['', '&optIn=true', '&optIn=on'])
      await answer(post(`${good}&_id=k${rest}`, urlencoded, '/f/demo'))
    const [plain, ticked, again] = bus.submitted
    expect(plain?.id).not.toBe(ticked?.id)
    expect(again?.id).toBe(ticked?.id)
    expect(ticked?.properties.optIn).toMatchObject({ purpose: 'newsletter' })
  })

  test('by a robot is answered alike and dropped', async () => {
    const { bus, answer } = intakeWorld()
    const trapped = `${good}&${honeypotField}=x`
    const reply = await answer(post(trapped, urlencoded))
    expect(bodyOf(reply)).toEqual({ status: 'confirmation_sent', id: 'new-1' })
    expect((await answer(post(trapped, browser))).statusCode).toBe(303)
    expect(bus.submitted).toEqual([])
  })

  test('remembers the page without its query', async () => {
    const { bus, answer } = intakeWorld()
    await answer(post(good, { ...urlencoded, referer: 'https://www.example.com/a?email=anna#x' }))
    expect(bus.submitted[0]?.properties.page).toBe('https://www.example.com/a')
  })
})

describe('a bad submission', () => {
  test('gets the page again in a browser, with what was entered and status 422', async () => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(post('email=x&firstName=%3Cb%3E&_id=k', browser, '/f/newsletter?lang=en'))
    expect(reply.statusCode).toBe(422)
    expect(reply.body).toContain('Please enter a valid email address.')
    expect(reply.body).toContain('value="&lt;b&gt;"')
    expect(reply.body).toContain('name="_id" value="k"')
    expect(bus.submitted).toEqual([])
  })

  test('gets every fault as a problem otherwise', async () => {
    const { answer } = intakeWorld()
    const reply = await answer(post('{"email":["a"],"employees":"x"}', { ...json, 'accept-language': 'en' }))
    expect(reply).toMatchObject(problem(422))
    expect(bodyOf(reply)).toMatchObject({
      status: 422,
      errors: [
        { path: 'email', message: 'Please enter a single value.' },
        { path: 'employees', message: 'Please enter a number.' },
      ],
    })
  })

  const file =
    '--b\r\ncontent-disposition: form-data; name="message"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\nhello\r\n--b--\r\n'

  test.each([
    ['unknown form', 404, good, urlencoded, '/f/nope'],
    ['form named like a built-in property', 404, good, urlencoded, '/f/constructor'],
    ['no content type', 415, good, {}, undefined],
    ['other content type', 415, good, { 'content-type': 'text/plain' }, undefined],
    ['malformed JSON', 400, '{"email":', json, undefined],
    ['JSON that is no object', 400, '[1]', json, undefined],
    ['JSON that is not UTF-8', 400, new Uint8Array([0x22, 0xff, 0x22]), json, undefined],
    ['malformed parts', 400, 'no parts', { 'content-type': 'multipart/form-data; boundary=b' }, undefined],
    ['64 KiB and a byte', 413, `email=${'ü'.repeat(32765)}x`, urlencoded, undefined],
    ['a file', 422, file, { 'content-type': 'multipart/form-data; boundary=b' }, undefined],
  ])('%s', async (_, status, body, headers, path) => {
    const { bus, answer } = intakeWorld()
    const reply = await answer(post(body, headers, path))
    expect(reply).toMatchObject(problem(status))
    expect(bodyOf(reply)).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
    expect(bus.submitted).toEqual([])
  })

  test('of exactly 64 KiB is not too large', async () => {
    const { answer } = intakeWorld()
    const reply = await answer(post(`email=${'x'.repeat(65536 - 6)}`, urlencoded))
    expect(reply.statusCode).toBe(422)
  })
})

describe('looking', () => {
  test('shows the form in the language asked for, filled in as the link says', async () => {
    const { answer, bus } = intakeWorld()
    const headers = { 'accept-language': 'en-GB' }
    const reply = await answer(request('GET', '/f/newsletter?campaign=%22spring', { headers }))
    expect(reply.statusCode).toBe(200)
    expect(reply.body).toContain('name="campaign" value="&quot;spring"')
    expect(reply.body).toContain('<html lang="en">')
    expect(reply.headers?.['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
    expect(bus.submitted).toEqual([])
  })

  test('lets the browser follow to the form’s own thanks page', async () => {
    const reply = await intakeWorld().answer(request('GET', '/f/demo'))
    expect(reply.headers?.['content-security-policy']).toContain(
      "form-action 'self' https://www.example.com;",
    )
  })

  test('gives the script that posts to the public address', async () => {
    const reply = await intakeWorld().answer(request('GET', '/f/newsletter.js?lang=en'))
    expect(reply.headers?.['content-type']).toBe('text/javascript; charset=utf-8')
    expect(reply.body).toContain('https://forms.example.com/f/newsletter?lang=en')
  })

  test('for what is not there gets a page in a browser and a problem otherwise', async () => {
    const { answer } = intakeWorld()
    const page = await answer(request('GET', '/f/nope', { headers: { accept: 'text/html' } }))
    expect(page.statusCode).toBe(404)
    expect(page.body).toContain('Dieses Formular gibt es nicht.')
    expect(await answer(request('GET', '/f/nope'))).toMatchObject(problem(404))
    expect(await answer(request('GET', '/elsewhere'))).toMatchObject(problem(404))
  })

  test('with another method is not allowed', async () => {
    const reply = await intakeWorld().answer(request('PUT', '/f/newsletter'))
    expect(reply).toMatchObject({ statusCode: 405, headers: { allow: 'GET, POST, OPTIONS' } })
  })
})

describe('other sites', () => {
  test('may read the answer when the form names them', async () => {
    const { answer } = intakeWorld()
    const from = (origin: string) => answer(post(good, { ...urlencoded, origin }))
    const allowed = await from('https://www.example.com')
    expect(allowed.headers?.['access-control-allow-origin']).toBe('https://www.example.com')
    const other = await from('https://evil.example')
    expect(other).toMatchObject(problem(403))
    expect(other.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each([
    ['a script', { ...urlencoded, origin: 'https://evil.example' }, 403],
    ['a script in JSON', { ...json, origin: 'https://evil.example' }, 403],
    ['a script of a sandboxed frame', { ...urlencoded, origin: 'null' }, 403],
    [
      'a script that asks for a page',
      { ...browser, origin: 'https://evil.example', 'sec-fetch-mode': 'no-cors' },
      403,
    ],
    ['another port of a site it names', { ...urlencoded, origin: 'https://www.example.com:8443' }, 403],
    [
      'a form that a page posts',
      { ...browser, origin: 'https://evil.example', 'sec-fetch-mode': 'navigate' },
      303,
    ],
    ['a form of an older browser', { ...browser, origin: 'https://evil.example' }, 303],
    ['a page of ours', { ...urlencoded, origin: 'https://forms.example.com' }, 202],
    ['a program', urlencoded, 202],
  ])('post by script only where the form names them: %s', async (_, headers, status) => {
    const { bus, answer } = intakeWorld()
    const body = headers['content-type'] === json['content-type'] ? '{"email":"anna@example.com"}' : good
    expect((await answer(post(body, headers))).statusCode).toBe(status)
    expect(bus.submitted).toHaveLength(status === 403 ? 0 : 1)
  })

  test('may ask first', async () => {
    const headers = { origin: 'https://www.example.com' }
    expect(await intakeWorld().answer(request('OPTIONS', '/f/newsletter', { headers }))).toMatchObject({
      statusCode: 204,
      headers: {
        'access-control-allow-origin': 'https://www.example.com',
        'access-control-allow-headers': 'content-type, idempotency-key',
      },
    })
  })
})

describe('own words after sending', () => {
  const thanks = {
    title: { de: 'Danke dir', en: 'Cheers' },
    text: { de: 'Hier ist [die Karte](https://www.example.com/karte).\n\nBis bald', en: 'See you' },
    link: {
      label: { de: 'Zum Leitfaden', en: 'To the guide' },
      address: { de: 'https://www.example.com/leitfaden', en: 'https://www.example.com/guide' },
    },
  }
  const under = (consent: 'single-opt-in' | 'double-opt-in') =>
    intakeWorld(makePlaybook({ forms: { demo: { ...sampleForm, id: 'demo', consent, thanks } } }))

  test.each([
    ['de', 'Danke dir', 'https://www.example.com/leitfaden', 'Zum Leitfaden'],
    ['en', 'Cheers', 'https://www.example.com/guide', 'To the guide'],
  ])('in %s, with a link onward', async (lang, title, address, label) => {
    const { answer } = under('single-opt-in')
    const sent = await answer(post(good, browser, `/f/demo?lang=${lang}`))
    expect(sent.statusCode).toBe(303)
    const { body = '' } = await answer(request('GET', String(sent.headers?.location)))
    expect(body).toContain(`<h1>${title}</h1>`)
    expect(body).toContain(`<a class="button" href="${address}">${label}</a>`)
  })

  test('do not hide that there is something to confirm', async () => {
    const { body = '' } = await under('double-opt-in').answer(request('GET', '/f/demo?done=1&lang=en'))
    expect(body).toMatch(/Almost there[\s\S]*We have sent you an email[\s\S]*See you/)
  })
})
