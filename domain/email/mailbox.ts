import { headerText } from './header-text.ts'

const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/
const printableAscii = /^[\x20-\x7e]*$/

/** An encoded word may have 75 characters, 12 of them its frame: 45 bytes make 60 of base64. */
const bytesPerWord = 45

/** `Name <address>` as RFC 5322 and RFC 2047 want it, whatever the name holds. */
export const formatMailbox = ({ name, email }: { readonly name: string; readonly email: string }): string => {
  const display = headerText(name, 100)
  if (display === '') return email
  if (atoms.test(display)) return `${display} <${email}>`
  if (printableAscii.test(display)) return `"${display.replace(/["\\]/g, '\\$&')}" <${email}>`
  return `${encodedWords(display)} <${email}>`
}

const encodedWords = (text: string): string => {
  const words: string[] = []
  let word: number[] = []
  for (const character of text) {
    const bytes = [...new TextEncoder().encode(character)]
    if (word.length + bytes.length > bytesPerWord) {
      words.push(encodedWord(word))
      word = []
    }
    word.push(...bytes)
  }
  words.push(encodedWord(word))
  return words.join(' ')
}

const encodedWord = (bytes: readonly number[]): string => `=?UTF-8?B?${btoa(String.fromCharCode(...bytes))}?=`
