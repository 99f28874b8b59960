/** They have no end tag (HTML, 13.1.2). */
const voids: readonly string[] = [
  ...['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr'],
]

/** Their end tag may be left out (HTML, 13.1.2.4). */
const optional: readonly string[] = [
  ...['li', 'p', 'dt', 'dd', 'tr', 'td', 'th', 'thead', 'tbody', 'tfoot', 'caption', 'colgroup'],
  ...['option', 'optgroup', 'rt', 'rp', 'html', 'head', 'body'],
]

/** Elements that emails are made of and that go on until they are closed: a slash at the end of the tag closes none. */
const closed: readonly string[] = [
  ...['a', 'abbr', 'b', 'big', 'blockquote', 'button', 'center', 'cite', 'code', 'del', 'dfn', 'div', 'em'],
  ...['font', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'i', 'ins', 'kbd', 'label', 'mark', 'ol', 'pre'],
  ...['q', 's', 'section', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'table', 'tt', 'u', 'ul'],
]

export const isVoid = (name: string): boolean => voids.includes(name)
export const mayStayOpen = (name: string): boolean => optional.includes(name)
export const needsEnd = (name: string): boolean => closed.includes(name)
