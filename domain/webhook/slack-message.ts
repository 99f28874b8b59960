import type { JsonObject } from '../json.ts'
import type { ChannelMessage } from './channel-message.ts'

/** Slack's limits: characters of a header and of a field, fields of a section. */
const longestHeader = 150
const longestField = 2_000
const mostFields = 10

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text

/** The three signs that mean something to Slack in any text: links and mentions of everybody begin with one. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const plain = (text: string): JsonObject => ({ type: 'plain_text', text, emoji: false })

/** `verbatim`: an address in somebody's company name does not become a link. */
const marked = (text: string): JsonObject => ({ type: 'mrkdwn', text, verbatim: true })

/** Body for an incoming webhook of Slack: Block Kit, and a line of text for notifications and screen readers. */
export const slackMessage = ({ title, facts }: ChannelMessage): JsonObject => ({
  text: escaped([title, ...facts.map(({ label, value }) => `${label}: ${value}`)].join(' · ')).slice(
    0,
    3_000,
  ),
  blocks: [
    { type: 'header', text: plain(cut(title, longestHeader)) },
    ...(facts.length === 0
      ? []
      : [
          {
            type: 'section',
            // What escaping makes longer: an entity has five characters at most.
            fields: facts
              .slice(0, mostFields)
              .map(({ label, value }) =>
                marked(`*${escaped(label)}*\n${escaped(cut(value, longestField / 6))}`),
              ),
          },
        ]),
  ],
})
