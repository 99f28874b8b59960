import type { Words } from '../messages.ts'

/** What is wrong with a field, whichever it is. */
const anyField: Words = {
  'must be a text': 'Hier muss ein Text stehen',
  'must have at most {most} characters': 'Erlaubt sind höchstens {most} Zeichen',
  'must be a text of 1 to {most} characters': 'Hier muss ein Text mit 1 bis {most} Zeichen stehen',
  'must be a text of at most {most} characters': 'Hier muss ein Text mit höchstens {most} Zeichen stehen',
  'must be a text of 1 to {most} characters or a whole number':
    'Hier muss ein Text mit 1 bis {most} Zeichen oder eine ganze Zahl stehen',
  'must be a text of 1 to {most} characters without control characters':
    'Hier muss ein Text mit 1 bis {most} Zeichen ohne Steuerzeichen stehen',
  'must be a text of 1 to {most} characters that is no address':
    'Hier muss ein Text mit 1 bis {most} Zeichen stehen, der keine Adresse ist',
  'must be a text, a number, true, false or null':
    'Hier muss ein Text, eine Zahl, true, false oder null stehen',
  'must be a list of texts': 'Hier muss eine Liste von Texten stehen',
  'must be true or false': 'Hier muss true oder false stehen',
  'must be a whole number': 'Hier muss eine ganze Zahl stehen',
  'must be a whole number from {least} to {most}': 'Hier muss eine ganze Zahl von {least} bis {most} stehen',
  'must be a whole number from 1 on': 'Hier muss eine ganze Zahl ab 1 stehen',
  'must be a whole number from 1 to 99: percent of the audience':
    'Hier muss eine ganze Zahl von 1 bis 99 stehen: Prozent der Empfänger',
  'must be a number from 1 to 5': 'Hier muss eine Zahl von 1 bis 5 stehen',
  'must be a number of 0 or more': 'Hier muss eine Zahl ab 0 stehen',
  'must be a number above 0: handoffs a week': 'Hier muss eine Zahl über 0 stehen: Übergaben je Woche',
  'must be a decimal of 0 or more, as a number or as a text like "1234.50"':
    'Hier muss ein Betrag ab 0 stehen, als Zahl oder als Text wie "1234.50"',
  'must have at most {most} digits after the point in {currency}':
    'In {currency} sind höchstens {most} Stellen nach dem Punkt erlaubt',
  'must be an ISO 4217 code such as EUR': 'Hier muss ein Währungskürzel nach ISO 4217 stehen, wie EUR',
  '{fault:message}: an amount needs one': '{fault}: Ein Betrag braucht eines',
  'must be one of: {names}': 'Möglich sind: {names}',
  'must be one of {names}': 'Möglich sind: {names}',
  'must be a list of: {names}': 'Hier muss eine Liste stehen aus: {names}',
  'must be a JSON object': 'Hier muss ein JSON-Objekt stehen',
  'must be a JSON object {shape}': 'Hier muss ein JSON-Objekt stehen: {shape}',
  'must be an object of attributes': 'Hier muss ein Objekt mit Attributen stehen',
  'must hold JSON values only': 'Erlaubt sind nur JSON-Werte',
  'must not be nested deeper than {most} levels': 'Erlaubt sind höchstens {most} Ebenen',
  'must not be larger than {most} bytes': 'Erlaubt sind höchstens {most} Bytes',
  'must not take more than {most} bytes with their names and origins':
    'Erlaubt sind höchstens {most} Bytes, mit Namen und Herkunft',
  'must not hold half a character (a lone surrogate), U+FFFE or U+FFFF':
    'Halbe Zeichen (einzelne Surrogate), U+FFFE und U+FFFF sind nicht erlaubt',
  'must be there': 'Diese Angabe fehlt',
  'must be an address': 'Hier muss eine E-Mail-Adresse stehen',
  'must be an email address': 'Hier muss eine E-Mail-Adresse stehen',
  'must be the id of a lead': 'Hier muss die Kennung eines Leads stehen',
  'must be a time with an offset (RFC 3339), such as 2026-01-31T09:30:00+01:00':
    'Hier muss eine Zeit mit Zeitzone stehen (RFC 3339), wie 2026-01-31T09:30:00+01:00',
  'must be a date (2027-03-31) or RFC 3339 with an offset':
    'Hier muss ein Datum (2027-03-31) oder eine Zeit mit Zeitzone (RFC 3339) stehen',
  'must be a date or a time': 'Hier muss ein Datum oder eine Zeit stehen',
  'must be a day, such as 2026-01-31': 'Hier muss ein Tag stehen, wie 2026-01-31',
  'must not be more than 5 minutes in the future':
    'Der Zeitpunkt darf höchstens 5 Minuten in der Zukunft liegen',
  'must not be more than 10 years ago': 'Der Zeitpunkt darf höchstens 10 Jahre zurückliegen',
  'lies in the past': 'Der Zeitpunkt liegt in der Vergangenheit',
  'is not a cursor of this list': 'Diese Stelle gehört nicht zu dieser Liste',
  'unknown segment': 'Dieses Segment ist unbekannt',
  'unknown team': 'Dieses Team ist unbekannt',
  'unknown sequence': 'Diese Sequenz ist unbekannt',
  'unknown variant': 'Diese Variante ist unbekannt',
}

const ofLeads: Words = {
  'must be at most {most} ids, separated by commas':
    'Erlaubt sind höchstens {most} Kennungen, durch Kommas getrennt',
  'must be another lead than the one of the path': 'Das ist derselbe Lead: Wählen Sie einen anderen',
  'there is no such deal: leave it out for the open one, or record deal.opened':
    'Diese Verkaufschance gibt es nicht: Lassen Sie die Angabe weg, dann zählt die offene, oder legen Sie eine an (deal.opened)',
  'is the id of another activity of this lead': 'Diese Kennung hat schon eine andere Aktivität dieses Leads',
  'must be the id of the activity to take back':
    'Hier muss die Kennung der Aktivität stehen, die zurückgenommen wird',
  'must be noun.verb in lower case, such as page.viewed':
    'Hier muss substantiv.verb in Kleinbuchstaben stehen, wie page.viewed',
  'is not a valid activity type': 'Das ist keine gültige Aktivität',
  'cannot be logged by hand: it is recorded when it is seen to happen':
    'Das lässt sich nicht von Hand eintragen: Es wird erfasst, sobald es geschieht',
  'cannot be logged by hand: use {way}': 'Das lässt sich nicht von Hand eintragen: Dafür gibt es {way}',
  'cannot be sent: use {way}': 'Das lässt sich nicht von außen melden: Dafür gibt es {way}',
  'is about a channel, and not about a person': 'Das gilt einem Kanal und keiner Person',
  'must be absent: a cost is about nobody': 'Das entfällt: Kosten gelten niemandem',
  'changes no address: record an activity with the new one as its subject ({ email }), and merge the two leads (POST /api/leads/{id}/merge)':
    'Eine Adresse lässt sich so nicht ändern: Erfassen Sie eine Aktivität mit der neuen ({ email }) und führen Sie die beiden Leads zusammen (POST /api/leads/{id}/merge)',
  'There is no lead with this id.': 'Einen Lead mit dieser Kennung gibt es nicht.',
  'There is no lead with the id {id}.': 'Einen Lead mit der Kennung {id} gibt es nicht.',
  'Nothing was known of this lead at {at}.': 'Von diesem Lead war am {at} noch nichts bekannt.',
  '{lead} is already merged into {other}.': '{lead} ist schon in {other} übergegangen.',
  '{lead} is {where:merged}.': '{lead} ist {where}.',
  'Deal {deal} is there already.': 'Die Verkaufschance {deal} gibt es schon.',
  'What a person or their mail provider has said is taken back by an admin alone.':
    'Was eine Person oder ihr Mailanbieter gesagt hat, nimmt nur die Verwaltung zurück.',
  'This lead has more than {most} activities: its page and the newest part of its timeline are shown, everything else is too much for one answer.':
    'Dieser Lead hat mehr als {most} Aktivitäten: Gezeigt werden seine Seite und der neueste Teil der Chronik, alles andere ist zu viel auf einmal.',
  'This lead has more than {most} activities: nobody would wait for that.':
    'Dieser Lead hat mehr als {most} Aktivitäten: Das würde zu lange dauern.',
  'must be a name of at most {most} characters': 'Der Name darf höchstens {most} Zeichen haben',
  'must be the query of a list, at most 4000 characters':
    'Hier muss die Abfrage einer Liste stehen, höchstens 4000 Zeichen',
  'must be at most {most}': 'Erlaubt sind höchstens {most}',
  'must be the version that was read': 'Hier muss die Fassung stehen, die gelesen wurde',
  'Your views have changed elsewhere meanwhile.': 'Ihre Ansichten haben sich inzwischen anderswo geändert.',
}

const ofHandoffs: Words = {
  'There is no handoff with this id.': 'Eine Übergabe mit dieser Kennung gibt es nicht.',
  'must say why, as one of the reasons of handoff.yaml': 'Geben Sie einen der Gründe aus handoff.yaml an',
  'must be an object with team, owner and reason, each of which may be absent':
    'Hier muss ein Objekt mit team, owner und reason stehen; jedes davon darf fehlen',
  'must be another person': 'Wählen Sie eine andere Person',
  'Nobody of this address is in this team or has handoffs of it.':
    'Niemand mit dieser Adresse ist in diesem Team oder hat Übergaben davon.',
  'This handoff is now assigned to {owner}.': 'Zuständig für diese Übergabe ist jetzt {owner}.',
  'This handoff is already {state:state}.': 'Diese Übergabe ist schon {state}.',
  'This handoff is already {state:state} by {who:who}.': 'Diese Übergabe ist schon {state}, von {who}.',
  '{owner} is the only member of the team.': '{owner} ist allein im Team.',
  '{owner} is away today.': '{owner} ist heute nicht da.',
  'handoff.yaml names no such endpoint under "notify".':
    'In handoff.yaml steht unter „notify“ kein solches Ziel.',
  'Messages to a channel are not signed: there is no secret.':
    'Nachrichten an einen Kanal sind nicht signiert: Es gibt kein Geheimnis.',
  'There is no delivery with this id.': 'Eine Zustellung mit dieser Kennung gibt es nicht.',
}

const ofMail: Words = {
  'The playbook has no such email.': 'Diese E-Mail gibt es im Playbook nicht.',
  'The playbook has no such email, and none was sent.':
    'Diese E-Mail gibt es im Playbook nicht, und gesendet wurde auch keine.',
  'There is no email with this id.': 'Eine E-Mail mit dieser Kennung gibt es nicht.',
  'This email is not held: it is {status:status}.':
    'Diese E-Mail ist nicht zurückgehalten, sondern {status}.',
  'is not a known lead': 'Diese Person ist nicht bekannt',
  'must be given: your sign-in has no address of yours':
    'Geben Sie eine Adresse an: Ihre Anmeldung enthält keine',
  'must be your own address, or one of the sender or of a sales team':
    'Möglich ist Ihre eigene Adresse, die des Absenders oder eines Vertriebsteams',
  'has no value for {names}: nothing would be sent': 'Für {names} fehlt ein Wert: Es würde nichts gesendet',
  'Somebody else paused or resumed it meanwhile.':
    'Jemand anders hat inzwischen angehalten oder fortgesetzt.',
  'Sending is paused already.': 'Das Senden ist schon angehalten.',

  'There is no broadcast with this id.': 'Ein Mailing mit dieser Kennung gibt es nicht.',
  'The broadcast has begun or was canceled: its audience and its email stay as they are.':
    'Das Mailing hat begonnen oder wurde abgebrochen: Empfänger und E-Mail bleiben, wie sie sind.',
  'The broadcast is not scheduled.': 'Das Mailing ist nicht geplant.',
  'Everybody has got it.': 'Alle haben es schon bekommen.',
  'must be an email of the playbook': 'Wählen Sie eine E-Mail des Playbooks',
  'must be "now" or a time with an offset': 'Hier muss „now“ oder eine Zeit mit Zeitzone stehen',
  'must give each variant its share': 'Geben Sie jeder Variante ihren Anteil',
  'must be a duration such as 4h': 'Hier muss eine Dauer stehen, wie 4h',
  'must be { shares, by, within }': 'Hier muss { shares, by, within } stehen',
  'name a segment, or a condition (where): one of the two':
    'Nennen Sie ein Segment oder eine Bedingung, eines von beiden',
  'is not a marketing email: nobody has agreed to get it, and a broadcast needs a purpose':
    'Das ist keine Marketing-E-Mail: Niemand hat eingewilligt, sie zu bekommen, und ein Mailing braucht einen Zweck',
  'has no purpose: name one in its front matter, or list purposes in settings.yaml':
    'Die E-Mail hat keinen Zweck: Tragen Sie einen am Kopf der Datei ein, oder Zwecke in settings.yaml',
  'needs a time: everybody has the same now':
    'Geben Sie eine Zeit an: „Sofort“ ist für alle derselbe Augenblick',
  'nobody is left to wait: the shares add up to 100 percent':
    'Es bleibt niemand, der wartet: Die Anteile ergeben 100 Prozent',
  'cannot be with a winner for the rest: when that is known, their time has passed in some zones':
    'Das geht nicht, wenn die übrigen die bessere Variante bekommen: Mancherorts wäre ihre Zeit vorbei',
  'must be from 1h to 14d: how long the rest wait for a winner at most':
    'Möglich sind 1h bis 14d: So lange warten die übrigen höchstens auf die bessere Variante',
  'give two or more of {variants} a share': 'Geben Sie mindestens zweien davon einen Anteil: {variants}',
  'the shares add up to {sum} percent, to more than 100': 'Die Anteile ergeben {sum} Prozent, mehr als 100',
  'nobody is in it': 'Darin ist niemand',
  'none of the {count} in it would be mailed: {why:reasons}':
    'Darin bekäme niemand die E-Mail. Es sind {count}: {why}',

  'There is no such segment in the live playbook.': 'Dieses Segment gibt es im Playbook nicht, das live ist.',
  'must be a condition': 'Hier muss eine Bedingung stehen',
  'The live playbook has no such sequence.': 'Diese Sequenz gibt es im Playbook nicht, das live ist.',
  'This sequence is not paused.': 'Diese Sequenz ist nicht angehalten.',
  'This sequence has no such migration, or it was too many migrations ago.':
    'Diesen Umzug gibt es bei der Sequenz nicht, oder es folgten zu viele darauf.',
  'must say what happens to what fell due: {modes}':
    'Geben Sie an, was mit dem geschieht, was fällig war: {modes}',
  'must be the id of a migration': 'Hier muss die Kennung eines Umzugs stehen',
}

const ofPlaybook: Words = {
  'not a file of a playbook: those are *.yaml and what is in forms/, sequences/ and emails/':
    'Das ist keine Datei des Playbooks: Dazu gehören *.yaml und was in forms/, sequences/ und emails/ liegt',
  'the path must have 1 to {most} characters': 'Der Pfad muss 1 bis {most} Zeichen haben',
  'must be the text of the file': 'Hier muss der Text der Datei stehen',
  'must have at most {most} bytes': 'Erlaubt sind höchstens {most} Bytes',
  'must have at most {most} bytes, not {bytes}': 'Erlaubt sind höchstens {most} Bytes, nicht {bytes}',
  'must have at most 300 KB when compressed': 'Komprimiert sind höchstens 300 KB erlaubt',
  'must be an object: text by path': 'Hier muss ein Objekt stehen: Text je Pfad',
  'must be given: text by path': 'Diese Angabe fehlt: Text je Pfad',
  'must hold at most {most} files, not {count}': 'Erlaubt sind höchstens {most} Dateien, nicht {count}',
  'must be left out where files are given': 'Das entfällt, wo Dateien angegeben sind',
  'must be the picture in base64': 'Hier muss das Bild stehen, in base64',
  'must be a picture: png, jpg, gif or webp': 'Das muss ein Bild sein: png, jpg, gif oder webp',
  'must be the edition that was edited': 'Hier muss die Fassung stehen, die bearbeitet wurde',
  'must be the id of a sequence': 'Hier muss die Kennung einer Sequenz stehen',
  'is not a sequence of the playbook': 'Diese Sequenz gibt es im Playbook nicht',
  'There is no draft. PUT /api/playbook saves one.': 'Es gibt keinen Entwurf. Speichern Sie erst einen.',
  'No files are kept of such a version.': 'Von dieser Fassung sind keine Dateien aufbewahrt.',
  'Somebody else has changed the draft meanwhile. Nothing was saved.':
    'Jemand anders hat den Entwurf inzwischen geändert. Gespeichert wurde nichts.',
  'Somebody else has changed the draft meanwhile. Nothing was published.':
    'Jemand anders hat den Entwurf inzwischen geändert. Veröffentlicht wurde nichts.',
  'Somebody else published meanwhile.': 'Jemand anders hat inzwischen veröffentlicht.',
  'handoff.yaml: {changes:changes}.': 'handoff.yaml: {changes}.',
  'Nothing is proposed.': 'Es gibt keinen Vorschlag.',
  'The playbook has changed since: POST /api/scoring/calibration asks again.':
    'Das Playbook hat sich seither geändert; für einen Vorschlag neu berechnen.',
  'It was declined on {day}: {reason}': 'Der Vorschlag wurde am {day} abgelehnt: {reason}',
  'all cases have the same outcome: there is nothing to learn':
    'Alle Fälle gingen gleich aus: Daraus lässt sich nichts lernen',
}

const ofImports: Words = {
  'There is no import with this id.': 'Einen Import mit dieser Kennung gibt es nicht.',
  'must say what each column is': 'Sagen Sie, was jede Spalte ist',
  'must be a purpose': 'Hier muss ein Zweck stehen',
  'must say how and where they agreed': 'Geben Sie an, wie und wo sie eingewilligt haben',
  'no column is the email address: { "<column>": "email" }':
    'Sagen Sie, welche Spalte die E-Mail-Adresse ist',
  'must be an attribute, {targets} or null': 'Möglich sind ein Attribut, {targets} oder null',
  'several columns are "{target}"': 'Mehrere Spalten sind „{target}“',
  'no column is this attribute': 'Keine Spalte wird zu diesem Attribut',
  'must lie in the last ten years': 'Der Zeitpunkt muss in den letzten zehn Jahren liegen',
  'a column says when they agreed: say to what, with the evidence':
    'Eine Spalte sagt, wann sie eingewilligt haben: Geben Sie an, worin, mit dem Nachweis',
  'must be the number of its line': 'Hier muss die Nummer der Zeile stehen',
  'must hold values by column': 'Hier müssen Werte je Spalte stehen',
  'must be a list of rows': 'Hier muss eine Liste von Zeilen stehen',
  'must hold at most {most} rows': 'Erlaubt sind höchstens {most} Zeilen',
  'line {line}: the mapping does not say what the column "{column}" is':
    'Zeile {line}: Was die Spalte „{column}“ ist, wurde nicht gesagt',
  'line {line} is there more than once': 'Zeile {line} kommt mehrmals vor',
  'must be a line': 'Hier muss eine Zeilennummer stehen',
  'This import was taken back.': 'Dieser Import wurde zurückgenommen.',
  'Rows are still being taken: take the import back once they are.':
    'Es werden noch Zeilen übernommen: Nehmen Sie den Import danach zurück.',
}

const ofFigures: Words = {
  'must be a day after {from}: the one after the last':
    'Hier muss ein Tag nach dem {from} stehen: der nach dem letzten',
  'must be at most {most} years after {from}': 'Erlaubt sind höchstens {most} Jahre nach dem {from}',
  'Some figures would be wrong: {why:counting}.': 'Einige Zahlen wären falsch: {why}.',
  'must be a month or a week, such as 2026-11 or 2026-W48':
    'Hier muss ein Monat oder eine Woche stehen, wie 2026-11 oder 2026-W48',
  'Nobody stands in settings.yaml under report.{which}.':
    'In settings.yaml steht niemand unter report.{which}.',
  'There are {parts} parts.': 'Es gibt {parts} Teile.',
  'must be a figure, such as lead_generation.leads':
    'Hier muss eine Kennzahl stehen, wie lead_generation.leads',
  'is no figure of the report that has people': 'Zu dieser Kennzahl gibt es keine Personen',
  'must be given with the other one': 'Beides gehört zusammen: Eine Angabe fehlt',
}

const ofSettings: Words = {
  'must be 1 to 40 lower-case letters, digits and hyphens':
    'Erlaubt sind 1 bis 40 Kleinbuchstaben, Ziffern und Bindestriche',
  'There is a key for {name} already.': 'Einen Schlüssel für {name} gibt es schon.',
  'There is no key of this name.': 'Einen Schlüssel mit diesem Namen gibt es nicht.',
  'Somebody with this address may sign in already.': 'Mit dieser Adresse kann sich schon jemand anmelden.',
  'On this machine there is one user for each role ({roles:roles}), and nobody is invited: deployed, the user pool does that.':
    'Auf diesem Rechner gibt es je Rolle eine Person ({roles}), und niemand wird eingeladen: Das geht erst, wenn Trichter bereitgestellt ist.',
  'There is nobody with this id.': 'Mit dieser Kennung gibt es niemanden.',
  'You cannot take the role admin from yourself: another admin can.':
    'Die Verwaltung können Sie sich nicht selbst entziehen: Das kann nur jemand anders aus der Verwaltung.',
  'You cannot disable yourself: another admin can.':
    'Sich selbst können Sie nicht sperren: Das kann nur jemand anders aus der Verwaltung.',
  'The playbook has no hook of this name.': 'Einen Hook mit diesem Namen gibt es im Playbook nicht.',
  'must be what would be delivered': 'Hier muss stehen, was zugestellt würde',
}

/** Why a hook took a delivery of another program only in part, or not at all. */
const ofHooks: Words = {
  'too large': 'zu groß',
  'no signature': 'keine Signatur',
  'stale timestamp': 'veralteter Zeitstempel',
  'wrong signature': 'falsche Signatur',
  'no secret set': 'kein Geheimnis hinterlegt',
  'secret too short (at least 8 characters)': 'das Geheimnis ist zu kurz (mindestens 8 Zeichen)',
  'not JSON': 'kein JSON',
  'no events': 'keine Ereignisse',
  'is missing': 'fehlt',
  'is not a time that can be read': 'lässt sich nicht als Zeit lesen',
  '{part} is {what:unusable}': '{part} ist {what}',
  '{fault:message}; kept without amount and currency': '{fault}; übernommen ohne Betrag und Währung',
}

/** Of any request. */
const ofRequests: Words = {
  'Malformed request': 'Die Anfrage ist nicht lesbar',
  'Not signed in': 'Sie sind nicht angemeldet',
  'This needs a valid key in the Authorization header.': 'Ihre Anmeldung gilt nicht mehr.',
  'This is an access token, which does not say who you are: send the ID token.':
    'Die Anmeldung sagt nicht, wer Sie sind: Gebraucht wird das ID-Token.',
  'This needs one of the roles: {roles:roles}.': 'Dafür braucht man eine dieser Rollen: {roles}.',
  'Allowed here: {methods}.': 'Erlaubt ist hier: {methods}.',
  'The body may have at most {most} bytes.': 'Erlaubt sind höchstens {most} Bytes.',
  'Send one of: {types}.': 'Möglich sind: {types}.',
  'See errors for what is wrong where.': 'Einige Angaben stimmen nicht.',
  'Please wait {seconds} seconds.': 'Bitte warten Sie {seconds} Sekunden.',
  'Please retry.': 'Bitte versuchen Sie es noch einmal.',
  'Something went wrong': 'Das hat nicht geklappt',
  'The fault is on our side and was recorded.': 'Der Fehler liegt bei uns und wurde festgehalten.',
  'The body is not JSON.': 'Die Anfrage ist kein JSON.',
  'The texts of the body {fault:message}.': 'In den Texten der Anfrage: {fault}.',
  'The console API has no such address.': 'Diese Adresse gibt es nicht.',
  'There is nothing at this address.': 'Diese Adresse gibt es nicht.',
}

/** Why the API refuses what is asked. */
export const deRefusals: Words = {
  ...anyField,
  ...ofLeads,
  ...ofHandoffs,
  ...ofMail,
  ...ofPlaybook,
  ...ofImports,
  ...ofFigures,
  ...ofSettings,
  ...ofHooks,
  ...ofRequests,
}
