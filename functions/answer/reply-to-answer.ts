import { renderNotFoundPage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import type { Settings } from '../../domain/playbook/settings.ts'
import { statusOf } from '../http/problem.ts'
import { pageReply, type Reply } from '../http/reply.ts'
import type { LinkAnswer } from './answer-by-link.ts'

/** Salespeople open these links in a browser: every answer is a page. */
export const makeReplyToAnswer =
  (settings: Settings) =>
  (answer: LinkAnswer): Reply => {
    switch (answer.type) {
      case 'page':
        return pageReply(answer.status, answer.html, settings)
      case 'bad-input':
        return pageReply(statusOf({ type: 'bad-input', errors: [] }), answer.html, settings)
      case 'not-found':
        return pageReply(
          statusOf({ type: 'not-found', detail: '' }),
          renderNotFoundPage(frameOf(settings, settings.languages[0]), 'link'),
          settings,
        )
      default:
        return answer satisfies never
    }
  }
