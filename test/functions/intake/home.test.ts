import { describe, expect, test } from 'vitest'
import { intakeWorld, playbook, request } from './intake-world.ts'

const opened = (headers: Record<string, string> = {}, query: Record<string, string> = {}) => ({
  ...request('GET', '/'),
  headers: { accept: 'text/html,application/xhtml+xml', ...headers },
  query,
})

describe('the address of the API itself', () => {
  test('opens in a browser with the forms, and says that there is no console yet', async () => {
    const { answer } = intakeWorld()
    const reply = await answer(opened())
    expect(reply).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      },
    })
    for (const form of Object.keys(playbook.forms)) expect(reply.body).toContain(`href="/f/${form}"`)
    expect(reply.body).toContain('noch nicht')
  })

  test.each([
    ['by what the browser asks for', { 'accept-language': 'en-GB,en;q=0.9' }, {}],
    ['by the address', {}, { lang: 'en' }],
  ])('is in the reader’s language, %s', async (_name, headers, query) => {
    const { body } = await intakeWorld().answer(opened(headers, query))
    expect(body).toContain('There is no console at this address yet')
    expect(body).toContain('<html lang="en">')
  })

  test.each([
    ['a program', request('GET', '/')],
    ['a post', { ...opened(), method: 'POST' }],
    ['another address', { ...opened(), path: '/nothing' }],
  ])('for %s there is nothing', async (_name, asked) => {
    expect(await intakeWorld().answer(asked)).toMatchObject({
      statusCode: 404,
      headers: { 'content-type': 'application/problem+json' },
    })
  })
})
