import { useEffect, useState } from 'preact/hooks'

const typingMs = 250

interface SearchFieldProps {
  readonly given: string
  readonly label: string
  readonly placeholder: string
  readonly onSearch: (text: string) => void
}

/** The server looks for it, a moment after the last letter. What is typed outlives that the page is drawn anew meanwhile. */
export const SearchField = ({ given, label, placeholder, onSearch }: SearchFieldProps) => {
  const [typed, setTyped] = useState(given)
  useEffect(() => setTyped(given), [given])
  useEffect(() => {
    if (typed.trim() === given) return
    const timer = setTimeout(() => onSearch(typed.trim()), typingMs)
    return () => clearTimeout(timer)
  }, [typed, given, onSearch])
  return (
    <input
      type="search"
      value={typed}
      aria-label={label}
      placeholder={placeholder}
      onInput={(event) => setTyped(event.currentTarget.value)}
    />
  )
}
