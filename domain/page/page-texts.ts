import type { Tone } from '../model/settings.ts'

/** What the built-in pages say. A form's own words come from the playbook. */
export interface PageTexts {
  readonly submit: string
  readonly required: string
  readonly requiredNote: string
  readonly pleaseChoose: string
  readonly leaveEmpty: string
  readonly checkFields: string
  readonly thanksTitle: string
  readonly thanks: string
  readonly confirmationSentTitle: string
  readonly confirmationSent: string
  readonly confirmTitle: string
  readonly confirmIntro: string
  readonly confirm: string
  readonly confirmedTitle: string
  readonly confirmed: string
  readonly alreadyConfirmedTitle: string
  readonly alreadyConfirmed: string
  readonly linkOverTitle: string
  readonly linkOver: string
  readonly signUpAgain: string
  readonly notMeTitle: string
  readonly notMeIntro: string
  readonly notMe: string
  readonly notMeDoneTitle: string
  readonly notMeDone: string
  readonly unsubscribedTitle: string
  readonly unsubscribed: string
  readonly notFoundTitle: string
  readonly formNotFound: string
  readonly linkNotFound: string
  readonly homeTitle: string
  readonly homeConsole: string
  readonly imprint: string
  readonly privacy: string
  readonly privacyNote: string
  readonly toSite: (company: string) => string
  readonly chooseInstead: string
  readonly failed: string
  readonly openTooLong: string
}

const german: PageTexts = {
  submit: 'Absenden',
  required: 'Pflichtfeld',
  requiredNote: 'Mit * gekennzeichnete Felder sind Pflichtfelder.',
  pleaseChoose: 'Bitte wählen',
  leaveEmpty: 'Bitte leer lassen',
  checkFields: 'Bitte prüfen Sie Ihre Angaben:',
  thanksTitle: 'Vielen Dank!',
  thanks: 'Ihre Angaben sind bei uns angekommen.',
  confirmationSentTitle: 'Fast geschafft',
  confirmationSent:
    'Wir haben Ihnen eine E-Mail geschickt. Bitte klicken Sie auf den Link darin, um Ihre Anmeldung zu bestätigen. Nichts angekommen? Sehen Sie bitte auch im Spam-Ordner nach.',
  confirmTitle: 'Anmeldung bestätigen',
  confirmIntro: 'Mit einem Klick bestätigen Sie Ihre Anmeldung:',
  confirm: 'Jetzt bestätigen',
  confirmedTitle: 'Anmeldung bestätigt',
  confirmed: 'Danke! Ihre Anmeldung ist nun wirksam. Sie können sich jederzeit wieder abmelden.',
  alreadyConfirmedTitle: 'Schon bestätigt',
  alreadyConfirmed: 'Ihre Anmeldung ist bereits wirksam. Sie brauchen nichts weiter zu tun.',
  linkOverTitle: 'Dieser Link gilt nicht mehr',
  linkOver:
    'Er ist abgelaufen, oder Sie haben sich seitdem abgemeldet. Es ist nichts geschehen: Sie sind nicht angemeldet.',
  signUpAgain: 'Hier können Sie sich neu anmelden',
  notMeTitle: 'Sie waren das nicht?',
  notMeIntro:
    'Jemand hat Ihre Adresse bei uns eingetragen. Mit einem Klick sperren Sie sie: Dann fragt Sie niemand mehr nach einer Bestätigung.',
  notMe: 'Das war ich nicht',
  notMeDoneTitle: 'Danke für den Hinweis',
  notMeDone: 'Unter dieser Adresse fragen wir nicht mehr nach einer Bestätigung.',
  unsubscribedTitle: 'Sie sind abgemeldet',
  unsubscribed: 'Sie erhalten von uns keine Werbe-E-Mails mehr.',
  notFoundTitle: 'Nicht gefunden',
  formNotFound: 'Dieses Formular gibt es nicht.',
  linkNotFound: 'Dieser Link ist ungültig oder abgelaufen.',
  homeTitle: 'Unsere Formulare',
  homeConsole:
    'Hier läuft Trichter. Eine Konsole gibt es an dieser Adresse noch nicht; wer hier arbeitet, nutzt bis dahin die API.',
  imprint: 'Impressum',
  privacy: 'Datenschutz',
  privacyNote: 'Wie wir mit Ihren Daten umgehen, steht in unseren Datenschutzhinweisen.',
  toSite: (company) => `Weiter zu ${company}`,
  chooseInstead: 'Lieber nur einen Teil abbestellen? Hier wählen Sie aus.',
  failed: 'Das hat leider nicht geklappt. Bitte versuchen Sie es noch einmal.',
  openTooLong: 'Diese Seite stand lange offen. Bitte senden Sie Ihre Angaben noch einmal ab.',
}

const informal: PageTexts = {
  ...german,
  checkFields: 'Bitte prüfe deine Angaben:',
  thanks: 'Deine Angaben sind bei uns angekommen.',
  confirmationSent:
    'Wir haben dir eine E-Mail geschickt. Bitte klicke auf den Link darin, um deine Anmeldung zu bestätigen. Nichts angekommen? Sieh bitte auch im Spam-Ordner nach.',
  confirmIntro: 'Mit einem Klick bestätigst du deine Anmeldung:',
  confirmed: 'Danke! Deine Anmeldung ist nun wirksam. Du kannst dich jederzeit wieder abmelden.',
  alreadyConfirmed: 'Deine Anmeldung ist bereits wirksam. Du brauchst nichts weiter zu tun.',
  linkOver:
    'Er ist abgelaufen, oder du hast dich seitdem abgemeldet. Es ist nichts geschehen: Du bist nicht angemeldet.',
  signUpAgain: 'Hier kannst du dich neu anmelden',
  notMeTitle: 'Du warst das nicht?',
  notMeIntro:
    'Jemand hat deine Adresse bei uns eingetragen. Mit einem Klick sperrst du sie: Dann fragt dich niemand mehr nach einer Bestätigung.',
  unsubscribedTitle: 'Du bist abgemeldet',
  unsubscribed: 'Du erhältst von uns keine Werbe-E-Mails mehr.',
  privacyNote: 'Wie wir mit deinen Daten umgehen, steht in unseren Datenschutzhinweisen.',
  chooseInstead: 'Lieber nur einen Teil abbestellen? Hier wählst du aus.',
  failed: 'Das hat leider nicht geklappt. Bitte versuche es noch einmal.',
  openTooLong: 'Diese Seite stand lange offen. Bitte sende deine Angaben noch einmal ab.',
}

const english: PageTexts = {
  submit: 'Send',
  required: 'required',
  requiredNote: 'Fields marked with * are required.',
  pleaseChoose: 'Please choose',
  leaveEmpty: 'Please leave this empty',
  checkFields: 'Please check what you entered:',
  thanksTitle: 'Thank you!',
  thanks: 'We have received your details.',
  confirmationSentTitle: 'Almost there',
  confirmationSent:
    'We have sent you an email. Please follow the link in it to confirm your sign-up. Nothing there? Please look into your spam folder, too.',
  confirmTitle: 'Confirm your sign-up',
  confirmIntro: 'One click confirms your sign-up:',
  confirm: 'Confirm now',
  confirmedTitle: 'Sign-up confirmed',
  confirmed: 'Thank you! Your sign-up is complete. You can unsubscribe at any time.',
  alreadyConfirmedTitle: 'Already confirmed',
  alreadyConfirmed: 'Your sign-up is complete already. There is nothing more to do.',
  linkOverTitle: 'This link is no longer valid',
  linkOver: 'It has expired, or you have unsubscribed since. Nothing has happened: you are not signed up.',
  signUpAgain: 'Sign up again here',
  notMeTitle: 'This was not you?',
  notMeIntro:
    'Somebody has entered your address with us. One click blocks it: then nobody asks you for a confirmation any more.',
  notMe: 'That was not me',
  notMeDoneTitle: 'Thank you for telling us',
  notMeDone: 'We will not ask for a confirmation at this address again.',
  unsubscribedTitle: 'You are unsubscribed',
  unsubscribed: 'You will receive no more marketing emails from us.',
  notFoundTitle: 'Not found',
  formNotFound: 'There is no such form.',
  linkNotFound: 'This link is invalid or has expired.',
  homeTitle: 'Our forms',
  homeConsole:
    'Trichter runs here. There is no console at this address yet; until then, whoever works here uses the API.',
  imprint: 'Imprint',
  privacy: 'Privacy',
  privacyNote: 'Our privacy policy says how we treat your data.',
  toSite: (company) => `Go on to ${company}`,
  chooseInstead: 'Would you rather leave only some of it? Choose here.',
  failed: 'Sorry, that did not work. Please try again.',
  openTooLong: 'This page was open for a long time. Please send your details once more.',
}

/** German for any German, English for everyone else. @param tone of the German; absent: formal. */
export const pageTexts = (language: string, tone?: Tone): PageTexts => {
  if (!/^de\b/i.test(language)) return english
  return tone === 'du' ? informal : german
}
