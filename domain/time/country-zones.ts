/**
 * The IANA zone of each country (ISO 3166-1 alpha-2) whose people mostly live by one clock; where a country has several
 * zones, the one with the most people. Source: zone.tab of the tz database. Countries that are not here go by the company's.
 */
const zones: Readonly<Record<string, string>> = {
  ...{ AT: 'Europe/Vienna', BE: 'Europe/Brussels', BG: 'Europe/Sofia', CH: 'Europe/Zurich' },
  ...{ CY: 'Asia/Nicosia', CZ: 'Europe/Prague', DE: 'Europe/Berlin', DK: 'Europe/Copenhagen' },
  ...{ EE: 'Europe/Tallinn', ES: 'Europe/Madrid', FI: 'Europe/Helsinki', FR: 'Europe/Paris' },
  ...{ GB: 'Europe/London', GR: 'Europe/Athens', HR: 'Europe/Zagreb', HU: 'Europe/Budapest' },
  ...{ IE: 'Europe/Dublin', IS: 'Atlantic/Reykjavik', IT: 'Europe/Rome', LI: 'Europe/Vaduz' },
  ...{ LT: 'Europe/Vilnius', LU: 'Europe/Luxembourg', LV: 'Europe/Riga', MT: 'Europe/Malta' },
  ...{ NL: 'Europe/Amsterdam', NO: 'Europe/Oslo', PL: 'Europe/Warsaw', PT: 'Europe/Lisbon' },
  ...{ RO: 'Europe/Bucharest', SE: 'Europe/Stockholm', SI: 'Europe/Ljubljana', SK: 'Europe/Bratislava' },
  ...{ AL: 'Europe/Tirane', BA: 'Europe/Sarajevo', BY: 'Europe/Minsk', MC: 'Europe/Monaco' },
  ...{ MD: 'Europe/Chisinau', ME: 'Europe/Podgorica', MK: 'Europe/Skopje', RS: 'Europe/Belgrade' },
  ...{ RU: 'Europe/Moscow', SM: 'Europe/San_Marino', TR: 'Europe/Istanbul', UA: 'Europe/Kyiv' },
  ...{ AE: 'Asia/Dubai', AM: 'Asia/Yerevan', AZ: 'Asia/Baku', BD: 'Asia/Dhaka', BH: 'Asia/Bahrain' },
  ...{ CN: 'Asia/Shanghai', GE: 'Asia/Tbilisi', HK: 'Asia/Hong_Kong', ID: 'Asia/Jakarta' },
  ...{ IL: 'Asia/Jerusalem', IN: 'Asia/Kolkata', JO: 'Asia/Amman', JP: 'Asia/Tokyo', KR: 'Asia/Seoul' },
  ...{ KW: 'Asia/Kuwait', KZ: 'Asia/Almaty', LB: 'Asia/Beirut', LK: 'Asia/Colombo', MY: 'Asia/Kuala_Lumpur' },
  ...{ NP: 'Asia/Kathmandu', OM: 'Asia/Muscat', PH: 'Asia/Manila', PK: 'Asia/Karachi', QA: 'Asia/Qatar' },
  ...{ SA: 'Asia/Riyadh', SG: 'Asia/Singapore', TH: 'Asia/Bangkok', TW: 'Asia/Taipei', UZ: 'Asia/Tashkent' },
  ...{ VN: 'Asia/Ho_Chi_Minh' },
  ...{ DZ: 'Africa/Algiers', EG: 'Africa/Cairo', ET: 'Africa/Addis_Ababa', GH: 'Africa/Accra' },
  ...{ KE: 'Africa/Nairobi', MA: 'Africa/Casablanca', NG: 'Africa/Lagos', TN: 'Africa/Tunis' },
  ...{ TZ: 'Africa/Dar_es_Salaam', UG: 'Africa/Kampala', ZA: 'Africa/Johannesburg' },
  ...{ AR: 'America/Argentina/Buenos_Aires', BO: 'America/La_Paz', BR: 'America/Sao_Paulo' },
  ...{ CA: 'America/Toronto', CL: 'America/Santiago', CO: 'America/Bogota', CR: 'America/Costa_Rica' },
  ...{ CU: 'America/Havana', DO: 'America/Santo_Domingo', EC: 'America/Guayaquil' },
  ...{ GT: 'America/Guatemala', MX: 'America/Mexico_City', PA: 'America/Panama', PE: 'America/Lima' },
  ...{ PR: 'America/Puerto_Rico', PY: 'America/Asuncion', US: 'America/New_York' },
  ...{ UY: 'America/Montevideo', VE: 'America/Caracas' },
  ...{ AU: 'Australia/Sydney', NZ: 'Pacific/Auckland' },
}

/** @param country as it stands in the profile, in either case. */
export const zoneOfCountry = (country: unknown): string | undefined => {
  if (typeof country !== 'string') return undefined
  const code = country.trim().toUpperCase()
  return Object.hasOwn(zones, code) ? zones[code] : undefined
}
