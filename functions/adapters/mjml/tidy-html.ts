/** Where white space counts. */
const keepsSpace = /<(pre|textarea)\b|white-space:\s*pre/

/** Takes out indentation and empty lines, a fifth of what MJML writes; a line break stays between words. */
export const tidyHtml = (html: string): string =>
  keepsSpace.test(html) ? html : html.replaceAll(/[ \t]*\n\s*/g, '\n').trim()
