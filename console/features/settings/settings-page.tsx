import { useEffect, useRef } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { admins, mayDo, useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { NoPage } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import { AuditPart } from './audit-part.tsx'
import { ConnectionsPart } from './connections-part.tsx'
import { CostPart } from './cost-part.tsx'
import { FailuresPart } from './failures-part.tsx'
import { KeysPart } from './keys-part.tsx'
import { MembersPart } from './members-part.tsx'
import { SenderPart } from './sender-part.tsx'
import css from './settings.module.css'

const parts = {
  sender: SenderPart,
  keys: KeysPart,
  members: MembersPart,
  connections: ConnectionsPart,
  failures: FailuresPart,
  audit: AuditPart,
  cost: CostPart,
}
type PartName = keyof typeof parts
const names = Object.keys(parts) as PartName[]

/** What an admin looks after, each part at an address of its own. */
export const SettingsPage = ({ id }: { readonly id?: string | undefined }) => {
  const { data: me } = useMe()
  const tabs = useRef<HTMLElement>(null)
  const name = names.find((one) => one === id) ?? 'sender'
  useEffect(() => {
    tabs.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  }, [name])
  if (me && !mayDo(me, admins)) return <NoPage />
  const Part = parts[name]
  return (
    <article class={`${reading.article} ${css.page}`}>
      <header class={reading.head}>
        <h1>{t.pages.settings}</h1>
        <p class={css.soft}>{t.settings.about}</p>
      </header>
      <nav ref={tabs} class={css.tabs} aria-label={t.settings.parts}>
        {names.map((one) => (
          <Link key={one} href={`/settings/${one}`} aria-current={one === name ? 'page' : undefined}>
            {t.settings.tabs[one]}
          </Link>
        ))}
      </nav>
      <Part />
    </article>
  )
}
