import { type Catalogue, readCatalogue } from '../messages.ts'
import { deCheck } from './de-check.ts'
import { deConditions, deEmails, deLibraries } from './de-check-texts.ts'
import { deRefusals } from './de-refusals.ts'

/** What begins or ends a message around another one. */
const around = {
  '{message:message}; did you mean "{name}"?': '{message}; meinten Sie „{name}“?',
  '{message:message}; there is: {names}': '{message}; es gibt: {names}',
  '{message:message}; here it is {variable}': '{message}; hier heißt sie {variable}',
  '{message:message}; names and texts need quotes: "{text}"':
    '{message}; Namen und Texte brauchen Anführungszeichen: "{text}"',
  '{message:message} (a text that begins with { needs quotes)':
    '{message} (ein Text, der mit { beginnt, braucht Anführungszeichen)',
  '{message:message}: YAML reads Null, ~ and an empty value as nothing; as a text it needs quotes, "Null"':
    '{message}: YAML liest Null, ~ und einen leeren Wert als nichts; als Text braucht es Anführungszeichen, "Null"',
  '{message:message}: a space is missing after the colon, {key}: {value}':
    '{message}: Nach dem Doppelpunkt fehlt ein Leerzeichen, {key}: {value}',
  '{message:message}: a text for each language, { de: …, en: … }':
    '{message}: ein Text je Sprache, { de: …, en: … }',
  'at character {at}: {message:message}': 'Zeichen {at}: {message}',
}

const values = {
  'a number': 'eine Zahl',
  'a whole number': 'eine ganze Zahl',
  'a text': 'ein Text',
  'true or false': 'wahr oder falsch',
  'yes or no': 'ja oder nein',
  'a list': 'eine Liste',
  'an object': 'ein Objekt',
  'a time': 'ein Zeitpunkt',
  'a duration': 'eine Dauer',
  'a value of another kind': 'ein Wert anderer Art',
  empty: 'leer',
  missing: 'nicht da',
}

export const deCatalogue: Catalogue = {
  messages: { ...around, ...deCheck, ...deConditions, ...deEmails, ...deLibraries, ...deRefusals },
  parts: {
    /** With an article, as the gender differs. */
    thing: {
      stage: 'Die Phase',
      'sales phase': 'Die Verkaufsphase',
      band: 'Das Band',
      grade: 'Die Note',
      email: 'Die E-Mail',
      attribute: 'Das Attribut',
      'activity type': 'Die Aktivität',
      name: 'Der Name',
      function: 'Die Funktion',
      team: 'Das Team',
      sequence: 'Die Sequenz',
      segment: 'Das Segment',
      group: 'Die Gruppe',
      filter: 'Der Filter',
      tag: 'Das Tag',
      variable: 'Die Variable',
    },
    shape: {
      'a mapping': 'ein Block aus Schlüsseln und Werten',
      'a list': 'eine Liste',
      'a text': 'ein Text',
      'a number': 'eine Zahl',
      'a whole number': 'eine ganze Zahl',
      'true or false': 'true oder false',
    },
    found: {
      nothing: 'nichts',
      'a list': 'eine Liste',
      'a mapping': 'ein Block aus Schlüsseln und Werten',
      'a {type:typeOf}': '{type}',
    },
    unusable: { empty: 'leer', 'neither a text nor a number': 'weder ein Text noch eine Zahl' },
    typeOf: { string: 'ein Text', number: 'eine Zahl', boolean: 'true oder false' },
    oneOf: { 'one of ': 'sind:', '': 'ist nur' },
    bound: { 'at least': 'mindestens', 'more than': 'größer als' },
    choice: { '{one}': '{one}', '{one} or {others:choice}': '{one} oder {others}' },
    idle: {
      'no rule belongs to it': 'Keine Regel gehört dazu',
      'no two of its rules count the same activity type, so "max" has no effect':
        'Keine zwei ihrer Regeln zählen dieselbe Aktivität, also bewirkt „max“ nichts',
    },
    program: {
      'another program': 'eines anderen Programms',
      '{name}': 'von {name}',
    },
    origin: {
      'may come from anybody through a form': 'kann über ein Formular von jedem stammen',
    },
    loaded: { 'a style': 'Ein Stil', 'a font': 'Eine Schrift', 'a file': 'Eine Datei' },
    filled: {
      '': '',
      ' once long values and tracked links are filled in':
        ', sobald lange Werte und gemessene Links eingesetzt sind',
    },
    mjml: { 'its tags are nested too deep': 'Ihre Tags sind zu tief verschachtelt', '{error}': '{error}' },

    expression: { 'the condition': 'Die Bedingung', 'the expression': 'Die Formel' },
    literal: { 'the duration': 'Die Dauer', 'the pattern': 'Das Muster', 'the {what:thing}': '{what}' },
    instead: {
      'write a character class such as [a-z/]+, or several parts with startsWith, endsWith or contains':
        'Schreiben Sie eine Zeichenklasse wie [a-z/]+, oder mehrere Teile mit startsWith, endsWith oder contains',
    },
    value: values,
    wanted: {
      '{one:value}': '{one}',
      '{one:value} or {others:wanted}': '{one} oder {others}',
      'what {function}(…) is for': 'wofür {function}(…) da ist',
    },
    range: {
      '{least} or more': 'mindestens {least}',
      'a number from {least} to {most}': 'eine Zahl von {least} bis {most}',
    },
    type: {
      text: 'Text',
      string: 'Text',
      number: 'Zahl',
      time: 'Zeitpunkt',
      duration: 'Dauer',
      object: 'Objekt',
      map: 'Objekt',
      list: 'Liste',
      'true or false': 'wahr oder falsch',
      bool: 'wahr oder falsch',
      anything: 'irgendetwas',
      null: 'nichts',
    },
    /** Types with operators or commas between them. */
    sides: {
      '{types}': '{types}',
      '{type:type}': '{type}',
      '{one:type} {operator} {other:type}': '{one} {operator} {other}',
      '{one:type}, {others:sides}': '{one}, {others}',
    },
    on: { '': '', ' of {types:sides}': ' von {types}' },
    scored: { score: 'Score', fit: 'Fit', engagement: 'Engagement' },

    merged: {
      'merged into no lead': 'in keinen anderen Lead übergegangen',
      'merged into {other}': 'in {other} übergegangen',
    },
    state: {
      requested: 'offen',
      accepted: 'angenommen',
      rejected: 'abgelehnt',
      expired: 'abgelaufen',
      won: 'gewonnen',
      lost: 'verloren',
    },
    who: { 'an activity': 'einer Aktivität', '{name}': '{name}' },
    status: {
      claimed: 'unterwegs',
      sent: 'gesendet',
      suppressed: 'nicht gesendet',
      failed: 'gescheitert',
      exited: 'nicht mehr gesendet',
      unknown: 'ungewiss',
    },
    /** Of an audience, with how many they are. */
    reasons: {
      '{reason:reason} {count}': '{reason} {count}',
      '{reason:reason} {count}, {others:reasons}': '{reason} {count}, {others}',
    },
    reason: {
      consent: 'ohne Einwilligung',
      withSales: 'beim Vertrieb',
      suppressed: 'unzustellbar oder abgemeldet',
      held: 'müssen warten',
      address: 'ohne Adresse',
    },
    changes: {
      '{change:change}': '{change}',
      '{change:change}; {others:changes}': '{change}; {others}',
    },
    change: {
      'only an admin can publish this: {id} {because:because}':
        'Das kann nur die Verwaltung veröffentlichen: {id} {because}',
    },
    because: {
      'sends personal data out (lead: true)': 'gibt persönliche Daten hinaus (lead: true)',
      'sends to a new address': 'sendet an eine neue Adresse',
    },
    counting: {
      'leads are being counted: {parts} parts of them are left':
        'Leads werden gezählt, {parts} Teile fehlen noch',
      'no lead is counted yet by this release: that begins now':
        'Diese Fassung hat noch keinen Lead gezählt, das beginnt jetzt',
    },
    roles: {
      '{role:role}': '{role}',
      '{role:role}, {others:roles}': '{role}, {others}',
    },
    role: { marketing: 'Marketing', sales: 'Vertrieb', admin: 'Verwaltung' },
  },
}

/** The API's English in German. */
export const { translate } = readCatalogue(deCatalogue)
