import type { Fault } from './fault.ts'
import { rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

/**
 * Mail goes out from the domain that was set up as sender, or from one below it: SES turns away whatever else.
 * @param emailDomain absent: the sender is verified by hand, and may be any.
 */
export const checkSender = (settings: YamlFile, emailDomain: string | undefined): readonly Fault[] => {
  const email = rawText(settings.root, 'sender', 'email')
  if (email === undefined || emailDomain === undefined || !email.includes('@')) return []
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase()
  const wanted = emailDomain.toLowerCase()
  if (domain === wanted || domain.endsWith(`.${wanted}`)) return []
  const message = `mail is set up for the domain ${wanted} (-c emailDomain), and SES would turn away what comes from ${domain}`
  return [settings.fault(['sender', 'email'], message)]
}
