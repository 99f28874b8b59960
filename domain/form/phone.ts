/** `ext. 4`, `x12`, `Durchwahl 7`, `#9`, `;ext=4` (RFC 3966). */
const extension =
  /\s*[,;]?\s*(?:ext(?:ension|n)?|x|durchwahl|dw|app(?:arat)?|nst|nebenstelle)[.:=]?\s*\d{1,8}$|\s*#\s*\d{1,8}$/i

/** Digits with whatever people part them by: spaces, brackets, slashes, points, dashes of any length. */
const digits = /^\+?[\d\s()[\]/.\p{Pd}\u2212\u00b7]+$/u

/** Whether somebody may be called by it: at least four digits, and an extension at most. */
export const isPhone = (text: string): boolean => {
  const main = text.replace(/^tel:\s*/i, '').replace(extension, '')
  return digits.test(main) && main.replace(/\D/g, '').length >= 4
}
