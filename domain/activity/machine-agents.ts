/** Programs that fetch pages for nobody: crawlers, link checkers of mail gateways, previews, scripts. CUBOT makes telephones. */
const machineAgents = [
  /(?<!cu)bots?\b/i,
  /crawl|spider|scanner|headless|phantomjs|puppeteer|playwright/i,
  /barracuda|mimecast|proofpoint|fireeye|messagelabs|symantec|trend ?micro|forcepoint|sophos|cloudmark|ironport|bitdefender|mailguard/i,
  /safe ?links|linkpreview|bingpreview|skypeuripreview|facebookexternalhit|slack-imgproxy|whatsapp|telegram/i,
  /^(?:curl|wget|python|go-http-client|java|okhttp|libwww|lwp|ruby|php|axios|node|undici|apache-httpclient)\b/i,
]

/** Whether this `User-Agent` names a program rather than somebody's browser or mail program. */
export const isMachineAgent = (agent: string): boolean => machineAgents.some((known) => known.test(agent))
