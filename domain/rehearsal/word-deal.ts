import type { JsonObject } from '../json.ts'
import { type Line, textOf } from './line.ts'

const worth = (data: JsonObject): string =>
  data.amount === undefined ? '' : `, ${textOf(data, 'amount')} ${textOf(data, 'currency')}`

const because = (data: JsonObject): string =>
  data.reason === undefined ? '' : `, because ${textOf(data, 'reason')}`

const line = (text: string): Line => ({ kind: 'deal', text, tone: 'handoff' })

/** One line for an event about a deal; undefined for any other event. */
export const wordDeal = (decision: string, data: JsonObject): Line | undefined => {
  switch (decision) {
    case 'DealPhaseChanged': {
      const from = data.from === null ? '' : `${textOf(data, 'from')} → `
      return line(`${from}${textOf(data, 'to')}${because(data)}`)
    }
    case 'DealWon':
      return line(`won${worth(data)}`)
    case 'DealLost':
      return line(`lost${because(data)}`)
    case 'DealOutcomeWithdrawn':
      return line(`no longer ${textOf(data, 'outcome')}`)
    default:
      return undefined
  }
}
