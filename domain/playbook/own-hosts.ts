import { isRecord, rawAt, rawList } from './raw.ts'

const texts = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  return isRecord(value) || Array.isArray(value) ? Object.values(value).flatMap(texts) : []
}

/**
 * Hosts of the company's own sites, as far as the settings and the forms name them. Files whose shape may still be wrong.
 * @param files `settings.yaml`, then the forms.
 */
export const ownHosts = ([settings, ...forms]: readonly unknown[]): readonly string[] => {
  const addresses = [
    rawAt(settings, 'company', 'imprint'),
    rawAt(settings, 'company', 'privacy'),
    rawAt(settings, 'brand', 'logo'),
    rawAt(settings, 'tracking', 'origins'),
    ...forms.flatMap((form) => [rawAt(form, 'thanks'), rawList(form, 'origins')]),
  ].flatMap(texts)
  return [
    ...new Set([
      ...addresses.flatMap((address) => URL.parse(address)?.host || []),
      ...texts(rawAt(settings, 'utm', 'hosts')),
    ]),
  ]
}
