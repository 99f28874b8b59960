import { useState } from 'preact/hooks'
import { Link } from 'wouter-preact'
import { useAddress } from '../../lib/address.ts'
import { decimalText, numberText, shareText } from '../../lib/format.ts'
import { marketers, mayDo, useMe } from '../../lib/people.ts'
import { entryWords } from '../../lib/step-words.ts'
import { t } from '../../lib/texts.ts'
import { Button, buttonClass, Failure, Loading, messageOf, Tag } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Choices, Form } from '../../ui/form.tsx'
import { PeopleDialog } from '../../ui/people-dialog.tsx'
import reading from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import { DraftEditor } from './draft-editor.tsx'
import { FlowChart } from './flow-chart.tsx'
import css from './sequences.module.css'
import {
  pauseSequence,
  resumeSequence,
  type SequenceFlow,
  type SplitResult,
  useFlow,
  usePeopleAt,
  useSplits,
} from './sequences-api.ts'

/** One sequence: drawn, with who stands where, and which way of a split does better. */
export const SequenceView = ({ id }: { readonly id: string }) => {
  const { data, error, refetch } = useFlow(id)
  const { query, path, filter } = useAddress()
  const { data: me } = useMe()
  const isMarketer = mayDo(me, marketers)
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const hasSplit = data.nodes.some(({ step }) => step.type === 'split')
  return (
    <article class={`${reading.article} ${css.article}`}>
      <header class={reading.head}>
        <h1 class={reading.name}>{id}</h1>
        <p class={reading.standing}>
          {data.paused !== null && (
            <Tag>
              {t.sequences.pausedSince} <When at={data.paused} />
            </Tag>
          )}
          <span>{entryWords(data.enter)}</span>
          {isMarketer && <Steering id={id} isPaused={data.paused !== null} />}
          {isMarketer && query.edit === undefined && (
            <Button onClick={() => filter({ edit: '1' })}>{t.sequences.edit}</Button>
          )}
        </p>
        <Rules flow={data} />
      </header>
      {data.elsewhere > 0 && <p class={css.soft}>{t.sequences.elsewhere(numberText(data.elsewhere))}</p>}
      {data.countedUpTo !== null && (
        <p class={css.soft}>
          {t.sequences.countedUpTo} <When at={data.countedUpTo} />
        </p>
      )}
      {isMarketer && query.edit !== undefined ? (
        <DraftEditor id={id} live={data} onClose={() => filter({ edit: undefined })} />
      ) : (
        <FlowChart flow={data} peopleAt={(step) => `${path}?at=${step}`} />
      )}
      {hasSplit && isMarketer && <Splits id={id} />}
      {query.at !== undefined && (
        <People id={id} step={Number(query.at)} onClose={() => filter({ at: undefined })} />
      )}
    </article>
  )
}

/** What ends it early, as the playbook has it. */
const Rules = ({ flow: { goal, exit } }: { readonly flow: SequenceFlow }) => (
  <dl class={css.rules}>
    {goal !== null && (
      <div>
        <dt>{t.sequences.goal}</dt>
        <dd>
          <code>{goal}</code>
        </dd>
      </div>
    )}
    {exit !== null && (
      <div>
        <dt>{t.sequences.exit}</dt>
        <dd>
          <code>{exit}</code>
        </dd>
      </div>
    )}
  </dl>
)

interface SteeringProps {
  readonly id: string
  readonly isPaused: boolean
}

const Steering = ({ id, isPaused }: SteeringProps) => {
  const [isAsking, setAsking] = useState(false)
  const close = () => setAsking(false)
  const pause = () =>
    pauseSequence(id).then(
      () => toast(t.sequences.pauseDone(id)),
      (error: unknown) => toast(messageOf(error)),
    )
  return (
    <>
      <Button onClick={isPaused ? () => setAsking(true) : pause}>
        {isPaused ? t.sequences.resume : t.sequences.pause}
      </Button>
      {isAsking && (
        <Dialog title={t.sequences.resumeTitle(id)} onClose={close}>
          <Form
            fields={{ due: 'due' }}
            submit={t.sequences.resume}
            send={(values) => resumeSequence(id, `${values.get('due')}`)}
            onCancel={close}
            onDone={() => {
              close()
              toast(t.sequences.resumeDone(id))
            }}
          >
            {(faults) => (
              <Choices
                legend={t.sequences.due}
                name="due"
                faults={faults}
                chosen="shift"
                options={(['shift', 'send', 'skip'] as const).map((value) => ({
                  value,
                  label: t.sequences.dues[value],
                }))}
              />
            )}
          </Form>
        </Dialog>
      )}
    </>
  )
}

interface PeopleProps {
  readonly id: string
  readonly step: number
  readonly onClose: () => void
}

const People = ({ id, step, onClose }: PeopleProps) => (
  <PeopleDialog
    title={t.sequences.peopleTitle}
    people={usePeopleAt(id, step)}
    actions={
      <Link class={buttonClass('plain')} href={`/leads?sequence=${encodeURIComponent(id)}&step=${step}`}>
        {t.sequences.asList}
      </Link>
    }
    onClose={onClose}
  />
)

const verdictOf = ({ verdict, winner, missing }: SplitResult): string => {
  switch (verdict) {
    case 'winner':
      return t.sequences.winner(winner ?? '')
    case 'no-difference':
      return t.sequences.noDifference
    case 'collecting':
      return t.sequences.collecting(numberText(missing.leadsPerWay), missing.days)
    default:
      return verdict satisfies never
  }
}

/** Which way brings more people to the goal. */
const Splits = ({ id }: { readonly id: string }) => {
  const { data } = useSplits(id, true)
  return (
    <>
      {data?.splits.map((split) => (
        <section key={split.split} class={reading.section}>
          <h2>{t.sequences.steps.split(split.split)}</h2>
          <p>{verdictOf(split)}</p>
          <table class={reading.table}>
            <thead>
              <tr>
                <th scope="col">{t.sequences.columns.way}</th>
                <th scope="col">{t.sequences.columns.entered}</th>
                <th scope="col">{t.sequences.columns.reached}</th>
                <th scope="col">{t.sequences.columns.rate}</th>
              </tr>
            </thead>
            <tbody>
              {split.ways.map(({ way, entered, reached, rate, interval }) => (
                <tr key={way}>
                  <th scope="row">{way}</th>
                  <td>{numberText(entered)}</td>
                  <td>{numberText(reached)}</td>
                  <td>
                    {rate === null ? '–' : shareText(rate)}{' '}
                    {interval && (
                      <small>
                        {decimalText(interval[0] * 100)}–{shareText(interval[1])}
                      </small>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ))}
    </>
  )
}
