import { useEffect, useRef, useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import {
  type BacktestSummary,
  type BandGroup,
  type Example,
  figuresOf,
} from '../../../domain/backtest/summary.ts'
import { decimalText, numberText, scoreText, shareText } from '../../lib/format.ts'
import { type Playbook, usePlaybook } from '../../lib/playbook.ts'
import { t } from '../../lib/texts.ts'
import { Button, messageOf, Sideways } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import { toast } from '../../ui/toasts.tsx'
import css from './scoring.module.css'
import { type Replayed, replayLeads } from './scoring-api.ts'

/** What the saved draft would have done, beside what the live rules did. */
export const Backtest = () => {
  const { data: playbook } = usePlaybook()
  if (!playbook) return null
  return (
    <section class={reading.section} aria-label={t.backtest.title}>
      <h2>{t.backtest.title}</h2>
      <p class={css.soft}>{playbook.draft ? t.backtest.about : t.backtest.noDraft}</p>
      {playbook.draft && <Trial draft={playbook.draft} />}
    </section>
  )
}

interface Run {
  /** Of the draft that is replayed. */
  readonly edition: string
  readonly replayed?: Replayed
  readonly isDone: boolean
}

/** One run at a time; leaving the page ends it. */
const useRun = (edition: string) => {
  const [run, setRun] = useState<Run>()
  const turn = useRef(0)
  const stop = (): void => {
    turn.current += 1
    setRun(undefined)
  }
  useEffect(
    () => () => {
      turn.current += 1
    },
    [],
  )
  const begin = async (): Promise<void> => {
    turn.current += 1
    const mine = turn.current
    setRun({ edition, isDone: false })
    try {
      await replayLeads((replayed) => {
        if (turn.current === mine) setRun({ edition, replayed, isDone: false })
        return turn.current === mine
      })
      if (turn.current === mine) setRun((known) => known && { ...known, isDone: true })
    } catch (error) {
      if (turn.current === mine) stop()
      toast(messageOf(error))
    }
  }
  return { run, begin, stop }
}

const Trial = ({ draft: { edition } }: { readonly draft: NonNullable<Playbook['draft']> }) => {
  const { run, begin, stop } = useRun(edition)
  const { replayed, isDone = true } = run ?? {}
  return (
    <>
      <p class={css.actions}>
        <Button disabled={!isDone} onClick={begin}>
          {replayed && isDone ? t.backtest.again : t.backtest.run}
        </Button>
        {!isDone && (
          <Button kind="quiet" onClick={stop}>
            {t.backtest.stop}
          </Button>
        )}
      </p>
      {!isDone && <Progress replayed={replayed} />}
      {run && run.edition !== edition && <p class={css.soft}>{t.backtest.outdated}</p>}
      {replayed && isDone && <Result summary={replayed.summary} />}
    </>
  )
}

const Progress = ({ replayed }: { readonly replayed: Replayed | undefined }) => {
  const [done, all] = [replayed?.summary.leads ?? 0, replayed?.total ?? 0]
  const words = t.backtest.progress(numberText(done), numberText(all))
  return (
    <p class={css.progress}>
      <progress aria-label={t.backtest.title} max={Math.max(all, 1)} value={done} />
      {all > 0 && <span>{words}</span>}
    </p>
  )
}

const share = (value: number | null): string => (value === null ? '–' : shareText(value))
const times = (value: number | null): string => (value === null ? '–' : `×${decimalText(value)}`)

type Rows = readonly (readonly [label: string, live: string, draft: string])[]

const rowsOf = (summary: BacktestSummary): Rows => {
  const { figures } = t.backtest
  const { live, draft } = figuresOf(summary)
  const { both, newly, noLonger } = summary.handedOff
  const counted = (['right', 'wrong', 'missed'] as const).map(
    (one) => [figures[one], numberText(summary.live[one]), numberText(summary.draft[one])] as const,
  )
  return [
    [figures.handedOver, numberText(both + noLonger), numberText(both + newly)],
    ...counted,
    [figures.precision, share(live.precision), share(draft.precision)],
    [figures.recall, share(live.recall), share(draft.recall)],
    [figures.lift, times(live.lift), times(draft.lift)],
  ]
}

const judgedIn = ({ live }: BacktestSummary): number => live.right + live.wrong + live.missed + live.spared

const Result = ({ summary }: { readonly summary: BacktestSummary }) => {
  const { leads, handedOff, examples } = summary
  const { median } = figuresOf(summary).daysGained
  const judged = judgedIn(summary)
  if (leads === 0) return <p>{t.backtest.nobody}</p>
  return (
    <>
      <p class={reading.because} role="status">
        {t.backtest.judged(numberText(leads), numberText(judged))}{' '}
        {t.backtest.moved(numberText(handedOff.newly), numberText(handedOff.noLonger))}{' '}
        {median !== null &&
          median !== 0 &&
          (median > 0 ? t.backtest.sooner : t.backtest.later)(numberText(Math.abs(median)))}
      </p>
      <Beside label={t.backtest.compared} rows={rowsOf(summary)} />
      {judged > 0 && <p class={css.soft}>{t.backtest.biased}</p>}
      <h3 class={css.heading}>{t.backtest.bands}</h3>
      {(['all', 'good', 'bad'] as const).map((group) => (
        <BandTable key={group} group={group} bands={summary.bands[group]} />
      ))}
      {examples.length > 0 && <Examples examples={examples} />}
    </>
  )
}

/** The live figure beside the draft's, row by row. */
const Beside = ({ label, rows }: { readonly label: string; readonly rows: Rows }) => {
  const { columns } = t.backtest
  return (
    <Sideways label={label} class={`${reading.scroll} ${css.beside}`}>
      <table class={reading.table}>
        <thead>
          <tr>
            <th scope="col">{columns.what}</th>
            <th scope="col">{columns.live}</th>
            <th scope="col">{columns.draft}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, live, draft]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{live}</td>
              <td>{live === draft ? draft : <b>{draft}</b>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  )
}

interface BandTableProps {
  readonly group: BandGroup
  readonly bands: BacktestSummary['bands'][BandGroup]
}

const BandTable = ({ group, bands: { live, draft } }: BandTableProps) => {
  const names = [...new Set([...Object.keys(live), ...Object.keys(draft)])].toSorted()
  if (names.length === 0) return null
  const rows = names.map((name) => [name, numberText(live[name] ?? 0), numberText(draft[name] ?? 0)] as const)
  return (
    <>
      <p>{t.backtest.groups[group]}</p>
      <Beside label={t.backtest.groups[group]} rows={rows} />
    </>
  )
}

/** As many as one reads; the command prints further ones. */
const shown = 10

const fromTo = (live: string, draft: string): string => (live === draft ? live : `${live} → ${draft}`)

const Examples = ({ examples }: { readonly examples: readonly Example[] }) => (
  <>
    <h3 class={css.heading}>{t.backtest.examples}</h3>
    <Sideways label={t.backtest.examples} class={reading.scroll}>
      <table class={reading.table}>
        <thead>
          <tr>
            <th scope="col">{t.backtest.lead}</th>
            <th scope="col">{t.backtest.score}</th>
            <th scope="col">{t.backtest.band}</th>
          </tr>
        </thead>
        <tbody>
          {examples.slice(0, shown).map(({ leadId, score, band }) => (
            <tr key={leadId}>
              <th scope="row">
                <Link href={`/leads/${encodeURIComponent(leadId)}`}>{leadId}</Link>
              </th>
              <td>{fromTo(scoreText(score[0]), scoreText(score[1]))}</td>
              <td>{fromTo(band[0], band[1])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Sideways>
  </>
)
