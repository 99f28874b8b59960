import { problemReply } from '../http/problem.ts'
import { documentReply, jsonReply, type Reply } from '../http/reply.ts'
import { type HttpRequest, wantsPage } from '../http/request.ts'
import type { ApiResult } from './api-request.ts'

export const replyToApi = (result: ApiResult, request: Pick<HttpRequest, 'headers'>): Reply => {
  switch (result.type) {
    case 'ok': {
      if (result.document === undefined) return jsonReply(200, result.body)
      return wantsPage(request)
        ? documentReply(result.document)
        : jsonReply(200, result.body, { vary: 'Accept' })
    }
    case 'accepted':
      return jsonReply(202, result.body)
    default:
      return problemReply(result)
  }
}
