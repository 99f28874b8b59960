import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { trackingSnippet } from '../../../functions/intake/tracking-snippet.ts'

const snippet = trackingSnippet('https://t.example.com')

type Listener = (event: object) => void
interface Given {
  /** Of its tag; `null`: it cannot see it. */
  readonly attributes?: Readonly<Record<string, string>> | null
  readonly href?: string
  readonly referrer?: string
  readonly cookie?: string
  readonly stored?: string
  readonly signals?: object
}

/** As much of a browser as the snippet touches; time passes when told. */
const page = ({
  attributes = { 'data-consent': 'given' },
  href = 'https://www.example.com/a?utm_source=ad',
  ...given
}: Given = {}) => {
  const sent: { readonly type: string; readonly subject: object; readonly properties: object }[] = []
  const cookies: string[] = []
  const listeners = new Map<string, Listener[]>()
  const storage = new Map<string, string>(given.stored ? [['trichter_campaign', given.stored]] : [])
  const location = new URL(href)
  const times = { now: 0 }
  const on = (name: string, listener: Listener) =>
    void listeners.set(name, [...(listeners.get(name) ?? []), listener])
  const tell = (name: string, event: object = {}) => {
    for (const listener of listeners.get(name) ?? []) listener(event)
  }
  const document = {
    currentScript: attributes && { getAttribute: (name: string) => attributes[name] ?? null },
    visibilityState: 'visible',
    referrer: given.referrer ?? '',
    get cookie() {
      return [given.cookie, ...cookies].filter(Boolean).join('; ')
    },
    set cookie(text: string) {
      cookies.push(text)
    },
    addEventListener: on,
    createElement: () => ({}),
  }
  const go = (_state: unknown, _title: string, url: string) => {
    location.href = new URL(url, location).href
  }
  const window: Record<string, unknown> = { addEventListener: on }
  const context = createContext({
    window,
    document,
    location,
    history: { pushState: go, replaceState: go },
    navigator: {
      sendBeacon: (to: string, body: string) => {
        expect(to).toBe('https://t.example.com/t')
        sent.push(...JSON.parse(body).events)
        return true
      },
      ...given.signals,
    },
    sessionStorage: {
      getItem: (name: string) => storage.get(name) ?? null,
      setItem: (name: string, value: string) => void storage.set(name, value),
      removeItem: (name: string) => void storage.delete(name),
    },
    performance: { now: () => times.now },
    crypto,
    URL,
    URLSearchParams,
    Uint8Array,
    Array,
    Object,
  })
  runInContext(snippet, context)
  const run = (code: string) => runInContext(code, context)
  return { sent, cookies, storage, times, tell, run, document }
}

test('is at most 2 KiB when compressed', () => {
  expect(gzipSync(snippet).length).toBeLessThanOrEqual(2048)
})

describe('a visit', () => {
  test('is told with its path, its referrer and its campaign, and nothing else of the address', () => {
    const { sent, cookies } = page({
      href: 'https://www.example.com/preise?utm_source=ad&utm_medium=cpm-2&email=anna@example.com',
      referrer: 'https://search.example/?q=secret',
    })
    expect(sent).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        type: 'page.viewed',
        subject: { visitorId: expect.stringMatching(/^[0-9a-f]{32}$/) },
        properties: {
          path: '/preise',
          host: 'www.example.com',
          referrer: 'search.example',
          source: 'ad',
          medium: 'cpm-2',
        },
      },
      { ...sent[1], type: 'ad.clicked', properties: { path: '/preise', source: 'ad', medium: 'cpm-2' } },
    ])
    expect(cookies).toEqual([
      expect.stringMatching(
        /^trichter_visitor=[0-9a-f]{32}; path=\/; max-age=34128000; samesite=lax; secure$/,
      ),
    ])
  })

  test('keeps visitor and campaign on the next page, and does not prolong the cookie', () => {
    const { sent, cookies } = page({
      href: 'https://www.example.com/b',
      referrer: 'https://www.example.com/a',
      cookie: 'other=1; trichter_visitor=abcdef0123456789',
      stored: '{"source":"ad"}',
    })
    expect(sent).toMatchObject([
      { subject: { visitorId: 'abcdef0123456789' }, properties: { path: '/b', source: 'ad' } },
    ])
    expect(sent[0]?.properties).not.toHaveProperty('referrer')
    expect(cookies).toEqual([])
  })

  test('lasts as long as the page is seen', () => {
    const { sent, times, tell, document } = page()
    const show = (state: string) => {
      document.visibilityState = state
      tell('visibilitychange')
    }
    times.now = 30_400
    show('hidden')
    times.now = 100_000
    show('visible')
    times.now = 110_000
    tell('pagehide')
    show('hidden')
    expect(sent.slice(1)).toMatchObject([
      { type: 'page.engaged', properties: { path: '/a', seconds: 30, total: 30 } },
      { type: 'page.engaged', properties: { path: '/a', seconds: 10, total: 40 } },
    ])
    expect(sent).toHaveLength(3)
  })

  test('goes on where the page changes without being loaded', () => {
    const { sent, times, run } = page()
    times.now = 5_000
    run("history.pushState({}, '', '/b?x=1')")
    run("history.replaceState({}, '', '/b?x=2')")
    expect(sent.slice(1)).toMatchObject([
      { type: 'page.engaged', properties: { path: '/a', seconds: 5 } },
      { type: 'page.viewed', properties: { path: '/b' } },
    ])
    expect(sent).toHaveLength(3)
  })

  test('may have more to tell', () => {
    const { sent, run } = page()
    run("window.trichter.track('content.viewed', { content: 'guide' })")
    expect(sent[1]).toMatchObject({ type: 'content.viewed', properties: { path: '/a', content: 'guide' } })
  })
})

describe('where the page does not say that it has leave', () => {
  const required = { attributes: { 'data-consent': 'required' } }

  test.each([
    {},
    { 'data-consent': 'required' },
    { 'data-consent': '' },
    { 'data-consent': 'Given ' },
    { 'data-consent': 'not given' },
    { 'data-cookie-domain': 'example.com' },
  ])('nothing is sent or kept before it, whatever happens: %o', (attributes) => {
    const { sent, cookies, storage, times, tell, run } = page({ attributes })
    times.now = 60_000
    run("window.trichter.track('content.viewed'); history.pushState({}, '', '/b')")
    for (const name of ['visibilitychange', 'pagehide', 'popstate']) tell(name)
    tell('pageshow', { persisted: true })
    tell('submit', { target: { getAttribute: () => 'https://t.example.com/f/demo' } })
    run('window.trichter.consent(false)')
    expect([sent, cookies, [...storage]]).toEqual([[], [], []])
    expect(run('window.trichter.visitor()')).toBeUndefined()
  })

  test.each(['given', 'not-required'])('with data-consent="%s" it begins at once', (said) => {
    expect(page({ attributes: { 'data-consent': said } }).sent).toHaveLength(1)
  })

  test('so it is where the snippet cannot tell', () => {
    const { sent, run } = page({ attributes: null })
    expect(sent).toEqual([])
    run('window.trichter.consent(true)')
    expect(sent).toHaveLength(1)
  })

  test('the page that is open is told once it is given', () => {
    const { sent, cookies, storage, run } = page(required)
    run('window.trichter.consent(true); window.trichter.consent(true)')
    expect(sent.map(({ type }) => type)).toEqual(['page.viewed'])
    expect(cookies).toHaveLength(1)
    expect([...storage.values()]).toEqual(['{"source":"ad"}'])
  })

  test('what was given on an earlier page still stands', () => {
    expect(page({ ...required, cookie: 'trichter_visitor=abcdef0123456789' }).sent).toHaveLength(1)
  })

  test('taking it back forgets everything and ends it', () => {
    const { sent, cookies, storage, times, tell, run } = page({
      attributes: { 'data-consent': 'given', 'data-cookie-domain': 'example.com' },
    })
    run('window.trichter.consent(false)')
    times.now = 60_000
    tell('pagehide')
    expect(sent).toHaveLength(1)
    expect(cookies.at(-1)).toBe(
      'trichter_visitor=; path=/; max-age=0; samesite=lax; domain=example.com; secure',
    )
    expect([...storage]).toEqual([])
  })
})

test.each([{ doNotTrack: '1' }, { globalPrivacyControl: true }])('%o is respected', (signals) => {
  const { sent, cookies, run } = page({ signals })
  run('window.trichter.consent(true)')
  expect([sent, cookies]).toEqual([[], []])
})

test('a form that is sent to Trichter says from which browser, and which campaign', () => {
  const { tell, run } = page()
  const form = (action: string, classes: readonly string[] = []) => {
    const fields = new Map<string, { name?: string; value?: string }>([
      ['utm_source', { value: '' }],
      ['utm_medium', { value: 'own' }],
    ])
    return {
      fields,
      getAttribute: () => action,
      classList: { contains: (name: string) => classes.includes(name) },
      elements: { namedItem: (name: string) => fields.get(name) ?? null },
      appendChild: (field: { name?: string }) => {
        queueMicrotask(() => fields.set(field.name ?? '', field))
        return field
      },
    }
  }
  const ours = form('https://t.example.com/f/demo')
  const embedded = form('', ['trichter-form'])
  const other = form('https://elsewhere.example/f/demo')
  for (const target of [ours, embedded, other]) tell('submit', { target })
  return Promise.resolve().then(() => {
    const visitorId: unknown = run('window.trichter.visitor()')
    for (const { fields } of [ours, embedded]) {
      expect(fields.get('_visitor')).toMatchObject({ type: 'hidden', value: visitorId })
      expect([fields.get('utm_source')?.value, fields.get('utm_medium')?.value]).toEqual(['ad', 'own'])
    }
    expect([...other.fields.keys()]).toEqual(['utm_source', 'utm_medium'])
  })
})
