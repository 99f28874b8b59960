import type { OutgoingEmail } from '../../functions/send-ports.ts'

const encoded = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text)
    ? text
    : // RFC 2047: an encoded word has at most 75 characters.
      (text.match(/.{1,15}/gsu) ?? [])
        .map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`)
        .join('\r\n ')

/** RFC 2045, 6.7: lines of at most 76 characters, everything but plain ASCII escaped. */
const quotedPrintable = (text: string): string =>
  text
    .split(/\r?\n/)
    .map((line) => {
      const escaped = [...Buffer.from(line)].map((byte, index, bytes) => {
        const isLast = index === bytes.length - 1
        const isPlain = byte > 32 && byte < 127 && byte !== 61
        return isPlain || (byte === 32 && !isLast)
          ? String.fromCharCode(byte)
          : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
      })
      const lines = ['']
      for (const piece of escaped) {
        const last = lines.at(-1) ?? ''
        if (last.length + piece.length > 75) lines.push(piece)
        else lines[lines.length - 1] = last + piece
      }
      return lines.join('=\r\n')
    })
    .join('\r\n')

const part = (type: string, text: string): string =>
  `Content-Type: ${type}; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${quotedPrintable(text)}\r\n`

/** The message as SES makes it of a call of SendEmail with simple content. @param date RFC 5322. */
export const mimeMessage = (email: OutgoingEmail, name: string, date: string): string => {
  const [, display = '', address = email.from] = /^(.*?)\s*<(.*)>$/.exec(email.from) ?? []
  const headers: Readonly<Record<string, string>> = {
    Received:
      'from a8-31.smtp-out.amazonses.com (a8-31.smtp-out.amazonses.com [54.240.8.31]) by mx.example.net with ESMTPS; ' +
      date,
    From: `${encoded(display.replaceAll('"', ''))} <${address}>`,
    ...(email.replyTo !== undefined && { 'Reply-To': email.replyTo }),
    To: email.to,
    Subject: encoded(email.subject),
    Date: date,
    'Message-ID': `<0100018f-${name.replaceAll(/[^a-z0-9-]/g, '-')}-000000@email.amazonses.com>`,
    ...email.headers,
    'X-Trichter-Name': name,
    'MIME-Version': '1.0',
    'Content-Type': 'multipart/alternative; boundary="=_part"',
  }
  return [
    ...Object.entries(headers).map(([header, value]) => `${header}: ${value}\r\n`),
    '\r\n',
    `--=_part\r\n${part('text/plain', email.text)}`,
    `--=_part\r\n${part('text/html', email.html)}`,
    '--=_part--\r\n',
  ].join('')
}
