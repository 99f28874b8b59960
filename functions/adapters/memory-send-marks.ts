import { countersMoved, figureOf } from '../../domain/sending/email-figures.ts'
import { type Mark, marks } from '../../domain/sending/email-marks.ts'
import type { EmailFigures, Send, SendMarks } from '../send-ports.ts'

/** @param sends by their ids. */
export const memorySendMarks = (sends: ReadonlyMap<string, Send>): SendMarks & EmailFigures => {
  const marked = new Map<string, Partial<Record<Mark, string>>>()
  return {
    list: async (leadId) =>
      [...sends.values()]
        .filter((send) => send.leadId === leadId)
        .map((send) => ({ ...send, marks: { ...marked.get(send.sendId) } })),
    change: async ({ sendId, mark, at }) => {
      if (!sends.has(sendId)) return
      const { [mark]: standing, ...others } = marked.get(sendId) ?? {}
      const kept = standing ?? at
      marked.set(sendId, at === undefined || kept === undefined ? others : { ...others, [mark]: kept })
    },
    ofSequence: async (sequence) => {
      const those = [...sends.values()].filter(({ request }) => (request.run?.sequence ?? '-') === sequence)
      const marksOf = (sendId: string) => {
        const own = marked.get(sendId) ?? {}
        return Object.fromEntries(marks.flatMap((mark) => (own[mark] === undefined ? [] : [[mark, 1]])))
      }
      return new Map(
        [...Map.groupBy(those, ({ email }) => email)].map(([email, of]) => [
          email,
          figureOf(of.flatMap((send) => [countersMoved(undefined, send), marksOf(send.sendId)])),
        ]),
      )
    },
    countInEarlier: async () => ({ isAll: true }),
  }
}
