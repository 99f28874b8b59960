import { asksForTracking } from '../consent/tracking-consent.ts'
import type { Form } from '../form/form.ts'
import { localize } from '../form/localize.ts'
import type { JsonObject } from '../json.ts'
import type { ConfirmationRequest } from './email-request.ts'

/**
 * `consent.*`: what the link in an email confirms. `wording`: all of it; `furtherWording`: that of the box which was
 * ticked beside the form, where it is confirmed by the same link, else false. `tracking`: leave to measure opens and
 * clicks besides, as the form's wording asks for. Links in a wording `[text](https://…)` are links in the email, too. What nobody can say (the form is gone) is empty and false.
 */
export const confirmationVariables = (
  forms: Readonly<Record<string, Form>>,
  { form: id, purpose, furtherPurpose, language }: Omit<ConfirmationRequest, 'factId'>,
): JsonObject => {
  const form = Object.hasOwn(forms, id) ? forms[id] : undefined
  const isBox = form?.purpose !== purpose && form?.optIn?.purpose === purpose
  const box = form?.optIn?.purpose === furtherPurpose ? form?.optIn?.wording : undefined
  const wordings = [isBox ? form?.optIn?.wording : form?.wording, box]
  return {
    purpose,
    wording: wordings.flatMap((one) => (one === undefined ? [] : localize(one, language))).join(' '),
    furtherWording: box === undefined ? false : localize(box, language),
    tracking: form !== undefined && !isBox && asksForTracking(form),
  }
}
