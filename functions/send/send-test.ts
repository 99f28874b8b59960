import { formatMailbox } from '../../domain/email/judge-send.ts'
import { type TestEmail, testMark } from '../../domain/email/preview-email.ts'
import type { FindPreviewPorts } from '../emails/find-preview.ts'
import { makeFindPreview } from '../emails/find-preview.ts'

import { type Playbooks, Transient } from '../ports.ts'
import type { Mailer, Seal } from '../send-ports.ts'

interface SendTestPorts extends FindPreviewPorts {
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly mailer: Mailer
  readonly seal: Pick<Seal, 'open'>
}

/**
 * Sends a test email: marked, with links that lead nowhere, without a claim and without tags that would count it. What
 * cannot be rendered any more, because somebody published meanwhile, is dropped.
 * @throws Transient while SES takes no mail of the sender's.
 * @throws a defect when the address was not sealed by us.
 */
export const makeSendTest = (ports: SendTestPorts) => {
  const findPreview = makeFindPreview(ports)
  return async ({ email, language, leadId, to }: TestEmail): Promise<void> => {
    const address = ports.seal.open(to)
    if (address === undefined) throw new Error('the address of a test email cannot be read')
    const playbook = await ports.playbooks.current()
    const previewed = await findPreview(playbook, { email, language, lead: leadId })
    if (previewed.type !== 'previewed' || previewed.missing.length > 0) return
    const { sender } = playbook.settings
    const answer = await ports.mailer.send({
      from: formatMailbox(sender),
      ...(sender.replyTo !== undefined && { replyTo: sender.replyTo }),
      to: address,
      subject: `${testMark}${previewed.subject}`,
      html: previewed.html,
      text: previewed.text,
      headers: { 'Feedback-ID': `${email}:test:transactional:trichter` },
      tags: { test: email },
    })
    if (answer.type === 'turned-away') throw new Transient(`SES does not take test emails: ${answer.reason}`)
  }
}
