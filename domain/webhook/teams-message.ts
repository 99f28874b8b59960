import type { JsonObject } from '../json.ts'
import type { ChannelMessage } from './channel-message.ts'

/** Teams takes about 28 KB a message; a fact needs no more. */
const longestValue = 1_000

/** Runs of text and no text block: in a text block Teams would read somebody's company name as Markdown. */
const line = (...runs: readonly JsonObject[]): JsonObject => ({
  type: 'RichTextBlock',
  inlines: runs.map((run) => ({ type: 'TextRun', ...run })),
})

/**
 * Body for a Teams workflow («When a Teams webhook request is received»): one Adaptive Card. The connectors that took
 * message cards are retired.
 */
export const teamsMessage = ({ title, facts }: ChannelMessage): JsonObject => ({
  type: 'message',
  attachments: [
    {
      contentType: 'application/vnd.microsoft.card.adaptive',
      contentUrl: null,
      content: {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        fallbackText: title,
        body: [
          line({ text: title, size: 'Large', weight: 'Bolder' }),
          ...facts.map(({ label, value }) =>
            line({ text: `${label}: `, weight: 'Bolder' }, { text: value.slice(0, longestValue) }),
          ),
        ],
      },
    },
  ],
})
