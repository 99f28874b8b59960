import { registerHooks } from 'node:module'

/** The functions carry programs for browsers, which bundling makes. Where no browser is played they load as empty texts. */
export const loadProgramsEmpty = (): void => {
  registerHooks({
    load: (url, context, nextLoad) =>
      url.endsWith('?program')
        ? { format: 'module', source: "export default ''", shortCircuit: true }
        : nextLoad(url, context),
  })
}
