import { makeStore } from './store.ts'

/** What the console knows before anybody has signed in. */
export interface Settings {
  readonly company: string
  readonly languages: readonly string[]
  readonly timeZone: string
  readonly signIn: { readonly address: string; readonly clientId: string; readonly issuer: string }
}

interface Tokens {
  readonly id: string
  readonly refresh: string | undefined
  /** Milliseconds. */
  readonly expiresAt: number
}

export type Session =
  /** The local runner's users; anybody on this machine may be any of them. */
  | { readonly type: 'local'; readonly users: readonly string[]; readonly token: string | undefined }
  | { readonly type: 'signed-out'; readonly because?: string }
  | { readonly type: 'signed-in'; readonly tokens: Tokens }

export const session = makeStore<Session>({ type: 'signed-out' })

const localToken = 'trichter.local-user'
const begun = 'trichter.sign-in'
const hadSession = 'trichter.signed-in'

let settings: Settings | undefined

/** @throws before `beginSession`. */
export const knownSettings = (): Settings => {
  if (!settings) throw new Error('the settings are not loaded yet')
  return settings
}

const json = async <Body>(path: string): Promise<Body | undefined> => {
  const response = await fetch(path, { headers: { accept: 'application/json' } })
  return response.ok ? response.json() : undefined
}

/** The runner stands in for the user pool; it is on this machine only. */
const localUsers = async (): Promise<readonly string[] | undefined> => {
  if (!['127.0.0.1', 'localhost'].includes(location.hostname)) return undefined
  const runner = await json<{ users: readonly string[] }>('/_local').catch(() => undefined)
  return runner?.users
}

/** Loads the settings, and goes on with a sign-in that has come back from the user pool. */
export const beginSession = async (): Promise<Settings> => {
  settings = await json<Settings>('/console/settings.json')
  if (!settings) throw new Error('the console has no settings')
  const users = await localUsers()
  if (users) {
    const kept = sessionStorage.getItem(localToken)
    session.set({ type: 'local', users, token: kept !== null && users.includes(kept) ? kept : undefined })
    return settings
  }
  const query = new URLSearchParams(location.search)
  if (query.has('state') && (query.has('code') || query.has('error'))) await finishSignIn(settings)
  // What was signed in before a reload is again, as the user pool still knows the browser.
  else if (sessionStorage.getItem(hadSession) !== null) await startSignIn()
  return settings
}

export const signInLocally = (token: string): void => {
  const current = session.get()
  if (current.type !== 'local') return
  sessionStorage.setItem(localToken, token)
  session.set({ ...current, token })
}

const serverOf = ({ signIn: { address, issuer } }: Settings) => ({
  issuer,
  authorization_endpoint: `${address}/oauth2/authorize`,
  token_endpoint: `${address}/oauth2/token`,
  jwks_uri: `${issuer}/.well-known/jwks.json`,
})

const callback = (): string => `${location.origin}/`

/** Leaves for the user pool's page; comes back to where one was. */
export const startSignIn = async (): Promise<void> => {
  const oauth = await import('oauth4webapi')
  const known = knownSettings()
  const [verifier, state] = [oauth.generateRandomCodeVerifier(), oauth.generateRandomState()]
  const back = `${location.pathname}${location.search}`
  sessionStorage.setItem(begun, JSON.stringify({ verifier, state, back }))
  const to = new URL(serverOf(known).authorization_endpoint)
  to.search = new URLSearchParams({
    response_type: 'code',
    client_id: known.signIn.clientId,
    redirect_uri: callback(),
    scope: 'openid email profile',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString()
  location.assign(to)
  // The page is on its way out: nothing is shown meanwhile.
  await new Promise(() => {})
}

interface Begun {
  readonly verifier: string
  readonly state: string
  readonly back: string
}

const finishSignIn = async (known: Settings): Promise<void> => {
  const text = sessionStorage.getItem(begun)
  sessionStorage.removeItem(begun)
  const given: Begun | undefined = text === null ? undefined : JSON.parse(text)
  const here = new URL(location.href)
  history.replaceState(null, '', given?.back ?? '/')
  if (!given) return
  try {
    const oauth = await import('oauth4webapi')
    const server = serverOf(known)
    const client = { client_id: known.signIn.clientId }
    const parameters = oauth.validateAuthResponse(server, client, here, given.state)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      callback(),
      given.verifier,
    )
    const result = await oauth.processAuthorizationCodeResponse(server, client, response)
    keep(result)
  } catch (error) {
    sessionStorage.removeItem(hadSession)
    session.set({ type: 'signed-out', because: error instanceof Error ? error.message : String(error) })
  }
}

interface TokenResponse {
  readonly id_token?: string | undefined
  readonly refresh_token?: string | undefined
  readonly expires_in?: number | undefined
}

const keep = ({ id_token: id, refresh_token: refresh, expires_in: seconds = 3_600 }: TokenResponse): void => {
  if (id === undefined) throw new Error('the user pool gave no ID token')
  sessionStorage.setItem(hadSession, 'yes')
  session.set({ type: 'signed-in', tokens: { id, refresh, expiresAt: Date.now() + seconds * 1_000 } })
}

/** Begun once, however many requests wait for it: a refresh token is good for one use. */
let refreshing: Promise<void> | undefined

const refresh = async ({ refresh: token }: Tokens): Promise<void> => {
  if (token === undefined) return startSignIn()
  const oauth = await import('oauth4webapi')
  const known = knownSettings()
  const [server, client] = [serverOf(known), { client_id: known.signIn.clientId }]
  const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), token)
  const result = await oauth.processRefreshTokenResponse(server, client, response)
  keep({ ...result, refresh_token: result.refresh_token ?? token })
}

const soonMs = 60_000

/** The token that requests carry, renewed where it ends soon; undefined where nobody is signed in. */
export const currentToken = async (): Promise<string | undefined> => {
  const current = session.get()
  switch (current.type) {
    case 'local':
      return current.token
    case 'signed-out':
      return undefined
    case 'signed-in': {
      if (current.tokens.expiresAt - Date.now() > soonMs) return current.tokens.id
      refreshing ??= refresh(current.tokens).finally(() => {
        refreshing = undefined
      })
      await refreshing.catch(endSession)
      const renewed = session.get()
      return renewed.type === 'signed-in' ? renewed.tokens.id : undefined
    }
    default:
      return current satisfies never
  }
}

/** The server no longer takes the token: one page asks to sign in, and leads back to where one was. */
export const endSession = (): void => {
  const current = session.get()
  sessionStorage.removeItem(hadSession)
  if (current.type === 'local') {
    sessionStorage.removeItem(localToken)
    session.set({ ...current, token: undefined })
  } else session.set({ type: 'signed-out' })
}

export const signOut = (): void => {
  const { type } = session.get()
  endSession()
  if (type === 'local') return
  const { signIn } = knownSettings()
  const to = new URL(`${signIn.address}/logout`)
  to.search = new URLSearchParams({ client_id: signIn.clientId, logout_uri: callback() }).toString()
  location.assign(to)
}
