import { Bell, Clock, GitFork, LogOut, type LucideIcon, Mail, Pencil, Split, Workflow } from 'lucide-preact'
import { useEffect, useRef } from 'preact/hooks'
import { Link } from 'wouter-preact'
import type { Step } from '../../../domain/model/sequence.ts'
import { numberText, shareText } from '../../lib/format.ts'
import { entryWords, stepWords } from '../../lib/step-words.ts'
import { t } from '../../lib/texts.ts'
import { layOut } from './flow-layout.ts'
import css from './sequences.module.css'
import type { DrawnFlow, FlowNode } from './sequences-api.ts'

/** Of a card and the ground around it, in px. */
const card = { width: 224, height: 92, acrossGap: 24, downGap: 40 }
const [stepX, stepY] = [card.width + card.acrossGap, card.height + card.downGap]

const icons: Readonly<Record<Step['type'], LucideIcon>> = {
  email: Mail,
  wait: Clock,
  'wait-until': Clock,
  'wait-for': Clock,
  'wait-date': Clock,
  branch: GitFork,
  split: Split,
  set: Pencil,
  notify: Bell,
  exit: LogOut,
  enter: Workflow,
  jump: Workflow,
}

const centerOf = (column: number): number => column * stepX + card.width / 2
const topOf = (row: number): number => (row + 1) * stepY

interface FlowChartProps {
  readonly flow: DrawnFlow
  /** Address of the people at a step. */
  readonly peopleAt: (step: number) => string
}

/** A sequence from top to bottom, with who stands where. */
export const FlowChart = ({ flow, peopleAt }: FlowChartProps) => {
  const { places, lines, columns, rows } = layOut(flow)
  const [width, height] = [columns * stepX - card.acrossGap, topOf(rows) + card.height / 2]
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]))
  const first = places.get(flow.nodes[0]?.id ?? flow.end.id)
  const at = (column: number, row: number) => ({
    left: `${centerOf(column) - card.width / 2}px`,
    top: `${topOf(row)}px`,
  })
  const scroll = useRef<HTMLElement>(null)
  const middle = first && centerOf(first.column)
  // Where it is wider than its place, the beginning is what one sees first.
  useEffect(() => {
    if (middle !== undefined && scroll.current)
      scroll.current.scrollLeft = middle - scroll.current.clientWidth / 2
  }, [middle])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard
    <section ref={scroll} class={css.scroll} aria-label={t.sequences.flow} tabIndex={0}>
      <div class={css.chart} style={{ width: `${width}px`, height: `${height}px` }}>
        <svg class={css.lines} width={width} height={height} aria-hidden="true">
          {first && <path d={`M${centerOf(first.column)} ${card.height} V${topOf(0)}`} />}
          {lines.map(({ from, to, column, way }) => {
            const [begin, end] = [places.get(from), places.get(to)]
            if (!begin || !end) return null
            const [y, bend] = [
              topOf(begin.row) + card.height,
              topOf(begin.row) + card.height + card.downGap / 2,
            ]
            const last = topOf(end.row) - card.downGap / 2
            const across = `V${bend} H${centerOf(column)} V${Math.max(bend, last)} H${centerOf(end.column)} V${topOf(end.row)}`
            return <path key={`${from} ${to} ${way}`} d={`M${centerOf(begin.column)} ${y} ${across}`} />
          })}
        </svg>
        <div class={css.entry} style={first ? { left: at(first.column, 0).left } : {}}>
          {entryWords(flow.enter)}
        </div>
        <ol>
          {[...places]
            .toSorted(([a], [b]) => a - b)
            .map(([id, { column, row }]) => {
              const node = nodes.get(id)
              return (
                <li key={id} class={css.place} style={at(column, row)}>
                  {node ? (
                    <Card node={node} href={peopleAt(id)} />
                  ) : (
                    <div class={css.end}>{t.sequences.end(numberText(flow.end.done))}</div>
                  )}
                </li>
              )
            })}
        </ol>
        {lines.map(({ from, to, way, column }) => {
          const begin = places.get(from)
          return (
            way !== undefined &&
            begin && (
              <span
                key={`${from} ${to} ${way}`}
                class={css.way}
                style={{ left: `${centerOf(column)}px`, top: `${topOf(begin.row + 1) - card.downGap / 2}px` }}
              >
                {way === 'yes' || way === 'no' ? t.sequences.ways[way] : way}
              </span>
            )
          )
        })}
      </div>
    </section>
  )
}

const Card = ({ node, href }: { readonly node: FlowNode; readonly href: string }) => {
  const { step, waiting, done, left, goal, figures } = node
  const Icon = icons[step.type]
  const { title, code } = stepWords(step)
  return (
    <div class={css.card} data-type={step.type}>
      <strong>
        <Icon aria-hidden="true" />
        {step.type === 'email' ? (
          <Link href={`/emails/${encodeURIComponent(step.email)}`}>{title}</Link>
        ) : (
          <span>{title}</span>
        )}
      </strong>
      {code !== undefined && <code title={code}>{code}</code>}
      {figures && figures.sent > 0 && (
        <small>
          {t.emails.rates(
            shareText(figures.opened / figures.sent),
            shareText(figures.clicked / figures.sent),
          )}
        </small>
      )}
      <p>
        {waiting > 0 && (
          <Link class={css.here} href={href}>
            {t.sequences.here(numberText(waiting))}
          </Link>
        )}
        {figures && figures.sent > 0 && <span>{t.emails.sent(numberText(figures.sent))}</span>}
        {!figures && done > 0 && <span>{t.sequences.passed(numberText(done))}</span>}
        {goal > 0 && <span>{t.sequences.goals(numberText(goal))}</span>}
        {left > 0 && <span>{t.sequences.left(numberText(left))}</span>}
      </p>
    </div>
  )
}
