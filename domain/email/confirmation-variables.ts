import { asksForTracking } from '../consent/tracking-consent.ts'
import type { Form } from '../form/form.ts'
import { localize } from '../form/localize.ts'
import type { JsonObject } from '../json.ts'
import type { ConfirmationRequest } from './email-request.ts'

/**
 * `consent.*`: what the link in an email confirms. `tracking`: leave to measure opens and clicks besides, as the form's
 * wording asks for. What nobody can say (the form is gone) is empty and false.
 */
export const confirmationVariables = (
  forms: Readonly<Record<string, Form>>,
  { form: id, purpose, language }: Omit<ConfirmationRequest, 'factId'>,
): JsonObject => {
  const form = Object.hasOwn(forms, id) ? forms[id] : undefined
  const isBox = form?.purpose !== purpose && form?.optIn?.purpose === purpose
  const wording = isBox ? form?.optIn?.wording : form?.wording
  return {
    purpose,
    wording: wording === undefined ? '' : localize(wording, language),
    tracking: form !== undefined && !isBox && asksForTracking(form),
  }
}
