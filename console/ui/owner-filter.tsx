import { useMe, useTeams } from '../lib/people.ts'
import { t } from '../lib/texts.ts'

interface OwnerFilterProps {
  /** Address of a salesperson; undefined: everybody's. */
  readonly chosen: string | undefined
  readonly onChoose: (owner: string | undefined) => void
}

/** Whose: one's own first, for who is in a team. */
export const OwnerFilter = ({ chosen, onChoose }: OwnerFilterProps) => {
  const { data: me } = useMe()
  const { data: teams } = useTeams()
  const members = [
    ...new Map(
      (teams?.items ?? []).flatMap(({ members }) => members.map(({ email, name }) => [email, name])),
    ),
  ]
  if (members.length === 0) return null
  const isMine = ([email]: readonly [string, string]): boolean => email === me?.email
  const sorted = members.toSorted((a, b) => Number(isMine(b)) - Number(isMine(a)))
  return (
    <select
      aria-label={t.owners.owner}
      onChange={(event) => onChoose(event.currentTarget.value || undefined)}
    >
      <option value="" selected={chosen === undefined}>
        {t.owners.everybody}
      </option>
      {sorted.map(([email, name]) => (
        <option key={email} value={email} selected={chosen === email}>
          {isMine([email, name]) ? t.owners.mine : name}
        </option>
      ))}
    </select>
  )
}
