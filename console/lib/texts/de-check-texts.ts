import type { Words } from '../messages.ts'

/** What is wrong with a condition, or an expression. */
export const deConditions: Words = {
  '{what:expression} is empty': '{what} ist leer',
  'longer than {most} characters': 'Länger als {most} Zeichen',
  'a condition is true or false; this is {gives:sides}':
    'Eine Bedingung trifft zu oder nicht; das ist {gives}',
  'a number is needed; this is {gives:sides}': 'Hier ist eine Zahl nötig; das ist {gives}',
  'true or false is needed here; this is {found:sides}': 'Hier ist wahr oder falsch nötig; das ist {found}',
  'has(…) asks for an attribute, as in has(lead.company)':
    'has(…) fragt nach einem Attribut, wie in has(lead.company)',
  '{what:literal} must be written out, in quotes':
    '{what} muss ausgeschrieben dastehen, in Anführungszeichen',
  'cel.bind is not available': 'cel.bind gibt es nicht',
  'all, exists, filter and map may be nested {most} deep':
    'all, exists, filter und map dürfen {most}-fach verschachtelt sein',
  '{macro} needs something to ask about each element': '{macro} braucht eine Frage an jedes Element',
  '"{name}" is not available': '„{name}“ gibt es nicht',
  'optional access is not available: has(…) asks': 'Den Zugriff mit ? gibt es nicht: has(…) fragt danach',
  '"{text}" is not a duration: write 90m, 4h, 3d or 2w':
    '„{text}“ ist keine Dauer: Schreiben Sie 90m, 4h, 3d oder 2w',
  'the pattern is longer than {most} characters': 'Das Muster ist länger als {most} Zeichen',
  'back references are not available': 'Rückverweise gibt es nicht',
  'groups that begin with (? are not available': 'Gruppen, die mit (? beginnen, gibt es nicht',
  'a group cannot be repeated: {instead:instead}': 'Eine Gruppe lässt sich nicht wiederholen: {instead}',
  'at most {most} of *, + and {n,} in one pattern: {instead:instead}':
    'Höchstens {most} von *, + und {n,} in einem Muster: {instead}',
  'a pattern repeats at most 99 times': 'Ein Muster wiederholt höchstens 99-mal',
  'the pattern can be read in too many ways: use fewer of ? {n,m} and |':
    'Das Muster lässt sich auf zu viele Arten lesen: Nehmen Sie weniger von ? {n,m} und |',
  'this is not a regular expression': 'Das ist kein regulärer Ausdruck',

  '"{text}" may hold any value and is not a condition: compare it, as in {example} == true, or ask has({asked})':
    '„{text}“ kann jeden Wert haben und ist keine Bedingung: Vergleichen Sie es, wie in {example} == true, oder fragen Sie has({asked})',
  '"{text}" may hold any value and is not a condition: compare it, as in {example} == true':
    '„{text}“ kann jeden Wert haben und ist keine Bedingung: Vergleichen Sie es, wie in {example} == true',
  'texts stand in straight quotes: "': 'Texte stehen in geraden Anführungszeichen: "',
  '"{word}" is written {sign}': '„{word}“ schreibt man {sign}',
  'not equal is !=': '„Ungleich“ schreibt man !=',
  'greater or equal is >=': '„Größer oder gleich“ schreibt man >=',
  'less or equal is <=': '„Kleiner oder gleich“ schreibt man <=',
  'equal is ==, not equal is !=: without the third sign of {signs}':
    '„Gleich“ schreibt man ==, „ungleich“ !=: ohne das dritte Zeichen von {signs}',
  'equal is ==': '„Gleich“ schreibt man ==',
  'and is &&': '„Und“ schreibt man &&',
  'or is ||': '„Oder“ schreibt man ||',
  'a decimal is written with a point: 2.5': 'Dezimalzahlen schreibt man mit einem Punkt: 2.5',
  '{sign} closes nothing': '{sign} schließt nichts',
  '{sign} is not closed': '{sign} wird nicht geschlossen',
  'the text that begins here has no end: {sign} is missing':
    'Der Text, der hier beginnt, hat kein Ende: {sign} fehlt',
  'this is false for a lead without "{attribute}"; to mean those as well: {condition}':
    'Das gilt nicht für einen Lead ohne „{attribute}“; sollen auch die gemeint sein: {condition}',
  'the condition has more than {most} parts': 'Die Bedingung hat mehr als {most} Teile',
  'a list of more than {most} elements': 'Eine Liste mit mehr als {most} Elementen',
  'a map of more than {most} entries': 'Eine Zuordnung mit mehr als {most} Einträgen',
  'more than {most} arguments': 'Mehr als {most} Argumente',
  'something is missing here: the condition ends too early':
    'Hier fehlt etwas: Die Bedingung ist zu früh zu Ende',
  'this cannot stand here: {sign}': 'Das kann hier nicht stehen: {sign}',
  'these do not go together: {sides:sides}': 'Das passt nicht zusammen: {sides}',
  '{name}(…){on:on} is not for ({args:sides})': '{name}(…){on} ist nicht für ({args})',
  'not a condition': 'Das ist keine Bedingung',

  '{part} is {kind:value}, not {wanted:wanted}': '{part} ist {kind}, nicht {wanted}',
  '{part} is {kind:value}; {other} is {otherKind:value}': '{part} ist {kind}; {other} ist {otherKind}',
  '{part} is {range:range}: this is never true': '{part} ist {range}: Das trifft nie zu',
  'no form offers "{value}" for lead.{attribute}': 'Kein Formular bietet „{value}“ für lead.{attribute} an',
  'the rule only counts "{type}": activity.type is never another':
    'Die Regel zählt nur „{type}“: activity.type ist nie etwas anderes',
  '{part} divides by zero': '{part} teilt durch null',
  '{part} is too large a number': '{part} ist eine zu große Zahl',
  '{part} cannot be decided: each is {kind:value}': '{part} lässt sich nicht entscheiden: Beides ist {kind}',
  '{part} has no value': '{part} hat keinen Wert',
  '{part} is longer than {most} characters': '{part} ist länger als {most} Zeichen',
  '{part} is {kind:value} that cannot be read as {wanted:wanted}':
    '{part} ist {kind} und lässt sich nicht lesen als {wanted}',
  '{part} has too many elements': '{part} hat zu viele Elemente',
  '{part} has elements of another kind': '{part} hat Elemente anderer Art',
  '{part} is missing': '{part} fehlt',
  '{part} is missing: there was none': '{part} fehlt: Es gab keine',

  'this condition is always false': 'Diese Bedingung trifft nie zu',
  'this condition is always true': 'Diese Bedingung trifft immer zu',
  'this condition is always false: {why:message}': 'Diese Bedingung trifft nie zu: {why}',
  'its condition is always false': 'Ihre Bedingung trifft nie zu',
  'the rules allow a {about:scored} of at most {most}': 'Die Regeln ergeben höchstens {most} als {about}',
  'no value of {about} fulfils this': 'Kein Wert von {about} erfüllt das',
  'this contradicts what the condition asks of {about} elsewhere':
    'Das widerspricht dem, was die Bedingung an anderer Stelle von {about} verlangt',
  'a lead that enters "{stage}" is in a stage before it':
    'Wer in „{stage}“ eintritt, ist in einer Phase davor',
  'no stage fulfils this': 'Keine Phase erfüllt das',
  '"{type}" is not counted so far back: put the condition into a segment of the playbook, which has it counted':
    '„{type}“ wird nicht so weit zurück gezählt: Schreiben Sie die Bedingung in ein Segment des Playbooks, dann wird gezählt',
}

const files: Words = {
  '{size}: a picture has at most {most} KB': '{size}: Ein Bild hat höchstens {most} KB',
  '{size}: readers on the road wait for it': '{size}: Wer unterwegs liest, wartet darauf',
  '{width} pixels wide: an email shows at most {most}':
    '{width} Pixel breit: Eine E-Mail zeigt höchstens {most}',
  'not a picture that is sent along: png, jpg, gif or webp':
    'Kein Bild, das mitgesendet wird: png, jpg, gif oder webp',
  'nothing shows this picture': 'Dieses Bild kommt nirgends vor',
  'the picture itself was not sent: POST /api/playbook/assets, as npm run playbook -- publish does':
    'Das Bild selbst wurde nicht übertragen: POST /api/playbook/assets, wie npm run playbook -- publish es tut',
  'there is no file {file}': 'Eine Datei {file} gibt es nicht',
  '"{email}" is missing in "{language}", the fallback: {file}':
    '„{email}“ fehlt für „{language}“, die Sprache aller übrigen: {file}',
  '"{email}" is missing in "{language}"; it is sent in "{other}"':
    '„{email}“ fehlt für „{language}“; gesendet wird die für „{other}“',
  '"{language}" is not among the languages of settings.yaml':
    '„{language}“ gehört nicht zu den Sprachen in settings.yaml',
  'the email "{email}" is required': 'Die E-Mail „{email}“ muss es geben',
  '"{email}" is sent by the system: its kind must be transactional':
    '„{email}“ sendet das System: „kind“ muss transactional sein',
  'the kind is {kind} here and {other} in {file}': '„kind“ ist hier {kind}, in {file} aber {other}',
  '"{email}" is sent by the system: no split tries its variants':
    '„{email}“ sendet das System: Kein Test probiert ihre Varianten aus',
  'the variant "{variant}" is missing here, and there in another language':
    'Die Variante „{variant}“ fehlt hier, in einer anderen Sprache gibt es sie',
  'not read: an email is MJML, and named <email>.<language>.mjml':
    'Wird nicht gelesen: Eine E-Mail ist MJML und heißt <E-Mail>.<Sprache>.mjml',
  'no email includes this file': 'Keine E-Mail bindet diese Datei ein',
  'an email is named <email>.<language>.mjml, in lower case':
    'Eine E-Mail heißt <E-Mail>.<Sprache>.mjml, in Kleinbuchstaben',
  'the path is missing: <mj-include path="part.mjml" />': 'Der Pfad fehlt: <mj-include path="teil.mjml" />',
  '"{path}" is outside of emails/: includes must be inside':
    '„{path}“ liegt außerhalb von emails/: Eingebunden wird nur, was darin liegt',
  'only MJML can be included: put styles in <mj-style>, HTML in <mj-raw>':
    'Einbinden lässt sich nur MJML: Stile gehören in <mj-style>, HTML in <mj-raw>',
  '{file} is a complete email: an include has no front matter and no <mjml>':
    '{file} ist eine ganze E-Mail: Was eingebunden wird, hat keinen Kopf und kein <mjml>',
  'too much is included: an email has a few hundred lines':
    'Zu viel ist eingebunden: Eine E-Mail hat ein paar hundert Zeilen',
  'the layout has no {{ content }}, the place for emails':
    'Im Layout fehlt {{ content }}, die Stelle für die E-Mails',
  'an email begins with its front matter: ---, then subject, preheader and kind, then ---':
    'Eine E-Mail beginnt mit ihrem Kopf: ---, dann subject, preheader und kind, dann ---',
  '{length} characters: inboxes show about 60 of a subject':
    '{length} Zeichen: Postfächer zeigen etwa 60 von einem Betreff',
  '{size} KB of HTML{filled:filled}: Gmail cuts off what is beyond 102 KB':
    '{size} KB HTML{filled}: Gmail schneidet ab, was über 102 KB hinausgeht',
  'this takes more time or room than an email may, and is never sent: repeat and join less':
    'Das braucht mehr Zeit oder Platz, als eine E-Mail darf, und wird nie gesendet: Wiederholen und verketten Sie weniger',
}

const variables: Words = {
  '"{name}" is a date and would be read as 2026-12-31: write {{ lead.{attribute} | date: "{format}" }}':
    '„{name}“ ist ein Datum und würde als 2026-12-31 gelesen: Schreiben Sie {{ lead.{attribute} | date: "{format}" }}',
  '"{name}" is not a text; name one of its attributes':
    '„{name}“ ist kein Text; nennen Sie eines seiner Attribute',
  'without "{name}" this email is not sent: write {{ lead.{attribute} | default: "…" }}':
    'Ohne „{name}“ wird diese E-Mail nicht gesendet: Schreiben Sie {{ lead.{attribute} | default: "…" }}',
  'no form asks for "{name}"': 'Kein Formular fragt nach „{name}“',
  'no form asks for "{name}", so every reader gets the default':
    'Kein Formular fragt nach „{name}“: Alle Leser bekommen den Ersatztext',
  '{placeholder} is a placeholder of {program:program}, and would be printed as it is: write {variable}':
    '{placeholder} ist ein Platzhalter {program} und käme so in die E-Mail: Schreiben Sie {variable}',
  'the email does not say what is confirmed: write {{ consent.wording }}, the wording of the form; this email is the evidence':
    'Die E-Mail sagt nicht, was bestätigt wird: Schreiben Sie {{ consent.wording }}, den Wortlaut des Formulars; diese E-Mail ist der Nachweis',
  'a marketing email must have a link to {{ links.unsubscribe }}':
    'Eine Marketing-E-Mail muss einen Link auf {{ links.unsubscribe }} haben',
}

const markup: Words = {
  '{variable} decides where this link leads, and {origin:origin}: write a fixed address':
    '{variable} bestimmt, wohin dieser Link führt, und {origin}: Schreiben Sie eine feste Adresse',
  '{variable} may contain characters that change the address: write {{ {same} | url_encode }}':
    '{variable} kann Zeichen enthalten, die die Adresse verändern: Schreiben Sie {{ {same} | url_encode }}',
  '"{scheme}:" is not an address that an email can link to':
    '„{scheme}:“ ist keine Adresse, auf die eine E-Mail verlinken kann',
  'the link has no target: write https://…': 'Der Link hat kein Ziel: Schreiben Sie https://…',
  '"{scheme}:" runs in the reader\'s program: link to https://…':
    '„{scheme}:“ läuft im Programm des Lesers: Verlinken Sie auf https://…',
  'not a web address: https://host/path': 'Das ist keine Webadresse: https://host/pfad',
  'did you mean "{address}"?': 'Meinten Sie „{address}“?',
  'a link in an email needs an absolute address: https://…':
    'Ein Link in einer E-Mail braucht eine vollständige Adresse: https://…',
  'an image in an email needs an absolute address: https://…':
    'Ein Bild in einer E-Mail braucht eine vollständige Adresse: https://…',
  '{variable} is part of a URL that is fetched when the email is opened, which tracks readers without consent':
    '{variable} ist Teil einer Adresse, die beim Öffnen der E-Mail geladen wird: Das misst Leser ohne Einwilligung',
  'an invisible image on {host} tracks readers without consent; Trichter measures opens itself':
    'Ein unsichtbares Bild von {host} misst Leser ohne Einwilligung; Trichter misst Öffnungen selbst',
  '{variable} is part of a style, and {origin:origin}: it could load images from anywhere':
    '{variable} ist Teil eines Stils, und {origin}: Er könnte Bilder von überall laden',
  '{what:loaded} is loaded from {host}, which then sees who reads the email: only from your own site':
    '{what} wird von {host} geladen, und dort ist zu sehen, wer die E-Mail liest: nur von Ihrer eigenen Website',
  'a style may only load images from https://…': 'Ein Stil darf nur Bilder von https://… laden',
  '<{tag}> is unsafe in an email, and inboxes remove it':
    '<{tag}> ist in einer E-Mail unsicher, und Postfächer entfernen es',
  '<meta http-equiv="refresh"> is not safe: an email must not redirect':
    '<meta http-equiv="refresh"> ist nicht sicher: Eine E-Mail darf nicht weiterleiten',
  'the button has no target: href="https://…" is missing': 'Der Knopf hat kein Ziel: href="https://…" fehlt',
  '"{name}" runs a script, which is unsafe, and inboxes remove it':
    '„{name}“ führt ein Skript aus: Das ist unsicher, und Postfächer entfernen es',
  '{variable} can end the attribute: put quotes around the value of "{name}"':
    '{variable} kann das Attribut beenden: Setzen Sie den Wert von „{name}“ in Anführungszeichen',
  '{variable} is only allowed as the value of an attribute, in quotes':
    '{variable} ist nur als Wert eines Attributs erlaubt, in Anführungszeichen',
  '<{tag}> has no alt text: most inboxes block images at first (alt="" for mere decoration)':
    '<{tag}> hat keinen Alternativtext: Die meisten Postfächer zeigen Bilder zunächst nicht (alt="" für bloße Zierde)',
  'MJML cannot compile this email: {why:mjml}': 'MJML kann diese E-Mail nicht übersetzen: {why}',
  'MJML throws this tag away, so that what is commented out would be sent: write <!-- … --> instead':
    'MJML wirft dieses Tag weg, und was auskommentiert ist, würde gesendet: Schreiben Sie <!-- … -->',
  'MJML throws {tag} away here: keep it with <mj-raw>{same}</mj-raw>':
    'MJML wirft {tag} hier weg: Es bleibt mit <mj-raw>{same}</mj-raw>',
  'MJML throws words away that stand between its elements: write them into <mj-text>':
    'MJML wirft Text weg, der zwischen seinen Elementen steht: Schreiben Sie ihn in <mj-text>',
  'the comment continues beyond </{tag}>: a comment begins and ends in one <mj-raw>, with all of its HTML':
    'Der Kommentar reicht über </{tag}> hinaus: Ein Kommentar beginnt und endet in einem <mj-raw>, mit all seinem HTML',
  'the comment <!-- has no end: --> is missing': 'Der Kommentar <!-- hat kein Ende: --> fehlt',
  '<{tag} /> is not closed: HTML needs </{same}>': '<{tag} /> wird nicht geschlossen: HTML braucht </{same}>',
  'the tag <{tag} has no end: {sign} is missing': 'Das Tag <{tag} hat kein Ende: {sign} fehlt',
  '</{tag}> closes nothing': '</{tag}> schließt nichts',
  '<{tag}> is not closed': '<{tag}> wird nicht geschlossen',
  'an email begins with <mjml>': 'Eine E-Mail beginnt mit <mjml>',
}

/** What the check of a playbook says of emails. */
export const deEmails: Words = { ...files, ...variables, ...markup }

/** What libraries say that the check hands on. */
export const deLibraries: Words = {
  'output "{written}" not closed': 'Die Ausgabe „{written}“ wird nicht geschlossen',
  'tag "{written}" not closed': 'Das Tag „{written}“ wird nicht geschlossen',
  'tag {written} not closed': 'Das Tag {written} wird nicht geschlossen',
  'raw "{written}" not closed': 'Das Tag „{written}“ wird nicht geschlossen',
  'invalid value expression: {written}': 'Das ist kein Wert: {written}',
  'illegal tag: {written}': 'Dieses Tag lässt sich nicht lesen: {written}',
  'illegal tag syntax, tag name expected': 'Hier fehlt der Name eines Tags',
  'unexpected token {written}, value expected': 'Hier steht {written}, gebraucht wird ein Wert',
  'unexpected character {written}': 'Das kann hier nicht stehen: {written}',
  'unexpected elsif after else': '„elsif“ darf nicht nach „else“ kommen',
  'expected variable name': 'Hier fehlt der Name einer Variablen',
  'expected filter name': 'Hier fehlt der Name eines Filters',
  'expected "|" before filter': 'Vor einem Filter steht „|“',
  'expected "="': 'Hier fehlt „=“',
  'invalid range syntax': 'So schreibt man einen Bereich nicht: (1..5)',
  'unbalanced parentheses': 'Eine Klammer wird nicht geschlossen',
  '[ not closed': '[ wird nicht geschlossen',
  'duplicated else': '„else“ kommt doppelt vor',
  "Element {tag} doesn't exist or is not registered": 'Das Element {tag} gibt es nicht',
  'Attribute {name} is illegal': 'Das Attribut {name} ist hier nicht erlaubt',
  'Attributes {names} are illegal': 'Die Attribute {names} sind hier nicht erlaubt',
  'Attribute {name} has invalid value: {value} for type {type}, only accepts {accepted}':
    'Das Attribut {name} darf nicht {value} sein; für {type} geht nur: {accepted}',
  'Attribute {name} has invalid value: {value} for type {type}':
    'Das Attribut {name} darf nicht {value} sein: Das ist kein Wert für {type}',
  '{tag} cannot be used inside {outer}, only inside: {allowed}':
    '{tag} darf nicht in {outer} stehen, nur in: {allowed}',
  'Invalid input': 'Diese Angabe ist nicht gültig',
}
