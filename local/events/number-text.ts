/** A JSON number whose digits a JavaScript number cannot give back: `1.50`, `1E3`, more than 17 digits. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): number {
    return Number(this.text)
  }
}

/** A JSON number as text becomes a number where that loses nothing, else keeps its text. */
export function readNumber(text: string): number | NumberText {
  const value = Number(text)
  return String(value) === text ? value : new NumberText(text)
}

/**
 * The double that stands for a decimal number, or undefined where no double has exactly these decimal digits
 * (as shortest text). EventBridge compares such numbers by their text alone.
 */
export function comparableNumber(value: number | NumberText): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const double = Number(value.text)
  if (!Number.isFinite(double)) return undefined
  return canonical(value.text) === canonical(String(double)) ? double : undefined
}

/** `-12.50e3` → `-125e2`: sign, digits without zeros at either end, exponent of ten. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}
