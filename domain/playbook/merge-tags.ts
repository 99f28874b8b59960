import { nearestName } from '../model/did-you-mean.ts'
import type { Finding } from './faults.ts'

/** Placeholders of other programs, which would be printed as they are. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/\*\|([^|*\n]{1,80})\|\*/g, 'Mailchimp'],
  [/\{(?:contactfield|leadfield|ownerfield)=([\w-]{1,80}(?:\|[^}\n]*)?)\}/g, 'Mautic'],
  [/\{((?:unsubscribe|webview)_(?:url|text)|tracking_pixel)\}/g, 'Mautic'],
  [/%%=?([^%\n]{1,80}?)=?%%/g, 'Salesforce'],
  [/\{!\s*([^}\n]{1,80})\}/g, 'Salesforce'],
  [/%([A-Z][A-Z0-9_]{2,40})%/g, 'ActiveCampaign'],
  [/%recipient\.(\w{1,40})%/g, 'Mailgun'],
  [/\[\[\s*([\w.:-]{1,80})\s*\]\]/g, 'another program'],
  [/\[([A-Z_]*(?:NAME|MAIL|FIRMA|COMPANY|UNSUB|ABMELD)[A-Z_]*)\]/g, 'another program'],
  [/<%=?\s*([^%\n]{1,80}?)\s*%>/g, 'another program'],
  [/\$\{\s*([\w.]{1,80})\s*\}/g, 'another program'],
  [/#([A-Z_]*(?:NAME|MAIL|FIRMA|COMPANY|UNSUB|ABMELD)[A-Z_]*)#/g, 'another program'],
]

const usual: Readonly<Record<string, string>> = {
  ...{ fname: 'firstName', lname: 'lastName', vorname: 'firstName', nachname: 'lastName', name: 'lastName' },
  ...{ mail: 'email', emailaddress: 'email', firma: 'company', organization: 'company', tel: 'phone' },
}

/** Trichter's variable for another program's name. */
export const ownVariable = (written: string, attributes: readonly string[]): string => {
  const name = (written.split('|')[0]?.split(/[.:=]/).at(-1) ?? '').replaceAll(/[^A-Za-z]/g, '').toLowerCase()
  if (/unsub|abmeld/.test(name)) return '{{ links.unsubscribe }}'
  const same = attributes.find((one) => one.toLowerCase() === name)
  const attribute = usual[name] ?? same ?? nearestName(name, attributes) ?? 'firstName'
  return attribute === 'email' ? '{{ lead.email }}' : `{{ lead.${attribute} | default: "…" }}`
}

/** Placeholders of other programs in a text. */
export const mergeTags = (text: string, attributes: readonly string[]): readonly Finding[] =>
  foreign
    .flatMap(([pattern, program]) =>
      [...text.matchAll(pattern)].map(({ 0: whole, 1: name = '', index }) => ({
        message: `${whole} is a placeholder of ${program}, and would be printed as it is: write ${ownVariable(name, attributes)}`,
        offset: index,
        severity: 'warning' as const,
      })),
    )
    .filter(({ offset }, index, all) => all.findIndex((one) => one.offset === offset) === index)
