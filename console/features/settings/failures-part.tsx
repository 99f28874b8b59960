import { numberText } from '../../lib/format.ts'
import { session } from '../../lib/session.ts'
import { useStore } from '../../lib/store.ts'
import { t } from '../../lib/texts.ts'
import { Empty, Failure, Loading } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import css from './settings.module.css'
import { useDeadLetters } from './settings-api.ts'

const commands = ['list', 'show', 'redrive', 'discard --id MESSAGE']

/** What was given up, and what to do about it: the steps of the runbook. */
export const FailuresPart = () => {
  const { data, error, refetch } = useDeadLetters()
  const isLocal = useStore(session).type === 'local'
  const { failures: words } = t.settings
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const waiting = data.items.filter(({ count }) => count > 0)
  const total = waiting.reduce((sum, { count }) => sum + count, 0)
  if (total === 0)
    return (
      <section class={css.part} aria-label={t.settings.tabs.failures}>
        <Empty title={words.none}>
          <p>{words.noneMore}</p>
        </Empty>
        <p class={css.soft}>
          {words.quiet} {data.items.map(({ worker }) => worker).join(', ')}
        </p>
      </section>
    )
  return (
    <section class={css.part} aria-label={t.settings.tabs.failures}>
      <p>{words.some(numberText(total))}</p>
      <ul class={css.rows}>
        {waiting.map(({ worker, queue, count }) => (
          <li key={queue}>
            <div class={css.check}>
              <strong>{worker}</strong>
              <small class={css.mono}>{queue}</small>
            </div>
            <span>{words.waiting(numberText(count))}</span>
          </li>
        ))}
      </ul>
      <div class={reading.section}>
        <h2>{words.steps}</h2>
        <ol class={css.steps}>
          {words.how.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        {isLocal && (
          <p>
            {words.local} <a href="/_local/dead-letters">/_local/dead-letters</a>
          </p>
        )}
        <pre class={`${css.command} ${css.mono}`}>
          {commands
            .map((command) => `npm run dead-letters -- ${command}${isLocal ? '' : ' --aws'}`)
            .join('\n')}
        </pre>
      </div>
    </section>
  )
}
