import { problemReply } from '../http/problem.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { ApiResult } from './api-request.ts'

export const replyToApi = (result: ApiResult): Reply => {
  switch (result.type) {
    case 'ok':
      return jsonReply(200, result.body)
    case 'accepted':
      return jsonReply(202, result.body)
    default:
      return problemReply(result)
  }
}
