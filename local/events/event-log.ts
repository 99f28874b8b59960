import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** A chunk of events as text, compressed. */
interface Packed {
  readonly count: number
  readonly bytes: Buffer
}

/** Stands between two texts (RFC 7464): no JSON text holds it unescaped. */
const SEPARATOR = '\u001e'
const CHUNK = 100

/** The last events that passed over the buses, kept as packed text: as objects they would be most of the heap. */
export class EventLog {
  readonly #limit: number
  #packed: Packed[] = []
  #open: string[] = []
  #count = 0

  /** @param limit how many events to keep */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** @param text the event as JSON */
  add(text: string): void {
    this.#open.push(text)
    this.#count += 1
    if (this.#open.length >= CHUNK) this.#pack()
  }

  /** The kept events as JSON texts, oldest first. @param type only those with this `detail-type` */
  list(type?: string): string[] {
    const texts = [...this.#packed.flatMap(unpack), ...this.#open].slice(-this.#limit)
    if (type === undefined) return texts
    const written = JSON.stringify(type)
    return texts.filter((text) => text.includes(written) && JSON.parse(text)['detail-type'] === type)
  }

  #pack(): void {
    const bytes = deflateRawSync(this.#open.join(SEPARATOR), { level: 1 })
    this.#packed.push({ count: this.#open.length, bytes })
    this.#open = []
    let [oldest] = this.#packed
    while (oldest && this.#count - oldest.count >= this.#limit) {
      this.#packed.shift()
      this.#count -= oldest.count
      oldest = this.#packed[0]
    }
  }
}

function unpack({ bytes }: Packed): string[] {
  return inflateRawSync(bytes).toString().split(SEPARATOR)
}
