import { unanswered } from '../unanswered.ts'

/** What a call of the console API came to: its JSON, whatever the status. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

/** Calls the console API of a running Trichter. @throws when there is none at `url`, or it does not answer with JSON. */
export const makeConsoleClient =
  (url: string, token: string) =>
  async (method: 'GET' | 'PUT' | 'POST', path: string, body?: object): Promise<Answer> => {
    const request = {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    }
    const response = await fetch(new URL(path, url), request).catch((error: unknown) => {
      throw unanswered(url, error)
    })
    const text = await response.text()
    try {
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      throw new Error(`${method} ${new URL(path, url)}: ${response.status}, and no JSON`)
    }
  }
