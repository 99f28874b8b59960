import type { CompiledEmail, CompileEmail } from '../playbook-ports.ts'

/** More than one playbook has. */
const mostEmails = 200

/** Compiles each content once for each container: a draft is checked again and again while one of its emails changes. */
export const rememberEmails = (compile: CompileEmail, digest: (text: string) => string): CompileEmail => {
  const known = new Map<string, CompiledEmail>()
  return async (source) => {
    const key = digest(JSON.stringify(source))
    const standing = known.get(key)
    if (standing) return standing
    const compiled = await compile(source)
    const [oldest] = known.keys()
    if (known.size >= mostEmails && oldest !== undefined) known.delete(oldest)
    known.set(key, compiled)
    return compiled
  }
}
