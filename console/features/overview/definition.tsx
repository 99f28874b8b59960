import { CircleHelp } from 'lucide-preact'
import { useId } from 'preact/hooks'
import type { Definition as Defined } from '../../lib/figures.ts'
import { language, t } from '../../lib/texts.ts'
import { Hidden } from '../../ui/controls.tsx'
import css from './overview.module.css'

interface DefinitionProps {
  readonly of: Defined
}

/** What a figure counts and what it does not, one click away. */
export const Definition = ({ of: { label, counts, leavesOut, numerator, denominator } }: DefinitionProps) => {
  const id = useId()
  return (
    <>
      <button type="button" class={css.ask} popovertarget={id}>
        <CircleHelp aria-hidden="true" />
        <Hidden>{t.overview.what(label[language])}</Hidden>
      </button>
      <div id={id} popover="auto" class={css.definition}>
        <strong>{label[language]}</strong>
        <p>{counts[language]}</p>
        {numerator && denominator && (
          <p>
            {numerator[language]} / {denominator[language]}
          </p>
        )}
        <p class={css.soft}>{t.overview.leavesOut(leavesOut[language])}</p>
      </div>
    </>
  )
}
