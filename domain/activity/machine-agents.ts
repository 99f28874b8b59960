/** Programs that say so themselves that they walk the web. CUBOT makes telephones. */
const crawlers = [
  /(?<!cu)bots?\b/i,
  /crawl|spider|scanner/i,
  /barracuda|mimecast|proofpoint|fireeye|messagelabs|symantec|trend ?micro|forcepoint|sophos|cloudmark|ironport|bitdefender|mailguard/i,
  /safe ?links|linkpreview|bingpreview|skypeuripreview|facebookexternalhit|slack-imgproxy|whatsapp|telegram/i,
]

/** Programs that fetch pages for nobody: crawlers, link checkers of mail gateways, previews, scripts. */
const machineAgents = [
  ...crawlers,
  /headless|phantomjs|puppeteer|playwright/i,
  /^(?:curl|wget|python|go-http-client|java|okhttp|libwww|lwp|ruby|php|axios|node|undici|apache-httpclient)\b/i,
]

/** Whether this `User-Agent` names a program rather than somebody's browser or mail program. */
export const isMachineAgent = (agent: string): boolean => machineAgents.some((known) => known.test(agent))

/**
 * Whether it names a crawler: what a beacon is not taken from. Others that are no browser may send one: a site's server
 * for its visitor, and the browsers in which sites are tested.
 */
export const isCrawler = (agent: string): boolean => crawlers.some((known) => known.test(agent))
