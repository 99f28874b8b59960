import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTrichter, type Trichter } from '../story/trichter.ts'
import { launchBrowser } from './browser.ts'
import { expectAccessible } from './console.ts'

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** As deployed: a user pool in place of the runner's users. It is played by the test, down to what goes over the wire. */
describe('signing in with the user pool', () => {
  let trichter: Trichter
  let browser: Browser
  beforeAll(async () => {
    ;[trichter, browser] = await Promise.all([startTrichter(), launchBrowser()])
  })
  afterAll(async () => {
    await browser.close()
    await trichter.stop()
  })

  let context: BrowserContext
  let page: Page
  /** What the pool was asked for tokens with. */
  let asked: URLSearchParams[]
  /** Of the first token, in seconds. */
  let lasts: number
  let isTaken: boolean
  let challenge: string
  beforeEach(async () => {
    ;[asked, lasts, isTaken, challenge] = [[], 3_600, true, '']
    context = await browser.newContext({ baseURL: trichter.url, locale: 'en-GB' })
    page = await context.newPage()
    const settings = await fetch(`${trichter.url}/console/settings.json`)
    const { signIn } = (await settings.json()) as { signIn: { clientId: string; issuer: string } }
    const { clientId, issuer } = signIn
    const tokens = () => {
      const iat = Math.floor(Date.now() / 1_000)
      const claims = { iss: issuer, aud: clientId, sub: 'u-1', iat, exp: iat + 3_600, n: asked.length }
      return {
        id_token: `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}.sig`,
        access_token: 'access',
        refresh_token: `refresh-${asked.length}`,
        token_type: 'Bearer',
        expires_in: asked.length === 1 ? lasts : 3_600,
      }
    }
    await page.route('**/_local', (route) => route.fulfill({ status: 404, body: '' }))
    await page.route(/amazoncognito\.com\/oauth2\/authorize/, (route: Route) => {
      const { searchParams } = new URL(route.request().url())
      challenge = searchParams.get('code_challenge') ?? ''
      const back = new URL(searchParams.get('redirect_uri') ?? '')
      back.search = new URLSearchParams({ code: 'c-1', state: searchParams.get('state') ?? '' }).toString()
      return route.fulfill({ status: 302, headers: { location: back.href } })
    })
    await page.route(/amazoncognito\.com\/oauth2\/token/, (route: Route) => {
      asked.push(new URLSearchParams(route.request().postData() ?? ''))
      return route.fulfill({ headers: { 'access-control-allow-origin': '*' }, json: tokens() })
    })
    await page.route(/amazoncognito\.com\/logout/, (route: Route) => route.fulfill({ body: 'signed out' }))
    await page.route('**/api/**', (route: Route) => {
      const { authorization = '' } = route.request().headers()
      const headers = { ...route.request().headers(), authorization: 'Bearer local-sales' }
      const isOurs = authorization.includes(part({ alg: 'RS256', kid: 'k' }))
      return isTaken && isOurs ? route.continue({ headers }) : route.fulfill({ status: 401, json: {} })
    })
  })
  afterEach(() => context.close())

  const signIn = () => page.getByRole('button', { name: 'Sign in' }).click()

  it('comes back to where one was, by a code that only this browser can redeem', async () => {
    await page.goto('/handoffs?state=accepted')
    await signIn()
    await page.getByText('No handoff in this state').waitFor()
    expect(page.url()).toBe(`${trichter.url}/handoffs?state=accepted`)
    const [grant] = asked
    expect(Object.fromEntries(grant ?? [])).toMatchObject({
      grant_type: 'authorization_code',
      code: 'c-1',
      redirect_uri: `${trichter.url}/`,
    })
    const verifier = new TextEncoder().encode(grant?.get('code_verifier') ?? '')
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', verifier)).toString('base64url')
    expect(challenge).toBe(digest)
    const kept = await page.evaluate<string>('JSON.stringify({ ...localStorage, ...sessionStorage })')
    expect(kept).not.toMatch(/eyJ|refresh-|access/)
  })

  it('is signed in again after a reload, without a question', async () => {
    await page.goto('/leads')
    await signIn()
    await page.getByText('There are no leads yet').waitFor()
    await page.reload()
    await page.getByText('There are no leads yet').waitFor()
    expect(asked.map((one) => one.get('grant_type'))).toEqual(['authorization_code', 'authorization_code'])
  })

  it('renews a token before it ends, once however many wait for it', async () => {
    lasts = 30
    await page.goto('/')
    await signIn()
    await page.getByRole('heading', { name: 'Nobody is waiting' }).waitFor()
    expect(asked.map((one) => [one.get('grant_type'), one.get('refresh_token')])).toEqual([
      ['authorization_code', null],
      ['refresh_token', 'refresh-1'],
    ])
  })

  it('asks again where the API takes the token no longer, and leads back', async () => {
    await page.goto('/handoffs')
    await signIn()
    await page.getByText('Nobody is waiting for sales').waitFor()
    isTaken = false
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    isTaken = true
    await signIn()
    await page.getByText('Nobody is waiting for sales').waitFor()
    expect(new URL(page.url()).pathname).toBe('/handoffs')
  })

  it('signs out at the user pool', async () => {
    await page.goto('/')
    await signIn()
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('signed out').waitFor()
    expect(new URL(page.url()).searchParams.get('logout_uri')).toBe(`${trichter.url}/`)
  })

  it('takes no answer that it has not asked for', async () => {
    await page.goto('/?code=stolen&state=guessed')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    expect(asked).toEqual([])
    expect(page.url()).toBe(`${trichter.url}/`)
  })

  it('has a sign-in page that is accessible', async () => {
    await page.goto('/')
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    await expectAccessible(page)
    await page.unroute('**/_local')
    await page.reload()
    await page.getByText('Marketing, sales or admin?').waitFor()
    await expectAccessible(page)
  })
})
