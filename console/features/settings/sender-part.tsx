import { CircleCheck, CircleHelp, Copy, TriangleAlert } from 'lucide-preact'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Hidden, Loading } from '../../ui/controls.tsx'
import { toast } from '../../ui/toasts.tsx'
import ui from '../../ui/ui.module.css'
import css from './settings.module.css'
import { type SenderCheck, useChecks } from './settings-api.ts'

/** Whether mail can leave and arrive, and what to enter where. */
export const SenderPart = () => {
  const { data, error, refetch, isFetching } = useChecks()
  const { sender: words } = t.settings
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const open = data.items.filter(({ state }) => state !== 'ok').length
  return (
    <section class={css.part} aria-label={t.settings.tabs.sender}>
      <div class={css.top}>
        <p>
          {words.from(data.sender)} <b>{open === 0 ? words.allGood : words.toDo(open)}</b>
        </p>
        <Button disabled={isFetching} onClick={() => refetch()}>
          {words.again}
        </Button>
      </div>
      <ul class={css.rows}>
        {data.items.map((check) => (
          <Check key={check.id} check={check} />
        ))}
      </ul>
    </section>
  )
}

const icons = { ok: CircleCheck, missing: TriangleAlert, unknown: CircleHelp }

const Check = ({ check: { id, state, detail, fix, records } }: { readonly check: SenderCheck }) => {
  const { sender: words } = t.settings
  const Icon = icons[state]
  return (
    <li>
      <div class={css.check}>
        <span class={css.name}>
          <strong>{words.names[id]}</strong> <small>{words.why[id]}</small>
        </span>
        <p class={css.detail}>{detail}</p>
      </div>
      <span class={css.state} data-state={state}>
        <Icon class={ui.icon} aria-hidden="true" /> {words.states[state]}
      </span>
      {fix !== null && <p class={css.wide}>{fix}</p>}
      {records.length > 0 && (
        <div class={`${css.records} ${css.wide}`}>
          {records.map(({ name, type, value }) => (
            <div key={`${type} ${name}`} class={css.record}>
              <span>{type}</span>
              <code>{name}</code>
              <CopyButton text={name} what={words.columns.name} />
              <code>{value}</code>
              <CopyButton text={value} what={words.columns.value} />
            </div>
          ))}
        </div>
      )}
    </li>
  )
}

interface CopyProps {
  readonly text: string
  /** What it is, for who does not see where it stands. */
  readonly what: string
}

export const CopyButton = ({ text, what }: CopyProps) => (
  <button
    type="button"
    class={css.copy}
    onClick={() =>
      navigator.clipboard.writeText(text).then(
        () => toast(t.settings.copied),
        () => toast(t.common.failed),
      )
    }
  >
    <Copy class={ui.icon} aria-hidden="true" />
    <Hidden>{t.settings.sender.copyOf(what)}</Hidden>
  </button>
)
