import { ArrowLeft, ChevronDown, ChevronUp } from 'lucide-preact'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { useAddress } from '../lib/address.ts'
import type { useFrozenOrder } from '../lib/frozen-order.ts'
import { useKeys } from '../lib/keys.ts'
import { t } from '../lib/texts.ts'
import { Key } from './controls.tsx'
import css from './list-detail.module.css'
import ui from './ui.module.css'

interface ListDetailProps<Item> {
  readonly title: string
  readonly note?: ComponentChildren
  readonly filters?: ComponentChildren
  readonly rows: ReturnType<typeof useFrozenOrder<Item>>
  readonly idOf: (item: Item) => string
  /** Such as `/leads`; one of the list is at `/leads/{id}`. */
  readonly base: string
  readonly openId: string | undefined
  readonly row: (item: Item) => ComponentChildren
  /** Instead of rows: nothing is there, it loads, it failed. */
  readonly instead?: ComponentChildren
  /** Below the rows. */
  readonly after?: ComponentChildren
  readonly detail?: ComponentChildren
}

/** A list, and beside it (on a phone instead of it) the one that is open. J and K go on within the order that stood when it was opened. */
export const ListDetail = <Item,>(props: ListDetailProps<Item>) => {
  const { title, note, filters, rows, idOf, base, openId, row, instead, after, detail } = props
  const { at, navigate } = useAddress()
  const ids = rows.items.map(idOf)
  const here = openId === undefined ? -1 : ids.indexOf(openId)
  const pathOf = (id: string | undefined): string | undefined =>
    id === undefined ? undefined : at(`${base}/${encodeURIComponent(id)}`)
  const [before, next] = [here > 0 ? ids[here - 1] : undefined, ids[here + 1]].map(pathOf)
  const go = (path: string | undefined) => () => path !== undefined && navigate(path)
  useKeys({
    j: go(next),
    k: go(before),
    ...(openId !== undefined && { Escape: () => navigate(at(base)) }),
  })
  const list = useRef<HTMLElement>(null)
  useEffect(() => {
    list.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [openId])
  return (
    <div class={css.both}>
      <section class={css.list} ref={list} aria-label={title}>
        <header class={css.head}>
          <div class={css.title}>
            <h1>{title}</h1>
            {note !== undefined && <span>{note}</span>}
          </div>
          {filters !== undefined && <div class={css.filters}>{filters}</div>}
        </header>
        {rows.fresh > 0 && (
          <button type="button" class={css.fresh} onClick={() => navigate(at(base))}>
            {t.list.fresh(rows.fresh)}
          </button>
        )}
        {instead ?? (
          <ul>
            {rows.items.map((item) => {
              const id = idOf(item)
              return (
                <li key={id}>
                  <Link
                    class={css.row}
                    href={pathOf(id) ?? base}
                    aria-current={id === openId ? 'true' : undefined}
                  >
                    {row(item)}
                  </Link>
                </li>
              )
            })}
          </ul>
        )}
        {after}
      </section>
      {detail !== undefined && (
        <section class={css.detail} key={openId} aria-label={t.list.detail}>
          <nav class={css.bar} aria-label={t.list.steps}>
            <Link class={css.step} href={at(base)}>
              <ArrowLeft class={ui.icon} aria-hidden="true" /> {title}
            </Link>
            <div class={css.steps}>
              {here >= 0 && <span>{t.list.position(here + 1, ids.length)}</span>}
              <Step
                to={before}
                name={t.list.previous}
                letter="K"
                icon={<ChevronUp class={ui.icon} aria-hidden="true" />}
              />
              <Step
                to={next}
                name={t.list.next}
                letter="J"
                icon={<ChevronDown class={ui.icon} aria-hidden="true" />}
              />
            </div>
          </nav>
          {detail}
        </section>
      )}
    </div>
  )
}

interface StepProps {
  readonly to: string | undefined
  readonly name: string
  readonly letter: string
  readonly icon: ComponentChildren
}

const Step = ({ to, name, letter, icon }: StepProps) => {
  const inside = (
    <>
      {icon}
      <Key>{letter}</Key>
    </>
  )
  return to === undefined ? (
    <span class={css.step} aria-disabled="true">
      {inside}
    </span>
  ) : (
    <Link class={css.step} href={to} aria-label={name} title={name}>
      {inside}
    </Link>
  )
}
