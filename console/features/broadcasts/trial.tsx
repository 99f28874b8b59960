import { durationText, exactTime, numberText, shareText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import { Sideways } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import css from './broadcasts.module.css'
import type { BroadcastDetail, BroadcastSplit, BroadcastTrial } from './broadcasts-api.ts'

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }

/** `4h` in words. */
export const waitText = (within: string): string =>
  durationText(Number.parseInt(within, 10) * (units[within.slice(-1)] ?? 0))

/** What is tried on how many, in one line. */
export const trialText = ({ shares, by, within }: BroadcastSplit): string => {
  const { trial } = t.broadcasts
  const parts = Object.entries(shares).map(([variant, share]) => `${variant} ${shareText(share / 100)}`)
  const winner = within === undefined ? [] : [trial.winner(trial.metrics[by].label, waitText(within))]
  return [...parts, ...winner].join(', ')
}

const Reached = ({ count, of }: { readonly count: number; readonly of: number }) => (
  <td>
    {numberText(count)} {of > 0 && count > 0 && <small>{shareText(count / of)}</small>}
  </td>
)

interface TrialReportProps {
  readonly broadcast: BroadcastDetail
  readonly split: BroadcastSplit
  readonly trial: BroadcastTrial
}

/** How each variant has done, and what the rest get. */
export const TrialReport = ({ broadcast: { decision }, split, trial }: TrialReportProps) => {
  const { trial: words, after, outcomes } = t.broadcasts
  const verdict = (): string => {
    if (decision) return words.decided[decision.because](decision.variant, exactTime(decision.at))
    return split.within === undefined ? words.noRest : words.open(waitText(split.within))
  }
  return (
    <>
      <h2>{words.title}</h2>
      <p>{verdict()}</p>
      <Sideways label={words.title} class={reading.scroll}>
        <table class={reading.table}>
          <thead>
            <tr>
              <th scope="col">{words.variant}</th>
              <th scope="col">{words.share}</th>
              <th scope="col">{outcomes.sent}</th>
              <th scope="col">{after.opened}</th>
              <th scope="col">{after.clicked}</th>
              <th scope="col">{words.interval}</th>
            </tr>
          </thead>
          <tbody>
            {trial.variants.map(({ variant, share, sent, opened, clicked, interval }) => (
              <tr key={variant} data-won={variant === decision?.variant || undefined}>
                <th scope="row">{variant}</th>
                <td>{shareText(share / 100)}</td>
                <td>{numberText(sent)}</td>
                <Reached count={opened} of={sent} />
                <Reached count={clicked} of={sent} />
                <td>{interval ? `${shareText(interval[0])} – ${shareText(interval[1])}` : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <p class={css.hint}>
        {words.metrics[split.by].label}. {trial.test}
      </p>
    </>
  )
}
