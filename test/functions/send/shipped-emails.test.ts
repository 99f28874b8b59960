import { beforeAll, describe, expect, test } from 'vitest'
import { localize } from '../../../domain/model/form.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { loadPlaybook } from '../../../lib/playbook/load-playbook.ts'
import { type ComposedEmail, composeShipped } from '../../support/compose-shipped.ts'

describe('every shipped email, to a lead of whom only the address is known', () => {
  let all: readonly ComposedEmail[] = []
  let shipped: Playbook
  beforeAll(async () => {
    const { playbook } = await loadPlaybook('templates')
    if (!playbook) throw new Error('the shipped playbook has faults')
    shipped = playbook
    all = composeShipped(playbook)
  })

  test('renders, and there are two dozen and more', () => {
    expect(all.length).toBeGreaterThanOrEqual(28)
  })

  test('leaves no Liquid and no gap behind', () => {
    for (const { name, email } of all) {
      expect(email.html, name).not.toMatch(/\{\{|\{%|undefined|\[object/)
      expect(email.subject, name).not.toMatch(/\{\{|^\W*$|, ,| {2}/)
    }
  })

  test('is small enough for Gmail not to clip it', () => {
    for (const { name, email } of all) expect(Buffer.byteLength(email.html), name).toBeLessThan(102_000)
  })

  test('reads as text, too: without markup, with its links', () => {
    for (const { name, email } of all) {
      expect(email.text.length, name).toBeGreaterThan(200)
      expect(email.text, name).not.toMatch(/<[a-z/]|&[a-z]+;|display:none/)
      expect(email.text, name).toContain('https://')
    }
  })

  test('links only to places on the web and in the mail', () => {
    for (const { name, email } of all)
      for (const [, href] of email.html.matchAll(/<a\b[^>]*\bhref="([^"]*)"/g))
        expect(href, name).toMatch(/^(https:\/\/|mailto:|tel:\+?\d)\S*$/)
  })

  test('promises on a button that leads to a form what the form does', () => {
    const button = /<a href="\{\{ links\.forms\.(\w+) \}\}" style="[^"]*background:[^>]*>\s*([^<]+?)\s*<\/a>/g
    const promises = Object.values(shipped.emails).flatMap((versions) =>
      Object.entries(versions).flatMap(([language, { html }]) =>
        [...html.matchAll(button)].map(([, form = '', says]) => {
          const { submit } = shipped.forms[form] ?? {}
          return { form, says, does: submit && localize(submit, language) }
        }),
      ),
    )
    expect(promises).toHaveLength(2)
    for (const { form, says, does } of promises) expect(says, form).toBe(does)
  })

  test('says how to leave if and only if it is marketing', () => {
    for (const { name, kind, email } of all) {
      const leaves = /<(https:[^>]+)>/.exec(email.headers['List-Unsubscribe'] ?? '')?.[1]
      expect(leaves !== undefined, name).toBe(kind === 'marketing')
      if (leaves !== undefined) expect(email.html, name).toContain(`href="${leaves}"`)
    }
  })
})
