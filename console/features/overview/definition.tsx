import type { Definition as Defined } from '../../lib/figures.ts'
import { language, t } from '../../lib/texts.ts'
import { Explain } from '../../ui/explain.tsx'
import css from './overview.module.css'

interface DefinitionProps {
  readonly of: Defined
}

/** What a figure counts and what it does not. */
export const Definition = ({ of: { label, counts, leavesOut, numerator, denominator } }: DefinitionProps) => (
  <Explain question={t.overview.what(label[language])} title={label[language]}>
    <p>{counts[language]}</p>
    {numerator && denominator && (
      <p>
        {numerator[language]} / {denominator[language]}
      </p>
    )}
    <p class={css.soft}>{t.overview.leavesOut(leavesOut[language])}</p>
  </Explain>
)
