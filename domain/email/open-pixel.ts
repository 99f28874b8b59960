/** Puts a picture of one point at the end of an email: mail programs fetch it when the email is opened. */
export const withOpenPixel = (html: string, address: string): string => {
  const image = `<img src="${address}" width="1" height="1" alt="" style="display:block;border:0;width:1px;height:1px" />`
  const end = html.toLowerCase().lastIndexOf('</body>')
  return end < 0 ? `${html}${image}` : `${html.slice(0, end)}${image}${html.slice(end)}`
}
