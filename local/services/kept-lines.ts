import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { PRIVATE_FILE } from '../private-files.ts'
import { replaceFile } from '../replace-file.ts'

/** One line out of the heap. */
export interface KeptLine {
  read(): string
}

const NEWLINE = 10

/** Lines written once and read when asked for: from the file, or compressed in memory where there is none. */
export class KeptLines {
  readonly #path: string | undefined
  #file = -1
  /** Of the file, in bytes. */
  #size = 0

  constructor(path: string | undefined) {
    this.#path = path
    if (path !== undefined) this.#file = openSync(path, 'a+', PRIVATE_FILE)
  }

  /** Hands over what the file holds; to be called once, before the first `add`. */
  load(each: (text: string, kept: KeptLine) => void): void {
    if (this.#path === undefined) return
    const bytes = readFileSync(this.#path)
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      each(bytes.toString('utf8', start, end), this.#at(start, end - start))
      start = end + 1
    }
    this.#size = bytes.length
    // A line cut off by a crash must not swallow the next one.
    if (start < bytes.length) this.#write('\n')
  }

  /** Kept when the call returns, also if the process is killed. */
  add(line: string): KeptLine {
    if (this.#path === undefined) {
      const packed = deflateRawSync(line, { level: 1 })
      return { read: () => inflateRawSync(packed).toString() }
    }
    const start = this.#size
    this.#write(`${line}\n`)
    return this.#at(start, this.#size - start - 1)
  }

  /** Leaves only these lines. Those kept before can no longer be read. */
  replace(lines: readonly string[]): void {
    if (this.#path === undefined) return
    const content = lines.map((line) => `${line}\n`).join('')
    replaceFile(this.#path, content)
    closeSync(this.#file)
    this.#file = openSync(this.#path, 'a+', PRIVATE_FILE)
    this.#size = Buffer.byteLength(content)
  }

  close(): void {
    if (this.#path !== undefined) closeSync(this.#file)
  }

  #at(start: number, length: number): KeptLine {
    return {
      read: () => {
        const bytes = Buffer.allocUnsafe(length)
        readSync(this.#file, bytes, 0, length, start)
        return bytes.toString()
      },
    }
  }

  #write(text: string): void {
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done)
    this.#size += bytes.length
  }
}
