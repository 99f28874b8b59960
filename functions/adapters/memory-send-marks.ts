import { addMarks, type Mark, type MarkCounts, noMarks } from '../../domain/sending/email-marks.ts'
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
      const counts = new Map<string, MarkCounts>()
      for (const { sendId, email, request } of sends.values()) {
        if (request.run?.sequence !== sequence) continue
        const own = Object.fromEntries(Object.keys(marked.get(sendId) ?? {}).map((mark) => [mark, 1]))
        counts.set(email, addMarks(counts.get(email) ?? noMarks, { ...noMarks, ...own }))
      }
      return counts
    },
  }
}
