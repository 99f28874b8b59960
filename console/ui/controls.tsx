import { TriangleAlert } from 'lucide-preact'
import type { ComponentChildren, JSX } from 'preact'
import { Link } from 'wouter-preact'
import { Problem, Unreachable } from '../lib/api.ts'
import { t } from '../lib/texts.ts'
import ui from './ui.module.css'

type Kind = 'primary' | 'plain' | 'quiet' | 'danger'

type ButtonProps = Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, 'icon'> & {
  /** @default 'plain' */
  readonly kind?: Kind
}

export const Button = ({ kind = 'plain', type = 'button', ...props }: ButtonProps) => (
  <button {...props} type={type} class={`${ui.button} ${ui[kind]} ${props.class ?? ''}`} />
)

/** For links that look like buttons. */
export const buttonClass = (kind: Kind): string => `${ui.button} ${ui[kind]}`

/** For readers of the screen alone. */
export const Hidden = ({ children }: { readonly children: ComponentChildren }) => (
  <span class={ui.hidden}>{children}</span>
)

export const Tag = ({ children }: { readonly children: ComponentChildren }) => (
  <span class={ui.tag}>{children}</span>
)

export const Key = ({ children }: { readonly children: ComponentChildren }) => (
  <kbd class={ui.key}>{children}</kbd>
)

interface SidewaysProps {
  readonly label: string
  readonly class?: string | undefined
  readonly children: ComponentChildren
}

/** What may be wider than its place scrolls there. */
export const Sideways = ({ label, class: look = '', children }: SidewaysProps) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reached by the keyboard
  <section class={`${ui.sideways} ${look}`} aria-label={label} tabIndex={0}>
    {children}
  </section>
)

interface EmptyProps {
  readonly title: string
  readonly children?: ComponentChildren
}

/** Nothing is there: says so, and what to do first. */
export const Empty = ({ title, children }: EmptyProps) => (
  <div class={ui.empty}>
    <h2>{title}</h2>
    {children}
  </div>
)

/** There is no page at the address, or none for who is signed in. */
export const NoPage = () => (
  <section class={ui.empty}>
    <h1>{t.shell.notFound}</h1>
    <p>{t.shell.notFoundMore}</p>
    <p>
      <Link href="/">{t.shell.toStart}</Link>
    </p>
  </section>
)

const widths = ['62%', '88%', '45%', '76%', '58%']

export const Loading = () => (
  <div class={ui.loading} role="status" aria-label={t.common.loading}>
    {widths.map((width) => (
      <div key={width} class={ui.bone} style={{ width }} />
    ))}
  </div>
)

export const messageOf = (error: unknown): string => {
  if (error instanceof Unreachable) return t.common.unreachable
  return error instanceof Problem ? error.message : t.common.failed
}

interface FailureProps {
  readonly error: unknown
  readonly onRetry: () => void
}

/** What could not be read, with the way to try again. */
export const Failure = ({ error, onRetry }: FailureProps) => (
  <div class={ui.failure} role="alert">
    <p>
      <TriangleAlert class={ui.icon} aria-hidden="true" /> {messageOf(error)}
    </p>
    <Button onClick={onRetry}>{t.common.retry}</Button>
  </div>
)
