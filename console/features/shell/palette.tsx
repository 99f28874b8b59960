import { keepPreviousData, useQuery } from '@tanstack/preact-query'
import { type LucideIcon, UserRound } from 'lucide-preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useLocation } from 'wouter-preact'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import { read, withQuery } from '../../lib/api.ts'
import { mayDo, useMe } from '../../lib/people.ts'
import { t, words } from '../../lib/texts.ts'
import ui from '../../ui/ui.module.css'
import { pages } from './pages.ts'
import css from './shell.module.css'

interface Found {
  readonly id: string
  readonly name: string
  readonly more: string
  readonly to: string
  readonly icon: LucideIcon
}

const useDelayed = <Value,>(value: Value, ms: number): Value => {
  const [late, setLate] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setLate(() => value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return late
}

const leadFound = ({ leadId, name, email, company, stage }: LeadSummary): Found => ({
  id: leadId,
  name: name ?? email ?? t.leads.unnamed,
  more: [company, words.stages[stage as keyof typeof words.stages]].filter(Boolean).join(' · '),
  to: `/leads/${encodeURIComponent(leadId)}`,
  icon: UserRound,
})

const isNamed = ({ name, company, email }: LeadSummary, wanted: string): boolean =>
  [name, company, email].some((text) => text?.toLowerCase().includes(wanted))

/** Pages by their names, and people by name, company or address, which the server looks for. */
const useFound = (typed: string): readonly Found[] => {
  const { data: me } = useMe()
  const q = useDelayed(typed.trim(), 150)
  const { data, isPlaceholderData } = useQuery({
    queryKey: ['find', q],
    queryFn: ({ signal }) =>
      read<{ items: readonly LeadSummary[] }>(withQuery('/api/leads', { q, limit: 8 }), signal),
    enabled: q.length > 1,
    refetchInterval: false,
    // What was found for fewer letters stays while more are looked for: Enter is never pressed on nothing.
    placeholderData: keepPreviousData,
  })
  const wanted = typed.trim().toLowerCase()
  const ours = pages
    .filter(({ roles, name }) => mayDo(me, roles) && t.pages[name].toLowerCase().includes(wanted))
    .map(({ path, name, icon }) => ({ id: path, name: t.pages[name], more: t.shell.page, to: path, icon }))
  const people = (data?.items ?? []).filter((lead) => !isPlaceholderData || isNamed(lead, wanted))
  return [...ours, ...(q.length > 1 ? people.map(leadFound) : [])]
}

/** Ctrl or Cmd K: everywhere by name. */
export const Palette = ({ onClose }: { readonly onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const [, navigate] = useLocation()
  const found = useFound(typed)
  const chosen = Math.min(at, found.length - 1)
  useEffect(() => dialog.current?.showModal(), [])
  const go = (one: Found | undefined) => {
    if (!one) return
    onClose()
    navigate(one.to)
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && found.length > 0) setAt((chosen + step + found.length) % found.length)
    else if (event.key === 'Enter') go(found[chosen])
    else return
    event.preventDefault()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes it by Escape; this is the way by pointer
    <dialog
      ref={dialog}
      class={css.palette}
      aria-label={t.shell.find}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="found"
        aria-activedescendant={found.length > 0 ? `found-${chosen}` : undefined}
        aria-label={t.shell.find}
        placeholder={t.shell.findWhat}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div id="found" role="listbox" aria-label={t.shell.found} class={css.found}>
        {found.map((one, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field that it belongs to
          <div
            key={one.id}
            id={`found-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            class={css.option}
            onClick={() => go(one)}
          >
            <one.icon class={ui.icon ?? ''} aria-hidden="true" />
            <span>{one.name}</span>
            <small>{one.more}</small>
          </div>
        ))}
        {found.length === 0 && <p class={css.none}>{t.shell.nothingFound}</p>}
      </div>
    </dialog>
  )
}
