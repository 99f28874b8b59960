import { Link } from 'wouter-preact'
import type { AudienceVerdict } from '../../domain/sending/audience.ts'
import { useAddress } from '../lib/address.ts'
import { withQuery } from '../lib/api.ts'
import { numberText } from '../lib/format.ts'
import { type Preview, useMembers } from '../lib/segments.ts'
import { t } from '../lib/texts.ts'
import { PeopleDialog } from './people-dialog.tsx'
import reading from './reading.module.css'

interface AudienceProps {
  readonly where: string
  readonly found: Preview
}

const reasons = ['consent', 'withSales', 'suppressed', 'held', 'address'] as const

/** How many would be mailed, and what the others lack. Each number opens them; which one stands in the address. */
export const Audience = ({ where, found }: AudienceProps) => {
  const { path, query, filter } = useAddress()
  const { matching, mailable, without, exact } = found
  const opened = (['mailable', ...reasons] as const).find((one) => one === query.verdict)
  const linkTo = (verdict: AudienceVerdict): string => withQuery(path, { ...query, verdict })
  return (
    <div>
      <p class={reading.because}>
        {t.audience.matching(numberText(matching))}{' '}
        <Link class={reading.figure} href={linkTo('mailable')}>
          {t.audience.mailable(numberText(mailable))}
        </Link>
        {!exact && ` ${t.audience.counting}`}
      </p>
      <ul class={reading.points}>
        {reasons
          .filter((reason) => without[reason] > 0)
          .map((reason) => (
            <li key={reason}>
              <Link class={reading.figure} href={linkTo(reason)}>
                {t.audience.without[reason](numberText(without[reason]))}
              </Link>
            </li>
          ))}
      </ul>
      {opened && (
        <Members
          where={where}
          found={found}
          verdict={opened}
          onClose={() => filter({ verdict: undefined })}
        />
      )}
    </div>
  )
}

interface MembersProps extends AudienceProps {
  readonly verdict: AudienceVerdict
  readonly onClose: () => void
}

const Members = ({ where, found, verdict, onClose }: MembersProps) => (
  <PeopleDialog
    title={t.audience.who[verdict]}
    people={useMembers(where, found, verdict)}
    onClose={onClose}
  />
)
