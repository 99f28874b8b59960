import { describe, expect, test } from 'vitest'
import { consoleApp } from '../../../functions/console/console-app.ts'
import { playbook } from '../intake/intake-world.ts'

const app = consoleApp({
  files: {
    '/': '<!doctype html><title>T</title>',
    '/console/main-ABC.js': 'alert(1)',
    '/console/main-D.css': 'a{}',
  },
  signIn: {
    address: 'https://x.auth.eu-central-1.amazoncognito.com',
    clientId: 'c',
    issuer: 'https://i.example.com',
  },
  settings: { ...playbook.settings, brand: { accent: '#0e6157' } },
})

test.each(['/', '/leads', '/leads/l-1', '/handoffs/h.1'])('%s is the page', async (path) => {
  const reply = await app.request(path)
  expect([reply.status, await reply.text()]).toEqual([200, '<!doctype html><title>T</title>'])
  expect(reply.headers.get('cache-control')).toBe('no-cache')
})

test('the page runs nothing but its own files, and calls nobody but the API and the user pool', async () => {
  const policy = (await app.request('/')).headers.get('content-security-policy') ?? ''
  expect(policy).not.toMatch(/unsafe|\*|https:(?!\/\/x\.auth\.)/)
  expect(policy.split('; ')).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self' https://x.auth.eu-central-1.amazoncognito.com",
      "frame-ancestors 'none'",
    ]),
  )
})

describe('files', () => {
  test.each([
    ['/console/main-ABC.js', 'text/javascript; charset=utf-8'],
    ['/console/main-D.css', 'text/css; charset=utf-8'],
  ])('%s is kept for ever', async (path, type) => {
    const reply = await app.request(path)
    expect(reply.headers.get('content-type')).toBe(type)
    expect(reply.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  })

  test.each(['/console/main-OLD.js', '/console/toString', '/console/'])('%s is not there', async (path) => {
    expect((await app.request(path)).status).toBe(404)
  })
})

test('before signing in it tells the company and where to sign in, and nothing of anybody', async () => {
  expect(await (await app.request('/console/settings.json')).json()).toEqual({
    company: playbook.settings.company.name,
    languages: playbook.settings.languages,
    timeZone: playbook.settings.timeZone,
    signIn: {
      address: 'https://x.auth.eu-central-1.amazoncognito.com',
      clientId: 'c',
      issuer: 'https://i.example.com',
    },
  })
})

test('the brand’s colour is legible in light and dark', async () => {
  const style = await (await app.request('/console/brand.css')).text()
  expect(style).toMatch(/--brand-light:#0e6157;--brand-dark:#[0-9a-f]{6};--on-brand-light:#ffffff;/)
  expect(style).not.toContain('--brand-dark:#0e6157')
})
