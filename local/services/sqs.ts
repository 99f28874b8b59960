import type { Need } from '../access/guard.ts'
import type { QueueEngine } from '../engines/queue-engine.ts'
import type { Faults } from '../gateway/faults.ts'
import { jsonAnswer, type Operation, readTarget, type Service, traceOf } from '../gateway/gateway.ts'
import { type JsonObject, objectsOf, textOf } from '../json.ts'
import { arnOf } from '../template/intrinsics.ts'

/** Batch operations need the permission of the single one. */
const ACTION: Readonly<Record<string, string>> = {
  ChangeMessageVisibilityBatch: 'ChangeMessageVisibility',
  DeleteMessageBatch: 'DeleteMessage',
  SendMessageBatch: 'SendMessage',
}

export function sqsService(engine: QueueEngine, faults: Faults): Service {
  return {
    read: readTarget,
    needs,
    invoke: async ({ name, input }, request) => {
      const trace = traceOf(request)
      const isSend = name === 'SendMessage' || name === 'SendMessageBatch'
      const sent = isSend && faults.any ? madeLate(faults, { name, input }) : input
      const result = await engine.call(name, sent, trace)
      if (isSend && faults.any && faults.duplicates('sqs', name)) await engine.call(name, sent, trace)
      return jsonAnswer(result, 200, '1.0')
    },
    refuse: (error) => ({
      status: error.status,
      body: JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message }),
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amzn-query-error': `${error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`,
      },
    }),
  }
}

/** The same messages, some of which others are to overtake. */
function madeLate(faults: Faults, { name, input }: Operation): JsonObject {
  const late = (message: JsonObject): JsonObject => {
    const seconds = message.DelaySeconds === undefined ? faults.lateness(name) : undefined
    return seconds === undefined ? message : { ...message, DelaySeconds: seconds }
  }
  return name === 'SendMessage' ? late(input) : { ...input, Entries: objectsOf(input.Entries).map(late) }
}

function needs({ name, input }: Operation): Need[] {
  const action = `sqs:${ACTION[name] ?? name}`
  if (name === 'ListQueues') return [{ action, resource: '*' }]
  const queue = textOf(input.QueueUrl)?.split('/').at(-1) ?? textOf(input.QueueName) ?? ''
  return [{ action, resource: arnOf('sqs', queue) }]
}
