import { CircleHelp } from 'lucide-preact'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { Hidden } from './controls.tsx'
import css from './explain.module.css'

interface ExplainProps {
  /** What the button asks. */
  readonly question: string
  readonly title: string
  readonly children: ComponentChildren
}

/** What something means, one click away. */
export const Explain = ({ question, title, children }: ExplainProps) => {
  const id = useId()
  return (
    <>
      <button type="button" class={css.ask} popovertarget={id}>
        <CircleHelp aria-hidden="true" />
        <Hidden>{question}</Hidden>
      </button>
      <div id={id} popover="auto" class={css.answer}>
        <strong>{title}</strong>
        {children}
      </div>
    </>
  )
}
