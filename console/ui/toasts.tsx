import { X } from 'lucide-preact'
import { makeStore, useStore } from '../lib/store.ts'
import { t } from '../lib/texts.ts'
import { Hidden } from './controls.tsx'
import ui from './ui.module.css'

interface Toast {
  readonly id: number
  readonly text: string
  /** Where what happened can be seen. */
  readonly link?: { readonly href: string; readonly text: string }
  readonly undo?: () => void
}

const shown = makeStore<readonly Toast[]>([])
let count = 0
const staysMs = 8_000

const dismiss = (id: number): void => shown.set(shown.get().filter((one) => one.id !== id))

/** Says what happened. What can be undone stays as long as somebody may want that. */
export const toast = (text: string, more: Omit<Toast, 'id' | 'text'> = {}): void => {
  count += 1
  const id = count
  shown.set([...shown.get().slice(-2), { id, text, ...more }])
  setTimeout(() => dismiss(id), more.undo ? 2 * staysMs : staysMs)
}

export const Toasts = () => (
  <div class={ui.toasts} role="status" aria-live="polite">
    {useStore(shown).map(({ id, text, link, undo }) => (
      <div key={id} class={ui.toast}>
        <span>{text}</span>
        {link && <a href={link.href}>{link.text}</a>}
        {undo && (
          <button
            type="button"
            class={ui.toastAction}
            onClick={() => {
              dismiss(id)
              undo()
            }}
          >
            {t.common.undo}
          </button>
        )}
        <button type="button" class={ui.toastClose} onClick={() => dismiss(id)}>
          <X class={ui.icon} aria-hidden="true" />
          <Hidden>{t.common.dismiss}</Hidden>
        </button>
      </div>
    ))}
  </div>
)
