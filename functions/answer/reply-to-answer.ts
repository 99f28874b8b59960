import { renderNotFoundPage } from '../../domain/page/message-pages.ts'
import type { Settings } from '../../domain/playbook/settings.ts'
import { statusOf } from '../http/problem.ts'
import { pageReply, type Reply } from '../http/reply.ts'
import type { LinkAnswer } from './answer-by-link.ts'

/** Salespeople open these links in a browser: every answer is a page. */
export const makeReplyToAnswer =
  ({ languages, company }: Settings) =>
  (answer: LinkAnswer): Reply => {
    switch (answer.type) {
      case 'page':
        return pageReply(answer.status, answer.html)
      case 'bad-input':
        return pageReply(statusOf({ type: 'bad-input', errors: [] }), answer.html)
      case 'not-found':
        return pageReply(
          statusOf({ type: 'not-found', detail: '' }),
          renderNotFoundPage({ language: languages[0], company }, 'link'),
        )
      default:
        return answer satisfies never
    }
  }
