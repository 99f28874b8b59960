import type { AudienceTally } from '../../domain/sending/audience.ts'
import { numberText } from '../lib/format.ts'
import { t } from '../lib/texts.ts'
import reading from './reading.module.css'

interface AudienceProps {
  readonly tally: AudienceTally
  /** False: a worker still counts. */
  readonly isExact: boolean
}

const reasons = ['consent', 'withSales', 'suppressed', 'held', 'address'] as const

/** How many would be mailed, and what the others lack. */
export const Audience = ({ tally: { matching, mailable, without }, isExact }: AudienceProps) => (
  <div>
    <p class={reading.because}>
      {t.audience.mailable(numberText(matching), numberText(mailable))}
      {!isExact && ` ${t.audience.counting}`}
    </p>
    <ul class={reading.points}>
      {reasons
        .filter((reason) => without[reason] > 0)
        .map((reason) => (
          <li key={reason}>{t.audience.without[reason](numberText(without[reason]))}</li>
        ))}
    </ul>
  </div>
)
