import { useLayoutEffect, useRef } from 'preact/hooks'

/** What a key does on the page that is open, by `KeyboardEvent.key`. */
export type Keys = Readonly<Record<string, () => void>>

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Single keys: they rest while somebody types, and while a dialog is open. */
export const useKeys = (keys: Keys): void => {
  const current = useRef(keys)
  current.current = keys
  useLayoutEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
      if (isTyping(event.composedPath()[0] ?? null) || document.querySelector('dialog[open], :popover-open'))
        return
      const act = current.current[event.key]
      if (!act) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}
