import { useState } from 'preact/hooks'
import { useMe } from '../../lib/people.ts'
import { t } from '../../lib/texts.ts'
import { Button, Failure, Loading, messageOf, Tag } from '../../ui/controls.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { type Faults, Field, Form } from '../../ui/form.tsx'
import { When } from '../../ui/time.tsx'
import { toast } from '../../ui/toasts.tsx'
import ui from '../../ui/ui.module.css'
import css from './settings.module.css'
import { giveRoles, invite, type Member, type MemberRole, setEnabled, useMembers } from './settings-api.ts'

const roles: readonly MemberRole[] = ['marketing', 'sales', 'admin']

type Question =
  | { readonly about: 'invitation' }
  | { readonly about: 'roles' | 'disabling'; readonly member: Member }

/** Who may sign in, and as what. */
export const MembersPart = () => {
  const { data, error, refetch } = useMembers()
  const [question, setQuestion] = useState<Question>()
  const { members: words } = t.settings
  if (!data) return error ? <Failure error={error} onRetry={refetch} /> : <Loading />
  const close = () => setQuestion(undefined)
  return (
    <section class={css.part} aria-label={t.settings.tabs.members}>
      <div class={css.top}>
        <p>{words.about}</p>
        <Button kind="primary" onClick={() => setQuestion({ about: 'invitation' })}>
          {words.invite}
        </Button>
      </div>
      <ul class={css.rows}>
        {data.items.map((member) => (
          <Row key={member.id} member={member} onAsk={setQuestion} />
        ))}
      </ul>
      {question?.about === 'invitation' && <InviteDialog onClose={close} />}
      {question?.about === 'roles' && <RolesDialog member={question.member} onClose={close} />}
      {question?.about === 'disabling' && <DisableDialog member={question.member} onClose={close} />}
    </section>
  )
}

const nameOf = ({ email, id }: Member): string => email ?? id

const enable = async (member: Member): Promise<void> => {
  try {
    await setEnabled(member.id, true)
    toast(t.settings.members.enabled(nameOf(member)))
  } catch (error) {
    toast(messageOf(error))
  }
}

interface RowProps {
  readonly member: Member
  readonly onAsk: (question: Question) => void
}

const Row = ({ member, onAsk }: RowProps) => {
  const { data: me } = useMe()
  const { members: words } = t.settings
  const { roles: own, status, since, email } = member
  const isOwn = email !== null && email === me?.email
  return (
    <li>
      <div class={css.check}>
        <span class={css.name}>
          <strong>{nameOf(member)}</strong>
          {isOwn && <small>{words.you}</small>}
          {status !== 'active' && <Tag>{words.states[status]}</Tag>}
        </span>
        <p>
          {own.length === 0 ? words.noRole : own.map((role) => t.roles[role]).join(', ')}
          {since !== null && (
            <>
              , {words.since} <When at={since} />
            </>
          )}
        </p>
      </div>
      <div class={css.does}>
        {status === 'disabled' && <Button onClick={() => enable(member)}>{words.enable}</Button>}
        {status !== 'disabled' && !isOwn && (
          <Button kind="quiet" onClick={() => onAsk({ about: 'disabling', member })}>
            {words.disable}
          </Button>
        )}
        <Button kind="quiet" onClick={() => onAsk({ about: 'roles', member })}>
          {words.change}
        </Button>
      </div>
    </li>
  )
}

const chosenIn = (values: FormData): readonly MemberRole[] =>
  roles.filter((role) => values.getAll('roles').includes(role))

interface RolesProps {
  readonly chosen: readonly MemberRole[]
  readonly faults: Faults
}

const Roles = ({ chosen, faults }: RolesProps) => (
  <fieldset class={css.roles}>
    <legend class={ui.label}>{t.settings.members.roles}</legend>
    {roles.map((role) => (
      <label key={role}>
        <input type="checkbox" name="roles" value={role} defaultChecked={chosen.includes(role)} />
        <span>{t.roles[role]}</span>
        <small>{t.settings.members.does[role]}</small>
      </label>
    ))}
    {faults.roles !== undefined && <p class={ui.fault}>{faults.roles}</p>}
  </fieldset>
)

const InviteDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { members: words } = t.settings
  return (
    <Dialog title={words.inviteTitle} onClose={onClose}>
      <Form
        fields={{ email: 'email', roles: 'roles' }}
        submit={words.send}
        send={async (values) => {
          const email = `${values.get('email') ?? ''}`.trim()
          await invite(email, chosenIn(values))
          return email
        }}
        onCancel={onClose}
        onDone={(email) => {
          onClose()
          toast(words.invited(email))
        }}
      >
        {(faults) => (
          <>
            <Field label={words.email} name="email" faults={faults} required>
              {(props) => <input {...props} type="email" autocomplete="off" />}
            </Field>
            <Roles chosen={['sales']} faults={faults} />
          </>
        )}
      </Form>
    </Dialog>
  )
}

const DisableDialog = ({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) => {
  const { members: words } = t.settings
  const who = nameOf(member)
  const undo = () => void enable(member)
  return (
    <Dialog title={words.disableTitle(who)} onClose={onClose}>
      <p>{words.disableMore}</p>
      <Form
        fields={{}}
        submit={words.disable}
        send={() => setEnabled(member.id, false)}
        onCancel={onClose}
        onDone={() => {
          onClose()
          toast(words.disabled(who), { undo })
        }}
      >
        {() => null}
      </Form>
    </Dialog>
  )
}

const RolesDialog = ({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) => {
  const { members: words } = t.settings
  return (
    <Dialog title={words.rolesOf(nameOf(member))} onClose={onClose}>
      <Form
        fields={{ roles: 'roles' }}
        submit={words.save}
        send={(values) => giveRoles(member.id, chosenIn(values))}
        onCancel={onClose}
        onDone={() => {
          onClose()
          toast(words.changed(nameOf(member)))
        }}
      >
        {(faults) => <Roles chosen={member.roles} faults={faults} />}
      </Form>
    </Dialog>
  )
}
