import { CircleUserRound, Search } from 'lucide-preact'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Link, useLocation } from 'wouter-preact'
import { awaySince, queries } from '../../lib/api.ts'
import { timeText } from '../../lib/format.ts'
import { useKeys } from '../../lib/keys.ts'
import { mayDo, useMe } from '../../lib/people.ts'
import { knownSettings, session, signOut } from '../../lib/session.ts'
import { useStore } from '../../lib/store.ts'
import { chooseLanguage, type Language, language, languages, t } from '../../lib/texts.ts'
import { Hidden } from '../../ui/controls.tsx'
import { PeopleBehind } from '../../ui/people-behind.tsx'
import { Toasts } from '../../ui/toasts.tsx'
import { pages } from './pages.ts'
import { Palette } from './palette.tsx'
import css from './shell.module.css'

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

const isWithin = (path: string, page: string): boolean =>
  path === page || (page !== '/' && path.startsWith(`${page}/`))

/** Among the tabs of a browser each page is known by its name. */
const useTitle = (path: string): void => {
  const { company } = knownSettings()
  const page = pages.find((one) => isWithin(path, one.path))
  useEffect(() => {
    document.title = page ? `${t.pages[page.name]} · ${company}` : company
  }, [page, company])
}

/** Navigation by role, the command palette, and what concerns every page. */
export const Shell = ({ children }: { readonly children: ComponentChildren }) => {
  const [isFinding, setFinding] = useState(false)
  const find = () => setFinding(true)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      setFinding(true)
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  useKeys({ '/': find })
  return (
    <div class={css.shell}>
      <header class={css.rail}>
        <p class={css.company}>{knownSettings().company}</p>
        <button type="button" class={css.find} onClick={find}>
          <Search aria-hidden="true" /> {t.shell.find} <kbd>{isMac ? '⌘K' : t.shell.findKey}</kbd>
        </button>
        <Navigation />
        <Account />
      </header>
      <main class={css.main}>
        <Away />
        {children}
      </main>
      {isFinding && <Palette onClose={() => setFinding(false)} />}
      <PeopleBehind />
      <Toasts />
    </div>
  )
}

const Navigation = () => {
  const { data: me } = useMe()
  const [path] = useLocation()
  useTitle(path)
  const nav = useRef<HTMLElement>(null)
  // On a phone there are more pages than fit.
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [path, me])
  return (
    <nav ref={nav} class={css.pages} aria-label={t.shell.pages}>
      {pages
        .filter(({ roles, isRare = false }) => !isRare && mayDo(me, roles))
        .map(({ path: to, name, icon: Icon }) => (
          <Link key={to} href={to} class={css.page} aria-current={isWithin(path, to) ? 'page' : undefined}>
            <Icon aria-hidden="true" />
            {t.pages[name]}
          </Link>
        ))}
    </nav>
  )
}

const schemeKey = 'trichter.scheme'

/** Before anything is drawn, so that nothing flashes. */
export const applyScheme = (): void => {
  const chosen = localStorage.getItem(schemeKey)
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.scheme = chosen
  else delete document.documentElement.dataset.scheme
}

const chooseScheme = (scheme: string): void => {
  localStorage.setItem(schemeKey, scheme)
  applyScheme()
}

const Account = () => {
  const { data: me } = useMe()
  const isLocal = useStore(session).type === 'local'
  const { scheme } = t.shell
  return (
    <>
      <button type="button" class={css.who} popovertarget="account">
        <CircleUserRound aria-hidden="true" />
        <span class={css.whoMore}>
          {me?.name}
          <small>{me?.roles.map((role) => t.roles[role]).join(', ')}</small>
        </span>
        <Hidden>{t.shell.account}</Hidden>
      </button>
      <div id="account" popover="auto" class={css.menu}>
        <p class={css.menuText}>{me?.email ?? me?.name}</p>
        <label>
          {t.shell.language}
          <select onChange={(event) => chooseLanguage(event.currentTarget.value as Language)}>
            {Object.entries(languages).map(([id, name]) => (
              <option key={id} value={id} selected={id === language}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          {scheme.name}
          <select onChange={(event) => chooseScheme(event.currentTarget.value)}>
            {(['system', 'light', 'dark'] as const).map((one) => (
              <option key={one} value={one} selected={one === (localStorage.getItem(schemeKey) ?? 'system')}>
                {scheme[one]}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={signOut}>
          {isLocal ? t.shell.otherRole : t.shell.signOut}
        </button>
      </div>
    </>
  )
}

const Away = () => {
  const since = useStore(awaySince)
  if (since === undefined) return null
  return (
    <div class={css.away} role="alert">
      {t.shell.away(timeText(new Date(since).toISOString()))}
      <button type="button" onClick={() => queries.refetchQueries({ type: 'active' })}>
        {t.common.retry}
      </button>
    </div>
  )
}
