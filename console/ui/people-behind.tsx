import type { Figure } from '../../domain/kpi/measure.ts'
import type { StageId } from '../../domain/model/deal.ts'
import { useAddress } from '../lib/address.ts'
import {
  type Definition,
  type FigureOfPeople,
  figureIn,
  figureText,
  useDefinitions,
  usePeopleBehind,
} from '../lib/figures.ts'
import { moneyText, numberText } from '../lib/format.ts'
import { language, t, words } from '../lib/texts.ts'
import { PeopleDialog } from './people-dialog.tsx'
import reading from './reading.module.css'

/** Of what the figure is: a stage, an email, a form, a source. */
const ofWhat = ({ stage, email, link, sequence, form, source, campaign }: FigureOfPeople): string => {
  const isBroadcast = sequence?.startsWith('broadcast.')
  return [
    stage !== undefined && words.stages[stage as StageId],
    ...[link ?? email, email === undefined && !isBroadcast && sequence, form, source, campaign],
  ]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(', ')
}

const isMoney = (figure: Figure): figure is Readonly<Record<string, string>> =>
  typeof figure === 'object' &&
  figure !== null &&
  Object.values(figure).every((amount) => typeof amount === 'string')

/** What a person adds to it, where that tells something. */
const besideOf = (figure: Figure, definition: Definition | undefined): string | undefined => {
  if (isMoney(figure))
    return Object.entries(figure)
      .map(([code, amount]) => moneyText(amount, code))
      .join(' + ')
  return typeof figure === 'number' && figure > 1 && definition?.unit === 'count'
    ? `${numberText(figure)} ×`
    : undefined
}

const isRate = (definition: Definition | undefined): boolean => definition?.unit === 'rate'

/** Whom a figure of the page was made of; which one stands in the address. */
export const PeopleBehind = () => {
  const { query, filter } = useAddress()
  if (query.people === undefined) return null
  return <People figure={figureIn(query.people)} onClose={() => filter({ people: undefined })} />
}

interface PeopleProps {
  readonly figure: FigureOfPeople
  readonly onClose: () => void
}

const People = ({ figure, onClose }: PeopleProps) => {
  const people = usePeopleBehind(figure)
  const { data: definitions } = useDefinitions()
  const definition = definitions?.get(figure.of)
  const what = ofWhat(figure)
  const label = definition?.label[language] ?? t.people.title
  const total = people.data?.pages[0]?.total
  return (
    <PeopleDialog
      title={what === '' ? label : `${label}: ${what}`}
      people={people}
      beside={(person) => besideOf(person.figure, definition)}
      onClose={onClose}
    >
      {definition && isRate(definition) && <Parts figure={figure} of={definition} />}
      {total !== undefined && total > 0 && <p class={reading.total}>{t.people.count(total)}</p>}
    </PeopleDialog>
  )
}

interface PartsProps {
  readonly figure: FigureOfPeople
  readonly of: Definition
}

/** A rate is of two: those who did, and all who could have. */
const Parts = ({ figure, of }: PartsProps) => {
  const { filter } = useAddress()
  const { part: chosen = 'numerator' } = figure
  return (
    <fieldset class={reading.choice}>
      <legend>{of.label[language]}</legend>
      {(['numerator', 'denominator'] as const).map((part) => (
        <button
          key={part}
          type="button"
          aria-pressed={part === chosen}
          onClick={() => filter({ people: figureText({ ...figure, part }) })}
        >
          {of[part]?.[language]}
        </button>
      ))}
    </fieldset>
  )
}
