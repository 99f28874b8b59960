import { AwsError } from '../aws-error.ts'
import { jsonAnswer, refuseJson, type Service, traceOf } from '../gateway/gateway.ts'
import { parseJson, textOf } from '../json.ts'
import { type Functions, isOver, MOST_REQUEST_BYTES, mayRecur, TOO_LARGE } from '../lambda/functions.ts'
import { DIRECT, isSpent, oneRoundOn, readLineage, tooManyRounds } from '../lambda/invocation.ts'
import { arnOf } from '../template/intrinsics.ts'
import { readRest } from './scheduler.ts'

const MOST_ASYNC_BYTES = 1024 * 1024

/** Invoke, at once or by the function's asynchronous queue. */
export function lambdaService(
  functions: Functions,
  invokeLater: (functionArn: string, event: string, trace?: string) => Promise<void>,
): Service {
  const arnOfFunction = (name: string) =>
    functions.find(name)?.resource.arn ?? arnOf('lambda', `function:${name}`)
  return {
    read: ({ method, path, query, headers }) => {
      const request = { method, path, query, headers, body: Buffer.alloc(0) }
      const operation = {
        name: 'Invoke',
        method: 'POST',
        path: '/2015-03-31/functions/{FunctionName}/invocations',
      }
      return readRest(request, [operation])
    },
    needs: ({ input }) => [
      { action: 'lambda:InvokeFunction', resource: arnOfFunction(textOf(input.FunctionName) ?? '') },
    ],
    invoke: async ({ input }, request) => {
      const name = textOf(input.FunctionName) ?? ''
      const fn = functions.find(name)
      if (!fn)
        throw new AwsError('ResourceNotFoundException', `Function not found: ${arnOfFunction(name)}`, 404)
      const event = request.body.length === 0 ? '{}' : request.body.toString()
      checkJson(event)
      const isLater = request.headers['x-amz-invocation-type'] === 'Event'
      if (isOver(event, isLater ? MOST_ASYNC_BYTES : MOST_REQUEST_BYTES))
        throw new AwsError(TOO_LARGE, 'Request is too large for the InvokeFunction operation', 413)
      if (isLater) {
        await invokeLater(fn.resource.arn, event, traceOf(request))
        return { status: 202, body: '' }
      }
      const lineage = readLineage(traceOf(request))
      if (!mayRecur(fn) && isSpent(lineage, DIRECT, fn.resource.arn))
        throw new AwsError('RecursiveInvocationException', tooManyRounds(fn.resource.name))
      const result = await functions.invoke(fn, event, oneRoundOn([lineage], DIRECT, fn.resource.arn))
      const headers = { 'content-type': 'application/json', 'x-amz-executed-version': '$LATEST' }
      if (result.status === 'ok') return { status: 200, body: result.payload, headers }
      const answer = jsonAnswer(result.error, 200, 'rest')
      return { ...answer, headers: { ...headers, 'x-amz-function-error': 'Unhandled' } }
    },
    refuse: refuseJson,
  }
}

function checkJson(text: string): void {
  try {
    parseJson(text)
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json')
  }
}
