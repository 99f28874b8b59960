const pageOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`

/**
 * Which links of an email are followed out of interest: not those by which the person decides something (`links.*`), and
 * not the imprint.
 * @param own addresses of `links.*` in this email.
 */
export const isOfInterest = (address: string, own: readonly string[], imprint: string): boolean =>
  !own.some((link) => address.startsWith(link)) && pageOf(new URL(address)) !== pageOf(new URL(imprint))

/** Whether a token may hold it: no personal data, and room enough in an address. */
export const fitsToken = (address: string): boolean => address.length <= 1_000 && !/@|%40/i.test(address)
