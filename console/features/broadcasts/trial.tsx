import { durationText, exactTime, numberText, shareText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import { Sideways } from '../../ui/controls.tsx'
import { Choices, Field } from '../../ui/form.tsx'
import reading from '../../ui/reading.module.css'
import css from './broadcasts.module.css'
import {
  type BroadcastDetail,
  type BroadcastSplit,
  type BroadcastTrial,
  subjectOf,
  type WritableEmail,
} from './broadcasts-api.ts'

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000 }

/** `4h` in words. */
const waitText = (within: string): string =>
  durationText(Number.parseInt(within, 10) * (units[within.slice(-1)] ?? 0))

/** What is tried on how many, in one line. */
export const trialText = ({ shares, by, within }: BroadcastSplit): string => {
  const { trial } = t.broadcasts
  const parts = Object.entries(shares).map(([variant, share]) => `${variant} ${shareText(share / 100)}`)
  const winner = within === undefined ? [] : [trial.winner(trial.metrics[by].label, waitText(within))]
  return [...parts, ...winner].join(', ')
}

const sharePrefix = 'share.'

type Answers = Readonly<Record<string, string | undefined>>

/** Percent by variant, as the address has them; undefined where nothing is tried. */
export const sharesIn = (answers: Answers): Readonly<Record<string, number>> | undefined => {
  const given = Object.entries(answers).filter(([name]) => name.startsWith(sharePrefix))
  return given.length === 0
    ? undefined
    : Object.fromEntries(given.map(([name, value]) => [name.slice(sharePrefix.length), Number(value)]))
}

export const restOf = (shares: Readonly<Record<string, number>> | undefined): number =>
  shares ? Math.max(0, 100 - Object.values(shares).reduce((sum, share) => sum + share, 0)) : 0

/** Answers that are no more where another email is chosen, or nothing is tried. */
export const noTrial = (answers: Answers): Answers =>
  Object.fromEntries(
    [...Object.keys(answers).filter((name) => name.startsWith(sharePrefix)), 'by', 'within'].map((name) => [
      name,
      undefined,
    ]),
  )

/** How long the rest may wait for a winner. */
const waits = ['1h', '2h', '4h', '8h', '1d', '2d', '7d'] as const

interface TrialProps {
  readonly email: WritableEmail
  readonly answers: Answers
  readonly onTry: (answers: Answers) => void
}

/** Whether variants are tried, on how many, and what says which does better. */
export const Trial = ({ email: { variants }, answers, onTry }: TrialProps) => {
  const { trial } = t.broadcasts
  const shares = sharesIn(answers)
  const begin = Object.fromEntries(variants.map(({ id }) => [`${sharePrefix}${id}`, '10']))
  const turn = () => onTry(shares ? noTrial(answers) : { ...begin, by: 'clicked', within: '4h' })
  return (
    <fieldset class={css.trial}>
      <legend>
        <label class={css.check}>
          <input type="checkbox" checked={shares !== undefined} onChange={turn} />
          <span>{trial.ask(numberText(variants.length))}</span>
        </label>
      </legend>
      {shares && (
        <>
          <p class={css.hint}>{trial.how}</p>
          <Shares variants={variants} shares={shares} onTry={onTry} />
          <Choices
            legend={trial.by}
            name="by"
            faults={{}}
            options={(['clicked', 'opened'] as const).map((value) => ({ value, ...trial.metrics[value] }))}
            chosen={answers.by ?? 'clicked'}
          />
          {restOf(shares) > 0 && <Patience within={answers.within ?? '4h'} />}
        </>
      )}
    </fieldset>
  )
}

interface SharesProps extends Pick<TrialProps, 'onTry'> {
  readonly variants: WritableEmail['variants']
  readonly shares: Readonly<Record<string, number>>
}

/** How many get each, and how many are left. */
const Shares = ({ variants, shares, onTry }: SharesProps) => (
  <div
    class={css.shares}
    onChange={({ target }) => target instanceof HTMLInputElement && onTry({ [target.name]: target.value })}
  >
    {variants.map(({ id, row }) => (
      <label key={id}>
        <span>
          {subjectOf(row)} <small>{id}</small>
        </span>
        <span>
          <input
            type="number"
            name={`${sharePrefix}${id}`}
            min={1}
            max={99}
            defaultValue={shares[id] ?? ''}
            aria-label={t.broadcasts.trial.shareOf(id)}
          />{' '}
          %
        </span>
      </label>
    ))}
    <p>
      <span>{t.broadcasts.trial.rest}</span>
      <output>{shareText(restOf(shares) / 100)}</output>
    </p>
  </div>
)

/** How long the rest wait for a winner. */
const Patience = ({ within }: { readonly within: string }) => (
  <Field
    label={t.broadcasts.trial.within}
    name="within"
    hint={t.broadcasts.trial.withinHint}
    faults={{}}
    required
  >
    {(props) => (
      <select {...props}>
        {waits.map((wait) => (
          <option key={wait} value={wait} selected={wait === within}>
            {waitText(wait)}
          </option>
        ))}
      </select>
    )}
  </Field>
)

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
