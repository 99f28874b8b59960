import { useEffect, useRef, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { moneyText, totalText } from '../../lib/format.ts'
import { t, words } from '../../lib/texts.ts'
import { Tag } from '../../ui/controls.tsx'
import { When } from '../../ui/time.tsx'
import css from './deals.module.css'
import type { DealRow, Phase } from './deals-api.ts'

/** Where a card may be put. */
export type Target = Phase | 'won' | 'lost'

/** In their order. */
export const phases = (): readonly Phase[] => Object.keys(words.phases) as Phase[]

export const nameOf = ({ name, company, dealId }: DealRow): string => name ?? company ?? dealId

interface BoardProps {
  readonly deals: readonly DealRow[]
  /** The one that is looked at: it comes into sight. */
  readonly phase: Phase | undefined
  readonly mayMove: boolean
  readonly onMove: (deal: DealRow, target: Target) => void
}

/** A column for each phase, with a card for each deal; while one is dragged, two more places at the end. */
export const Board = ({ deals, phase: shown, mayMove, onMove }: BoardProps) => {
  const board = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (shown === undefined || !board.current) return
    const column = board.current.children.item(phases().indexOf(shown))
    column?.scrollIntoView({ block: 'nearest', inline: 'start' })
  }, [shown])
  const [dragged, setDragged] = useState<DealRow>()
  const drop = (target: Target) => () => {
    if (dragged) onMove(dragged, target)
    setDragged(undefined)
  }
  return (
    <>
      <div class={css.board} ref={board}>
        {phases().map((phase) => (
          <Column
            key={phase}
            phase={phase}
            deals={deals.filter((deal) => deal.phase === phase)}
            mayMove={mayMove}
            isOpen={dragged !== undefined}
            onDrop={drop(phase)}
            onDrag={setDragged}
            onMove={onMove}
          />
        ))}
      </div>
      {dragged?.state === 'open' && (
        <div class={css.ends} aria-hidden="true">
          <Place onDrop={drop('won')}>{t.deals.win}</Place>
          <Place onDrop={drop('lost')}>{t.deals.lose}</Place>
        </div>
      )}
    </>
  )
}

interface PlaceProps {
  readonly onDrop: () => void
  readonly children: string
}

const Place = ({ onDrop, children }: PlaceProps) => {
  const [isOver, setOver] = useState(false)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a place to drop on; the menu of each card is the way without a pointer
    <div
      class={css.place}
      data-over={isOver || undefined}
      onDragOver={(event) => event.preventDefault()}
      onDragEnter={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      {children}
    </div>
  )
}

interface ColumnProps {
  readonly phase: Phase
  readonly deals: readonly DealRow[]
  readonly mayMove: boolean
  /** Something is being dragged. */
  readonly isOpen: boolean
  readonly onDrop: () => void
  readonly onDrag: (deal: DealRow | undefined) => void
  readonly onMove: BoardProps['onMove']
}

const Column = ({ phase, deals, mayMove, isOpen, onDrop, onDrag, onMove }: ColumnProps) => {
  const [isOver, setOver] = useState(false)
  return (
    <section
      class={css.column}
      aria-label={t.deals.column(words.phases[phase], deals.length)}
      data-over={(isOpen && isOver) || undefined}
      onDragOver={(event) => isOpen && event.preventDefault()}
      onDragEnter={() => setOver(true)}
      onDragLeave={(event) =>
        !(event.relatedTarget instanceof Node && event.currentTarget.contains(event.relatedTarget)) &&
        setOver(false)
      }
      onDrop={() => {
        setOver(false)
        onDrop()
      }}
    >
      <header>
        <h2>{words.phases[phase]}</h2>
        <span>{deals.length > 0 && deals.length}</span>
        <small>{totalText(deals)}</small>
      </header>
      <ul>
        {deals.map((deal) => (
          <Card key={deal.dealId} deal={deal} mayMove={mayMove} onDrag={onDrag} onMove={onMove} />
        ))}
      </ul>
    </section>
  )
}

interface CardProps {
  readonly deal: DealRow
  readonly mayMove: boolean
  readonly onDrag: (deal: DealRow | undefined) => void
  readonly onMove: BoardProps['onMove']
}

/** The phase before or after, for the arrow keys. */
const besides = (phase: Phase, step: 1 | -1): Phase | undefined => phases()[phases().indexOf(phase) + step]

/** The card is drawn anew in its other column: whoever moves it by keys goes with it. */
const focusSoon = (dealId: string): void => {
  setTimeout(() => {
    if (document.querySelector('dialog[open]')) return
    document.querySelector<HTMLElement>(`[data-deal="${CSS.escape(dealId)}"]`)?.focus()
  }, 60)
}

const Card = ({ deal, mayMove, onDrag, onMove }: CardProps) => {
  const { leadId, company, amount, currency, owner, phase, phaseSince, state } = deal
  const name = nameOf(deal)
  const press = (event: KeyboardEvent) => {
    const step = ({ ArrowRight: 1, ArrowLeft: -1 } as const)[event.key]
    if (!event.shiftKey || !mayMove || step === undefined) return
    event.preventDefault()
    const target = besides(phase, step)
    if (!target) return
    onMove(deal, target)
    focusSoon(deal.dealId)
  }
  return (
    <li
      class={css.card}
      draggable={mayMove}
      onDragStart={(event) => {
        event.dataTransfer?.setData('text/plain', name)
        onDrag(deal)
      }}
      onDragEnd={() => onDrag(undefined)}
    >
      <Link
        href={`/leads/${encodeURIComponent(leadId)}`}
        draggable={false}
        aria-keyshortcuts="Shift+ArrowRight Shift+ArrowLeft"
        data-deal={deal.dealId}
        onKeyDown={press}
      >
        <strong>{name}</strong>
        {company !== null && company !== name && <span>{company}</span>}
      </Link>
      <p>
        {amount !== null && currency !== null && <b>{moneyText(amount, currency)}</b>}
        {state === 'won' && <Tag>{t.deals.won}</Tag>}
        <small>
          {owner !== null && `${owner.name}, `}
          <When at={phaseSince} />
        </small>
      </p>
      {mayMove && <MoveSelect deal={deal} onMove={onMove} />}
    </li>
  )
}

interface MoveProps {
  readonly deal: DealRow
  readonly onMove: BoardProps['onMove']
}

/** The same by a form, for whoever drags nothing. */
export const MoveSelect = ({ deal, onMove }: MoveProps) => (
  <select
    class={css.move}
    aria-label={t.deals.move(nameOf(deal))}
    value=""
    onChange={(event) => {
      const target = event.currentTarget.value as Target
      event.currentTarget.value = ''
      onMove(deal, target)
    }}
  >
    <option value="" disabled>
      {t.deals.moveTo}
    </option>
    {phases()
      .filter((phase) => phase !== deal.phase)
      .map((phase) => (
        <option key={phase} value={phase}>
          {words.phases[phase]}
        </option>
      ))}
    {deal.state === 'open' && (
      <>
        <option value="won">{t.deals.win}</option>
        <option value="lost">{t.deals.lose}</option>
      </>
    )}
  </select>
)
