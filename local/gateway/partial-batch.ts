import { type Json, type JsonObject, objectOf, objectsOf, parseObject } from '../json.ts'

interface Operation {
  readonly name: string
  readonly input: JsonObject
}

interface Answer {
  readonly status: number
  readonly body: string | Buffer
}

/** A batch without the entries that are not to be taken, and its answer with them. */
interface PartedBatch {
  readonly operation: Operation
  added<One extends Answer>(answer: One): One
}

const CODE = 'ThrottlingException'
const MESSAGE = `${CODE} (injected fault)`

type Choose = (entries: readonly JsonObject[]) => readonly JsonObject[]

/**
 * Leaves some entries of a batch undone, and says so in the answer as the service would: of `PutEvents`,
 * `SendMessageBatch`, `BatchWriteItem` and `BatchExecuteStatement`; every other operation stays as it is.
 * @param choose which entries are not taken; at least one of each request is, so that the service has something to answer.
 */
export function parted(operation: Operation, choose: Choose): PartedBatch {
  switch (operation.name) {
    case 'PutEvents':
      return partedList('Entries', operation, choose, (body, all, refused) => {
        const failed = { ErrorCode: CODE, ErrorMessage: MESSAGE }
        const Entries = inOrder(all, refused, objectsOf(body.Entries), failed)
        return { ...body, Entries, FailedEntryCount: Number(body.FailedEntryCount ?? 0) + refused.size }
      })
    case 'SendMessageBatch':
      return partedList('Entries', operation, choose, (body, _all, refused) => {
        const failed = [...refused].map(({ Id = null }) => ({
          Id,
          Code: CODE,
          Message: MESSAGE,
          SenderFault: false,
        }))
        return { ...body, Failed: [...objectsOf(body.Failed), ...failed] }
      })
    case 'BatchExecuteStatement':
      return partedList('Statements', operation, choose, (body, all, refused) => {
        const failed = { Error: { Code: 'ThrottlingError', Message: MESSAGE } }
        return { ...body, Responses: inOrder(all, refused, objectsOf(body.Responses), failed) }
      })
    case 'BatchWriteItem':
      return partedWrites(operation, choose)
    default:
      return { operation, added: (answer) => answer }
  }
}

/** All but one at most. */
function chosen(entries: readonly JsonObject[], choose: Choose): Set<JsonObject> {
  const refused = new Set(choose(entries))
  const [first] = entries
  if (first && refused.size === entries.length) refused.delete(first)
  return refused
}

/** What was answered for those that were taken, with `failed` in the places of the others. */
function inOrder(
  all: readonly JsonObject[],
  refused: ReadonlySet<JsonObject>,
  answered: readonly JsonObject[],
  failed: JsonObject,
): JsonObject[] {
  const taken = [...answered]
  return all.map((entry) => (refused.has(entry) ? failed : (taken.shift() ?? {})))
}

/** @param list what the entries stand in */
function partedList(
  list: 'Entries' | 'Statements',
  { name, input }: Operation,
  choose: Choose,
  add: (body: JsonObject, all: readonly JsonObject[], refused: ReadonlySet<JsonObject>) => JsonObject,
): PartedBatch {
  const all = objectsOf(input[list])
  const refused = chosen(all, choose)
  return {
    operation:
      refused.size === 0 ? { name, input } : { name, input: { ...input, [list]: without(all, refused) } },
    added: (answer) => (refused.size === 0 ? answer : changed(answer, (body) => add(body, all, refused))),
  }
}

function partedWrites({ name, input }: Operation, choose: Choose): PartedBatch {
  const tables = Object.entries(objectOf(input.RequestItems))
  const left: Record<string, Json> = {}
  const RequestItems: Record<string, Json> = {}
  for (const [table, requests] of tables) {
    const all = objectsOf(requests)
    const refused = chosen(all, choose)
    RequestItems[table] = without(all, refused)
    if (refused.size > 0) left[table] = [...refused]
  }
  return {
    operation: { name, input: { ...input, RequestItems } },
    added: (answer) =>
      changed(answer, (body) => ({
        ...body,
        UnprocessedItems: { ...objectOf(body.UnprocessedItems), ...left },
      })),
  }
}

function without(all: readonly JsonObject[], refused: ReadonlySet<JsonObject>): JsonObject[] {
  return all.filter((entry) => !refused.has(entry))
}

function changed<One extends Answer>(answer: One, change: (body: JsonObject) => JsonObject): One {
  return answer.status === 200
    ? { ...answer, body: JSON.stringify(change(parseObject(String(answer.body)))) }
    : answer
}
