import { useState } from 'preact/hooks'
import { t } from '../../lib/texts.ts'
import { Button, Empty, Failure, Loading } from '../../ui/controls.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { toast } from '../../ui/toasts.tsx'
import { CopyButton } from './sender-part.tsx'
import css from './settings.module.css'
import { makeKey, revokeKey, useApiKeys } from './settings-api.ts'

type Question =
  | { readonly type: 'make' }
  | { readonly type: 'made'; readonly name: string; readonly key: string }
  | { readonly type: 'revoke'; readonly name: string }

/** What programs that post events carry. */
export const KeysPart = () => {
  const { data, error, refetch } = useApiKeys()
  const [question, setQuestion] = useState<Question>()
  const { keys: words } = t.settings
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  return (
    <section class={css.part} aria-label={t.settings.tabs.keys}>
      <div class={css.top}>
        <p>{words.about}</p>
        <Button kind="primary" onClick={() => setQuestion({ type: 'make' })}>
          {words.make}
        </Button>
      </div>
      {data.items.length === 0 ? (
        <Empty title={words.none} />
      ) : (
        <ul class={css.rows}>
          {data.items.map(({ name, ends }) => (
            <li key={name}>
              <span class={css.name}>
                <strong>{name}</strong>{' '}
                <small>
                  {words.ends} <code class={css.mono}>{ends}</code>
                </small>
              </span>
              <Button kind="quiet" onClick={() => setQuestion({ type: 'revoke', name })}>
                {words.revoke}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <p class={css.soft}>
        {words.links} <code class={css.mono}>npm run keys -- rotate</code>
      </p>
      {question && <Asked question={question} onTurn={setQuestion} />}
    </section>
  )
}

interface AskedProps {
  readonly question: Question
  readonly onTurn: (next: Question | undefined) => void
}

const Asked = ({ question, onTurn }: AskedProps) => {
  const { keys: words } = t.settings
  const close = () => onTurn(undefined)
  switch (question.type) {
    case 'make':
      return (
        <Dialog title={words.makeTitle} onClose={close}>
          <Form
            fields={{ name: 'name' }}
            submit={words.make}
            send={(values) => makeKey(`${values.get('name') ?? ''}`.trim())}
            onCancel={close}
            onDone={({ name, key }) => onTurn({ type: 'made', name, key })}
          >
            {(faults) => (
              <Field label={words.name} name="name" hint={words.nameHint} faults={faults} required>
                {(props) => <input {...props} autocomplete="off" maxLength={40} />}
              </Field>
            )}
          </Form>
        </Dialog>
      )
    case 'made':
      return (
        <Dialog key="made" title={words.madeTitle(question.name)} onClose={close}>
          <p>{words.madeMore}</p>
          <div class={css.secret}>
            <code class={css.mono}>{question.key}</code>
            <CopyButton text={question.key} what={words.key} />
          </div>
          <DialogActions>
            <Button kind="primary" onClick={close}>
              {words.done}
            </Button>
          </DialogActions>
        </Dialog>
      )
    case 'revoke':
      return (
        <Dialog title={words.revokeTitle(question.name)} onClose={close}>
          <p>{words.revokeMore}</p>
          <Form
            fields={{}}
            kind="danger"
            submit={words.revoke}
            send={() => revokeKey(question.name)}
            onCancel={close}
            onDone={() => {
              close()
              toast(words.revoked(question.name))
            }}
          >
            {() => null}
          </Form>
        </Dialog>
      )
    default:
      return question satisfies never
  }
}
