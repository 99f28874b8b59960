import type { UnmetPart } from '../condition/unmet-parts.ts'
import type { Json } from '../json.ts'

/** Rounded down: what is short of 60 by a little is never shown as 60. */
const numberText = (value: number): string => String(Math.floor(value * 10) / 10)

const valueText = (value: Json | undefined): string => {
  if (value === undefined || value === null) return 'unknown'
  if (typeof value === 'number') return numberText(value)
  return Array.isArray(value) ? value.map(valueText).join(' or ') : String(value)
}

const wantedText = ({ about, operator, wanted }: UnmetPart): string => {
  switch (operator) {
    case '>':
      return `more than ${valueText(wanted)}`
    case '<':
      return `less than ${valueText(wanted)}`
    case '<=':
      return `at most ${valueText(wanted)}`
    case '>=':
      return about === 'stage' ? `${valueText(wanted)} or later` : `at least ${valueText(wanted)}`
    case '!=':
      return `anything but ${valueText(wanted)}`
    case '==':
    case 'in':
      return valueText(wanted)
    case undefined:
      return ''
    default:
      return operator satisfies never
  }
}

/** A part that does not hold, for the console: "score 42 of 60", "stage interest, wanted: intent or later". */
export const missingText = (part: UnmetPart): string => {
  const { source, about, operator, wanted, is } = part
  if (source === 'consented') return 'consent'
  if (source === 'confirmed') return 'a confirmed address'
  if (about === undefined) return source
  const name = about.replace(/^lead\./, '')
  const isCount = operator === '>=' && typeof wanted === 'number' && typeof is === 'number'
  if (isCount) return `${name} ${numberText(is)} of ${numberText(wanted)}`
  return `${name} ${valueText(is)}, wanted: ${wantedText(part)}`
}
