import * as z from 'zod/mini'
import { decodeSendTags } from '../../domain/email/send-tags.ts'
import { parseBusEvent } from './message.ts'

/** What a line of the log says a message was about: ids alone. */
export interface WorkIds {
  /** Detail type of the event, or what a message of our own asks for. */
  readonly work?: string
  /** The same for everything that follows from one fact. */
  readonly correlationId?: string
  readonly leadId?: string
  readonly runId?: string
  readonly handoffId?: string
  readonly sendId?: string
}

/** What a batch tells of its messages while it works on them. */
export interface WorkLog {
  /** Ids that the message itself does not name. */
  found(messageId: string, ids: WorkIds): void
  /** Done or failed; what is never told of ends with its batch. */
  ended(messageId: string): void
}

export const noWorkLog: WorkLog = { found: () => {}, ended: () => {} }

/** Programs give ids of their own: one that could be an address, or a sentence, stays out of the log. */
const id = z.catch(z.optional(z.string().check(z.regex(/^[^@\s]{1,256}$/))), undefined)

const named = {
  leadId: id,
  runId: id,
  handoffId: id,
  sendId: id,
  run: z.catch(z.optional(z.object({ runId: id })), undefined),
}
const ownSchema = z.object({ type: id, ...named })
const parkedSchema = z.object({ type: z.literal('alarm'), message: z.record(z.string(), z.unknown()) })
const detailSchema = z.object({
  id,
  metadata: z.catch(z.optional(z.object({ correlationId: id })), undefined),
  data: z.catch(z.optional(z.object(named)), undefined),
  subject: z.catch(z.optional(z.object({ leadId: id })), undefined),
  mail: z.catch(z.optional(z.object({ tags: z.unknown() })), undefined),
})

type Named = z.infer<z.ZodMiniObject<typeof named>>

type Maybe = { readonly [Key in keyof WorkIds]: string | undefined }

const idsIn = ({ run, ...ids }: Partial<Named> = {}): Maybe => ({ ...ids, runId: ids.runId ?? run?.runId })

const present = (ids: Maybe): WorkIds =>
  Object.fromEntries(Object.entries(ids).filter(([, value]) => value !== undefined))

/** What can be told of a message from its body, whatever queue it stands on. */
export const workIdsOf = (body: unknown): WorkIds => {
  const parked = z.safeParse(parkedSchema, body)
  if (parked.success) return { ...workIdsOf(parked.data.message), work: 'alarm' }
  const event = parseBusEvent(body)
  if (event === undefined) {
    const { data: own } = z.safeParse(ownSchema, body)
    if (own === undefined) return {}
    const { type, ...ids } = own
    return present({ work: type, ...idsIn(ids) })
  }
  const { data: detail } = z.safeParse(detailSchema, event.detail)
  const tags = decodeSendTags(detail?.mail?.tags)
  return present({
    work: event.type,
    correlationId: detail?.metadata?.correlationId ?? detail?.id ?? event.id,
    ...idsIn(detail?.data),
    ...(detail?.subject?.leadId !== undefined && { leadId: detail.subject.leadId }),
    ...(tags && { leadId: tags.leadId, sendId: tags.sendId }),
  })
}
