import type { Words } from '../messages.ts'

/** What is wrong with the text of a file: YAML, keys, values. */
const shapes: Words = {
  "the text ends at the second ': put it in \" \", or write '' for each ' within":
    "Der Text endet am zweiten ': Setzen Sie ihn in \" \", oder schreiben Sie '' für jedes ' darin",
  'the text ends at the second ": write \\" for each " within':
    'Der Text endet am zweiten ": Schreiben Sie \\" für jedes " darin',
  '{open} is not closed: {close} is missing': '{open} wird nicht geschlossen: {close} fehlt',
  'a text that begins with {sign} needs quotes around all of it':
    'Ein Text, der mit {sign} beginnt, braucht Anführungszeichen um das Ganze',
  'a text that begins with this sign needs quotes around all of it':
    'Ein Text, der mit diesem Zeichen beginnt, braucht Anführungszeichen um das Ganze',
  'a text with a colon needs quotes': 'Ein Text mit einem Doppelpunkt braucht Anführungszeichen',
  'a line is indented with spaces: here is a tab':
    'Zeilen werden mit Leerzeichen eingerückt: Hier steht ein Tabulator',
  'this line is indented otherwise than those it belongs to: entries of one list or mapping begin in one column':
    'Diese Zeile ist anders eingerückt als die, zu denen sie gehört: Was zusammengehört, beginnt in derselben Spalte',
  'a list with dashes is not allowed within { } or [ ]':
    'Innerhalb von { } oder [ ] darf keine Liste mit Strichen stehen',
  'a colon is missing here, or a quote or bracket before it is not closed':
    'Hier fehlt ein Doppelpunkt, oder davor ist ein Anführungszeichen oder eine Klammer nicht geschlossen',
  'something is missing here: a colon, a quote or a bracket':
    'Hier fehlt etwas: ein Doppelpunkt, ein Anführungszeichen oder eine Klammer',
  'unexpected here: perhaps the text needs quotes around all of it':
    'Das kann hier nicht stehen: Vielleicht braucht der Text Anführungszeichen um das Ganze',
  'in " " a backslash must precede n, t, " or another backslash: put the text in \' \'':
    'In " " muss auf einen Backslash n, t, " oder noch einer folgen: Setzen Sie den Text in \' \'',
  'a second document begins here; a file holds one':
    'Hier beginnt ein zweites Dokument; eine Datei enthält eines',
  'this key is repeated': 'Dieser Schlüssel kommt schon vor',
  'nested more than {most} deep': 'Mehr als {most}-fach verschachtelt',
  'invalid character: save the file as UTF-8': 'Ungültiges Zeichen: Speichern Sie die Datei als UTF-8',

  'expected {wanted:shape}, found {found:found}': 'Hier steht {found}, gebraucht wird {wanted}',
  'expected {oneOf:oneOf}{names}, found {value}': 'Hier steht {value}; möglich {oneOf} {names}',
  'needs at least {least}': 'Es braucht mindestens {least}',
  'needs at least one entry': 'Es braucht mindestens einen Eintrag',
  'must be {bound:bound} {least}': 'Der Wert muss {bound} {least} sein',
  'must be at most {most}': 'Der Wert darf höchstens {most} sein',
  'must be at most {most} characters': 'Erlaubt sind höchstens {most} Zeichen',
  'unknown key "{key}"': 'Den Schlüssel „{key}“ gibt es hier nicht',
  '"{key}" is missing': '„{key}“ fehlt',
  '"{key}" is missing: {choice:choice}': '„{key}“ fehlt: {choice}',
  'unknown {what:thing} "{name}"': '{what} „{name}“ ist unbekannt',

  'must not be empty': 'Das darf nicht leer sein',
  'an id consists of lower-case letters, digits, - and _ (at most 64)':
    'Eine Kennung besteht aus Kleinbuchstaben, Ziffern, - und _ (höchstens 64)',
  'a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w':
    'Eine Dauer ist eine ganze Zahl mit m, h, d oder w: 90m, 4h, 3d, 2w',
  'a retention period is a whole number and d, w or y: 90d, 12w, 3y (up to 99y)':
    'Eine Aufbewahrungsfrist ist eine ganze Zahl mit d, w oder y: 90d, 12w, 3y (bis 99y)',
  'a time is HH:MM, from 00:00 to 23:59': 'Eine Uhrzeit ist HH:MM, von 00:00 bis 23:59',
  'a time is HH:MM, from 00:00 to 24:00': 'Eine Uhrzeit ist HH:MM, von 00:00 bis 24:00',
  '"to" must be later than "from" ({from})': '„to“ muss später sein als „from“ ({from})',
  '"to" must not be earlier than "from" ({from}); both days are included':
    '„to“ darf nicht vor „from“ ({from}) liegen; beide Tage gehören dazu',
  '"to" is the same as "from"': '„to“ ist dasselbe wie „from“',
  'not a time zone of the IANA database, such as Europe/Berlin':
    'Das ist keine Zeitzone der IANA-Datenbank, wie Europe/Berlin',
  'one language tag (BCP 47), such as de': 'Hier steht ein Sprachkürzel (BCP 47), wie de',
  'not a language tag (BCP 47), such as de or en-GB': 'Das ist kein Sprachkürzel (BCP 47), wie de oder en-GB',
  'not an email address': 'Das ist keine E-Mail-Adresse',
  'must be an https:// address': 'Hier muss eine Adresse mit https:// stehen',
  'must be an https:// address (http://localhost is allowed)':
    'Hier muss eine Adresse mit https:// stehen (http://localhost ist erlaubt)',
  'must be an https:// address (http://localhost and http://127.0.0.1 are allowed, for the local runner)':
    'Hier muss eine Adresse mit https:// stehen (erlaubt sind auch http://localhost und http://127.0.0.1, für den eigenen Rechner)',
  'must be an https:// address, or one for each language':
    'Hier muss eine Adresse mit https:// stehen, oder eine je Sprache',
  'must be an https:// address, or a text with a link: { text, link }':
    'Hier muss eine Adresse mit https:// stehen, oder ein Text mit einem Link: { text, link }',
  'must be an https:// address, or a file of the playbook: assets/logo.png':
    'Hier muss eine Adresse mit https:// stehen, oder eine Datei des Playbooks: assets/logo.png',
  'must be an origin: https://host, without a path or a slash at its end; on this machine also http://localhost:PORT and http://127.0.0.1:PORT':
    'Hier muss eine Website stehen, nur https://host, ohne Pfad und ohne Schrägstrich am Ende; auf diesem Rechner auch http://localhost:PORT und http://127.0.0.1:PORT',
  'must not contain a user name or password': 'Benutzername und Kennwort dürfen nicht darin stehen',
  'not a date (YYYY-MM-DD)': 'Das ist kein Datum (JJJJ-MM-TT)',
  'an activity type is noun.verb in lower case, such as demo.requested':
    'Eine Aktivität heißt substantiv.verb in Kleinbuchstaben, wie demo.requested',
  'the name of an attribute consists of letters, digits and _, and begins with a letter':
    'Der Name eines Attributs besteht aus Buchstaben, Ziffern und _ und beginnt mit einem Buchstaben',
  'must not be repeated': 'Das darf nur einmal vorkommen',
  'must be a single line': 'Das muss eine einzige Zeile sein',
  '"{id}" is repeated: each {key} must be unique':
    '„{id}“ kommt schon vor: Jedes „{key}“ muss eindeutig sein',
  'the id must be the file\'s name, "{id}"': 'Die Kennung muss der Name der Datei sein, „{id}“',

  'not a file of the playbook': 'Das ist keine Datei des Playbooks',
  'the file is missing': 'Die Datei fehlt',
  'not read: only *.yaml is read here': 'Wird nicht gelesen: Hier zählen nur *.yaml',
  "the playbook's files {fault:message}": 'Die Dateien des Playbooks: {fault}',
  'the compiled emails are too large: the limit is 390 KB when compressed':
    'Die fertigen E-Mails sind zu groß: Komprimiert sind höchstens 390 KB erlaubt',
  'this leads back here: {way}': 'Das führt hierher zurück: {way}',
}

const formFaults: Words = {
  'the text in "{language}" is missing': 'Der Text für „{language}“ fehlt',
  'the form is not offered in "{language}"': 'Das Formular gibt es nicht für „{language}“',
  '"{link}" is not a link: its address must begin with https://':
    '„{link}“ ist kein Link: Die Adresse muss mit https:// beginnen',
  'HTML is shown as text; a link is written [text](https://…)':
    'HTML erscheint als Text; einen Link schreibt man [Text](https://…)',
  '"{key}" is missing: consent needs a purpose, and a wording that is kept':
    '„{key}“ fehlt: Eine Einwilligung braucht einen Zweck und einen Wortlaut, der aufbewahrt wird',
  '"{key}" has no effect with consent "none"': '„{key}“ bewirkt nichts, wenn „consent“ auf „none“ steht',
  'a form needs a field "email" to identify the person':
    'Ein Formular braucht ein Feld „email“, damit klar ist, wer es ausfüllt',
  'the field "email" must be of type email': 'Das Feld „email“ muss vom Typ email sein',
  'the field "email" must be required: true': 'Das Feld „email“ muss ein Pflichtfeld sein: required: true',
  'its site may not embed the form: write {origin} among "origins"':
    'Diese Website darf das Formular nicht einbetten: Schreiben Sie {origin} unter „origins“',
  '"properties" belong to "activity", which is missing': '„properties“ gehört zu „activity“, und das fehlt',
  'with double-opt-in the activity is recorded on confirmation, which has no fields':
    'Bei double-opt-in entsteht die Aktivität mit der Bestätigung, und die hat keine Felder',
  'the form has no field "{name}"': 'Das Formular hat kein Feld „{name}“',
  '"{key}" of a number must be a number': '„{key}“ einer Zahl muss eine Zahl sein',
  '"{key}" of a date must be today, or YYYY-MM-DD': '„{key}“ eines Datums muss today oder JJJJ-MM-TT sein',
  'a {type} needs "options"': 'Ein Feld vom Typ {type} braucht „options“',
  '"{key}" has no meaning for a field of type {type}':
    '„{key}“ bedeutet bei einem Feld vom Typ {type} nichts',
  'the address is always asked for: a link may have been passed on':
    'Nach der Adresse wird immer gefragt: Ein Link kann weitergegeben worden sein',
  'a hidden field cannot be filled in: it must not be required':
    'Ein verstecktes Feld kann niemand ausfüllen: Es darf kein Pflichtfeld sein',
  '"max" is below "min" ({min})': '„max“ liegt unter „min“ ({min})',
  'a number, or for a date today or YYYY-MM-DD': 'Eine Zahl, oder bei einem Datum today oder JJJJ-MM-TT',
  'must be query. and the name of a parameter, such as query.utm_source':
    'Hier muss query. mit dem Namen eines Parameters stehen, wie query.utm_source',
  'one column or two: 1 or 2': 'Eine Spalte oder zwei: 1 oder 2',
}

const settingsFaults: Words = {
  'settings.yaml has no purpose "{purpose}"': 'In settings.yaml gibt es den Zweck „{purpose}“ nicht',
  'sending is set up for the domain {domain} (-c emailDomain): SES would reject emails from {other}':
    'Gesendet wird von der Domain {domain} (-c emailDomain): E-Mails von {other} würde SES ablehnen',
  'any browser can send this: only types that show interest are allowed':
    'Das kann jeder Browser senden: Erlaubt sind nur Aktivitäten, die Interesse zeigen',
  'must be 1 to 100 characters without spaces': 'Erlaubt sind 1 bis 100 Zeichen ohne Leerzeichen',
  'must be a host in lower case, such as www.example.com':
    'Hier muss ein Host in Kleinbuchstaben stehen, wie www.example.com',
  'a colour is # and six digits, such as #0e6157': 'Eine Farbe ist # mit sechs Ziffern, wie #0e6157',
  "a font is sans, serif, rounded, mono or a list such as Georgia, 'Times New Roman'":
    "Eine Schrift ist sans, serif, rounded, mono oder eine Liste wie Georgia, 'Times New Roman'",
  'false, or a duration such as 3d': 'false, oder eine Dauer wie 3d',
  '"reminder" must come before "expires"; "reminder: false" sends none':
    '„reminder“ muss vor „expires“ liegen; mit „reminder: false“ wird nicht erinnert',
  'name at least one purpose': 'Nennen Sie mindestens einen Zweck',
  'the first purpose is the default of emails, and "{purpose}" does not permit emails':
    'Der erste Zweck gilt für E-Mails ohne eigenen, und „{purpose}“ erlaubt keine E-Mails',
}

const scoringFaults: Words = {
  'the stage "{stage}" is missing': 'Die Phase „{stage}“ fehlt',
  'the stages must be in this order: {stages}': 'Die Phasen müssen in dieser Reihenfolge stehen: {stages}',
  '"{metric}" is not a metric of the stage {stage} ({known})':
    '„{metric}“ ist keine Kennzahl der Phase {stage} ({known})',
  'every lead begins in the first stage, so it must not have a condition':
    'Jeder Lead beginnt in der ersten Phase, sie darf also keine Bedingung haben',
  '"enter" is missing: the stage "{stage}" can never be reached':
    '„enter“ fehlt: Die Phase „{stage}“ ist nie zu erreichen',
  'the stage "{stage}" can never be reached: {why:message}':
    'Die Phase „{stage}“ ist nie zu erreichen: {why}',
  'a fit rule is part of the score and cannot depend on "{name}"':
    'Eine Regel unter „fit“ gehört zum Score und kann nicht von „{name}“ abhängen',
  'the condition mentions no attribute': 'In der Bedingung kommt kein Attribut vor',
  '"{band}" begins where "{other}" does: each band needs its own floor':
    '„{band}“ beginnt, wo „{other}“ beginnt: Jedes Band braucht eine eigene Untergrenze',
  'one band must begin at 0, for leads without points': 'Ein Band muss bei 0 beginnen, für Leads ohne Punkte',
  '"{id}" is a fit rule already: each rule has its own id':
    '„{id}“ gibt es schon unter „fit“: Jede Regel hat ihre eigene Kennung',
  'every award of this rule is worth the same: "first: true" says so more clearly':
    'Diese Regel gibt jedes Mal gleich viel: „first: true“ sagt das deutlicher',
  'there is a cap for {per} already: only the lower one counts':
    'Für {per} gibt es schon eine Obergrenze: Nur die niedrigere zählt',
  'there is no group "{group}": list it under "groups"':
    'Die Gruppe „{group}“ gibt es nicht: Führen Sie sie unter „groups“ auf',
  'a group without "cap" or "max: true" has no effect':
    'Eine Gruppe ohne „cap“ oder „max: true“ bewirkt nichts',
  'the group has no effect: {why:idle}': 'Die Gruppe bewirkt nichts: {why}',
  'a rule that counts once ("first") has no other award to choose from':
    'Eine Regel, die einmal zählt („first“), hat keinen anderen Wert zur Auswahl',
  'a rule that counts once ("first") needs no cap: lower its points instead':
    'Eine Regel, die einmal zählt („first“), braucht keine Obergrenze: Geben Sie ihr weniger Punkte',
  'only one award of a rule with "max" counts, so a cap has no effect: lower its points instead':
    'Von einer Regel mit „max“ zählt nur ein Wert, eine Obergrenze bewirkt also nichts: Geben Sie ihr weniger Punkte',
  'use either "halfLife" or "expires", not both': 'Entweder „halfLife“ oder „expires“, nicht beides',
  'points are a number, or an expression in quotes that gives one':
    'Punkte sind eine Zahl, oder eine Formel in Anführungszeichen, die eine ergibt',
  'write day (a calendar day of the company), or a duration: 90m, 4h, 3d, 2w':
    'Schreiben Sie day (ein Kalendertag des Unternehmens) oder eine Dauer: 90m, 4h, 3d, 2w',
  'three descending numbers are needed': 'Nötig sind drei Zahlen, jede kleiner als die davor',
  'nothing in the playbook produces "{type}": it must come from your own programs':
    'Nichts im Playbook erzeugt „{type}“: Es muss von Ihren eigenen Programmen kommen',
}

const handoffFaults: Words = {
  '"escalate" has no effect: the team "{team}" has no "lead"':
    '„escalate“ bewirkt nichts: Das Team „{team}“ hat keine Leitung („lead“)',
  '"reassign" has no effect: the team "{team}" has one member and no "lead"':
    '„reassign“ bewirkt nichts: Das Team „{team}“ hat ein Mitglied und keine Leitung („lead“)',
  'the team "{team}" is closed for {length} days from here on: no deadline passes before {day}':
    'Das Team „{team}“ arbeitet von hier an {length} Tage nicht: Vor dem {day} läuft keine Frist ab',
  '"{deadline}" must come later than "{before}"': '„{deadline}“ muss später kommen als „{before}“',
  'there is no reason "{reason}" under "reject"': 'Unter „reject“ gibt es den Grund „{reason}“ nicht',
  '{email} is in this team already': '{email} ist schon in diesem Team',
  'weights only count with "strategy: weighted"': 'Gewichte zählen nur mit „strategy: weighted“',
  'with {sum} open handoffs the team of the last route is full: further leads go to the member with the fewest, beyond their capacity; a "lead" would take them':
    'Mit {sum} offenen Übergaben ist das Team der letzten Route ausgelastet: Weitere Leads bekommt, wer die wenigsten hat, über das Maß hinaus; eine Leitung („lead“) nähme sie',
  'no route leads to the team "{team}"': 'Keine Route führt zum Team „{team}“',
  '{host} expects its own format: write "{key}:"':
    '{host} erwartet ein eigenes Format: Schreiben Sie „{key}:“',
  'the last route must match every lead: remove "when"':
    'Die letzte Route muss für alle Leads gelten: Nehmen Sie „when“ weg',
  'without "when" this route matches every lead: the ones after it are never reached':
    'Ohne „when“ gilt diese Route für alle Leads: Die danach kommen nie zum Zug',
  'needs at least one route': 'Es braucht mindestens eine Route',
  'needs at least one team': 'Es braucht mindestens ein Team',
  'needs at least one reason to give': 'Es braucht mindestens einen Grund',
  'the pause is shorter than the longest deadline under "accept"':
    'Die Pause ist kürzer als die längste Frist unter „accept“',
  'no lead can ever qualify: {why:message}': 'Kein Lead kann je reif für den Vertrieb werden: {why}',
  '"qualify" has to compare the score once, as in score >= 60: else nobody is just below it':
    '„qualify“ muss den Score genau einmal vergleichen, wie in score >= 60: Sonst liegt niemand knapp darunter',
  'leads qualify from the stage "{first}" on: one sent back to "{stage}" qualifies again at once':
    'Leads sind ab der Phase „{first}“ reif: Ein nach „{stage}“ zurückgegebener ist es sofort wieder',
  'without a pause or a stage below the qualifying one, the lead qualifies again with its next activity':
    'Ohne Pause und ohne eine Phase darunter ist der Lead mit seiner nächsten Aktivität wieder reif',
  'a lead sent back to "{stage}" leaves "{sequence}" at once: its exit is {exit}':
    'Ein nach „{stage}“ zurückgegebener Lead scheidet sofort aus „{sequence}“ aus: Ihr „exit“ ist {exit}',
  'must be a share of more than 0% and at most {most}%: 3%':
    'Hier muss ein Anteil von mehr als 0% und höchstens {most}% stehen: 3%',
}

const sequenceFaults: Words = {
  'this way has no "share", others have: give all of them one, or none':
    'Dieser Weg hat keinen „share“, andere haben einen: Geben Sie allen einen oder keinem',
  'the shares of the ways add up to {sum} percent, not to 100':
    'Die Anteile der Wege ergeben {sum} Prozent, nicht 100',
  'the shares add up to {sum} percent, not to 100': 'Die Anteile ergeben {sum} Prozent, nicht 100',
  'a split needs at least two ways': 'Ein Test braucht mindestens zwei Wege',
  'the split "{name}" exists already': 'Den Test „{name}“ gibt es schon',
  '"{email}" has no variants: its front matter names them':
    '„{email}“ hat keine Varianten: Man trägt sie am Kopf der Datei ein',
  'give each of {variants} its share, and no other':
    'Geben Sie jeder von {variants} einen Anteil, und keiner anderen',
  'use either "before" or "after", not both': 'Entweder „before“ oder „after“, nicht beides',
  'a wait comes before it: "atOnce" is for what the lead has just asked for':
    'Davor wird gewartet: „atOnce“ ist für das, worum der Lead gerade gebeten hat',
  'a lead that enters with the stage "{stage}" leaves at once: no email is ever sent':
    'Ein Lead, der mit der Phase „{stage}“ eintritt, scheidet sofort aus: Es wird nie eine E-Mail gesendet',
  '"{name}" is not a date field of any form': '„{name}“ ist in keinem Formular ein Datumsfeld',
  '"{name}" is {kind:value}, and never a date': '„{name}“ ist {kind} und nie ein Datum',
  '"{name}" is never a date': '„{name}“ ist nie ein Datum',
  '"{email}" is sent by the system, not by a sequence': '„{email}“ sendet das System, keine Sequenz',
  'unreachable: the "exit" before it ends the sequence':
    'Wird nie erreicht: Das „exit“ davor beendet die Sequenz',
  'everybody here gets "{email}" a second time': 'Alle hier bekommen „{email}“ ein zweites Mal',
  'this sequence does not send "{email}": only recipients in another one can have clicked':
    'Diese Sequenz sendet „{email}“ nicht: Geklickt haben können nur Empfänger aus einer anderen',
  'a wait is at most 10 years (3650d)': 'Gewartet wird höchstens 10 Jahre (3650d)',
  'the id of a sequence has at most 40 characters': 'Die Kennung einer Sequenz hat höchstens 40 Zeichen',
  'the id of a segment has at most 40 characters': 'Die Kennung eines Segments hat höchstens 40 Zeichen',
  'expected never, always or a duration (90d)': 'Möglich sind never, always oder eine Dauer (90d)',
  'expected true, or the reason as a text': 'Möglich ist true, oder der Grund als Text',
  'the time before or after a date is given in days or weeks: 60d, 8w':
    'Die Zeit vor oder nach einem Datum gibt man in Tagen oder Wochen an: 60d, 8w',
  'a local moment is HH:MM, or a weekday and HH:MM: tuesday 10:00':
    'Ein Zeitpunkt ist HH:MM, oder ein Wochentag mit HH:MM: tuesday 10:00',
}

/** Hooks, and rehearsals. */
const otherFaults: Words = {
  'no activity links the deal to a person: one needs email or leadId beside dealId':
    'Keine Aktivität verbindet die Verkaufschance mit einer Person: Eine braucht email oder leadId neben dealId',
  '"occurredAt" is missing: deliveries out of order would move the deal in the wrong order':
    '„occurredAt“ fehlt: Kommen Meldungen durcheinander an, wandert die Verkaufschance in falscher Reihenfolge',
  'the name of an HTTP header, such as X-Signature':
    'Hier steht der Name eines HTTP-Headers, wie X-Signature',
  '"{field}" has no meaning for {scheme}': '„{field}“ bedeutet bei {scheme} nichts',
  'an expression must not be empty': 'Eine Formel darf nicht leer sein',
  'a condition must not be empty': 'Eine Bedingung darf nicht leer sein',
  'needs leadId, email or dealId': 'Es braucht leadId, email oder dealId',
  'the name of a property consists of letters, digits and _':
    'Der Name einer Eigenschaft besteht aus Buchstaben, Ziffern und _',
  'names separated by dots, such as data.events': 'Hier stehen Namen mit Punkten dazwischen, wie data.events',
  'a moment is a time since the start (0h, 5m, 3d) or a date: 2026-03-20T10:00:00+01:00':
    'Ein Zeitpunkt ist die Zeit seit dem Beginn (0h, 5m, 3d) oder ein Datum: 2026-03-20T10:00:00+01:00',
  'expected a text, a number, true or false': 'Gebraucht wird ein Text, eine Zahl, true oder false',
  'one of {kinds} is missing': 'Eines davon fehlt: {kinds}',
  '"{kind}" is another action: write one per entry':
    '„{kind}“ ist ein anderer Vorgang: Schreiben Sie je Eintrag einen',
  '"{key}" goes with "{owner}"': '„{key}“ gehört zu „{owner}“',
  'a rejection needs a "reason"': 'Eine Ablehnung braucht einen Grund („reason“)',
}

/** What the check of a playbook says of its YAML files. */
export const deCheck: Words = {
  ...shapes,
  ...formFaults,
  ...settingsFaults,
  ...scoringFaults,
  ...handoffFaults,
  ...sequenceFaults,
  ...otherFaults,
}
