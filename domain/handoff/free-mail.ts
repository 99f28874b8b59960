/**
 * Mail providers that anybody may have an address at: their domain says nothing of a company. The most used ones of
 * HubSpot's list of free providers (knowledge.hubspot.com, "Domains blocked from form submissions") and those of Germany,
 * Austria and Switzerland.
 */
const domains: ReadonlySet<string> = new Set([
  'gmail.com',
  'googlemail.com',
  'icloud.com',
  'me.com',
  'mac.com',
  'msn.com',
  'aol.com',
  'aol.de',
  'ymail.com',
  'rocketmail.com',
  'web.de',
  'email.de',
  't-online.de',
  'freenet.de',
  'arcor.de',
  'posteo.de',
  'posteo.net',
  'mailbox.org',
  'proton.me',
  'pm.me',
  'protonmail.com',
  'tuta.com',
  'tutanota.com',
  'tutanota.de',
  'mail.com',
  'fastmail.com',
  'zohomail.com',
  'aon.at',
  'chello.at',
  'bluewin.ch',
  'hispeed.ch',
  'orange.fr',
  'free.fr',
  'laposte.net',
  'libero.it',
  'wp.pl',
  'seznam.cz',
  'mail.ru',
  'qq.com',
  '163.com',
  'comcast.net',
  'verizon.net',
])

/** Providers with a domain in each country. */
const families = /^(yahoo|hotmail|outlook|live|gmx|yandex)\.((co|com)\.)?([a-z]{2}|com|net|org|info|biz|eu)$/

export const isFreeMail = (domain: string): boolean => domains.has(domain) || families.test(domain)
