import { ArrowRight } from 'lucide-preact'
import type { Role } from '../../../functions/api/api-request.ts'
import { knownSettings, type Session, signInLocally, startSignIn } from '../../lib/session.ts'
import { t } from '../../lib/texts.ts'
import { Button } from '../../ui/controls.tsx'
import ui from '../../ui/ui.module.css'
import css from './sign-in.module.css'

const roleOf = (token: string): Role | undefined =>
  (['marketing', 'sales', 'admin'] as const).find((role) => token === `local-${role}`)

interface SignInProps {
  readonly session: Exclude<Session, { type: 'signed-in' }>
}

/** Who is it? In the runner one of three, deployed whom the user pool knows. */
export const SignInPage = ({ session }: SignInProps) => (
  <main class={css.page}>
    <div class={css.inside}>
      <p class={css.mark}>Trichter</p>
      <h1 class={css.title}>{t.signIn.title(knownSettings().company)}</h1>
      {session.type === 'local' ? (
        <LocalUsers users={session.users} />
      ) : (
        <UserPool because={session.because} />
      )}
    </div>
  </main>
)

const LocalUsers = ({ users }: { readonly users: readonly string[] }) => {
  const known = users.map((token) => ({ token, role: roleOf(token) }))
  return (
    <>
      <p class={css.ask}>{t.signIn.asWhom}</p>
      <ul class={css.roles}>
        {known.map(
          ({ token, role }) =>
            role && (
              <li key={token}>
                <button type="button" class={css.role} onClick={() => signInLocally(token)}>
                  <span>
                    <strong>{t.roles[role]}</strong>
                    <small>{t.signIn.as[role]}</small>
                  </span>
                  <ArrowRight class={ui.icon} aria-hidden="true" />
                </button>
              </li>
            ),
        )}
      </ul>
      <p class={css.note}>{t.signIn.local}</p>
      <p class={css.links}>
        <a href="/_local">{t.signIn.runner}</a>
        <a href="/_local/inbox">{t.signIn.inbox}</a>
      </p>
    </>
  )
}

const UserPool = ({ because }: { readonly because: string | undefined }) => (
  <>
    <p class={css.note}>{t.signIn.more}</p>
    {because !== undefined && (
      <p class={ui.fault} role="alert">
        {t.signIn.failed} {because}
      </p>
    )}
    <p>
      <Button kind="primary" onClick={startSignIn}>
        {t.signIn.start}
      </Button>
    </p>
  </>
)
