import { numberText } from '../../lib/format.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, messageOf, Tag } from '../../ui/controls.tsx'
import reading from '../../ui/reading.module.css'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import css from './settings.module.css'
import { enableWebhook, useHooks, useWebhooks, type WebhookRow } from './settings-api.ts'

/** Programs that are told, and programs that tell. */
export const ConnectionsPart = () => (
  <div class={css.part}>
    <Webhooks />
    <Hooks />
  </div>
)

const Webhooks = () => {
  const { data, error, refetch } = useWebhooks()
  const { connections: words } = t.settings
  return (
    <section class={reading.section}>
      <h2>{words.webhooks}</h2>
      {!data && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {data?.items.length === 0 && <p>{words.webhooksNone}</p>}
      {data && data.items.length > 0 && (
        <ul class={css.rows}>
          {data.items.map((webhook) => (
            <Webhook key={webhook.id} webhook={webhook} />
          ))}
        </ul>
      )}
    </section>
  )
}

const Webhook = ({ webhook }: { readonly webhook: WebhookRow }) => {
  const { connections: words } = t.settings
  const { id, url, status, delivered, pending, failed, lastError } = webhook
  const enable = () =>
    enableWebhook(id).then(
      () => toast(words.enabled),
      (error) => toast(messageOf(error)),
    )
  return (
    <li>
      <div class={css.check}>
        <span class={css.name}>
          <strong>{id}</strong> <Tag>{words.states[status] ?? status}</Tag>
        </span>
        <small class={css.mono}>{url}</small>
        <p>{words.counts(numberText(delivered), numberText(pending), numberText(failed))}</p>
        <p>
          {lastError === null ? (
            words.noError
          ) : (
            <>
              {words.lastError} {lastError.reason ?? lastError.status} (<When at={lastError.at} />)
            </>
          )}
        </p>
      </div>
      {status !== 'active' && <Button onClick={enable}>{words.enable}</Button>}
    </li>
  )
}

const Hooks = () => {
  const { data, error, refetch } = useHooks()
  const { connections: words } = t.settings
  return (
    <section class={reading.section}>
      <h2>{words.hooks}</h2>
      {!data && (error ? <Failure error={error} onRetry={refetch} /> : <Loading />)}
      {data?.items.length === 0 && <p>{words.hooksNone}</p>}
      {data && data.items.length > 0 && (
        <>
          <p class={css.soft}>{words.hooksSince}</p>
          <ul class={css.rows}>
            {data.items.map((hook) => (
              <li key={hook.source}>
                <div class={css.check}>
                  <span class={css.name}>
                    <strong>{hook.source}</strong>
                    <small>
                      {hook.lastReceivedAt === null ? (
                        words.never
                      ) : (
                        <>
                          {words.last} <When at={hook.lastReceivedAt} />
                        </>
                      )}
                    </small>
                  </span>
                  <p>{words.received(numberText(hook.accepted), numberText(hook.rejected))}</p>
                  {!hook.hasSecret && <p>{words.noSecret}</p>}
                  <Reasons title={words.refused} reasons={hook.refusedBecause} />
                  <Reasons title={words.rejected} reasons={hook.rejectedBecause} />
                  <Reasons title={words.warned} reasons={hook.warnedBecause} />
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

interface ReasonsProps {
  readonly title: string
  readonly reasons: Readonly<Record<string, number>>
}

const Reasons = ({ title, reasons }: ReasonsProps) => {
  const all = Object.entries(reasons)
  if (all.length === 0) return null
  return (
    <p>
      {title} {all.map(([reason, count]) => `${reason} (${numberText(count)})`).join(', ')}
    </p>
  )
}
