/** As the path of a `mailto:` address (RFC 6068): the `@` stays, all that has a meaning there is escaped. */
const mailtoPath = (address: string): string => encodeURIComponent(address).replace('%40', '@')

/**
 * How to leave, for the reader's mail program: by one POST to the link (RFC 8058), or by a mail where somebody reads them
 * (RFC 2369). The link stands first: providers take the first way that they support.
 * @param mailto a mailbox of the sender's.
 */
export const listHeaders = (unsubscribe: string, mailto?: string): Readonly<Record<string, string>> => ({
  'List-Unsubscribe': [
    `<${unsubscribe}>`,
    ...(mailto === undefined ? [] : [`<mailto:${mailtoPath(mailto)}?subject=unsubscribe>`]),
  ].join(', '),
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
})
