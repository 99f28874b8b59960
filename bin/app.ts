import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import { App } from 'aws-cdk-lib/core'
import { addStacks } from '../lib/add-stacks.ts'
import { bundleConsole } from '../lib/bundle/bundle-console.ts'
import { bundleFunctions } from '../lib/bundle/bundle-functions.ts'
import { capabilities } from '../lib/capabilities.ts'
import { playbookFolder, readConfig } from '../lib/config.ts'
import { localLinks } from '../lib/local-links.ts'
import { faultLines, loadPlaybook } from '../lib/playbook/load-playbook.ts'

/** What was to be read is wrong, and has been told in full (`EX_DATAERR` of sysexits). */
const toldInput = 65

const root = join(import.meta.dirname, '..')

// What is switched off serves other tools and takes two thirds of the time. The validation runs in the tests.
const app = new App({
  analyticsReporting: false,
  stackTraces: false,
  treeMetadata: false,
  builtinCloudFormationValidation: false,
})
const config = readConfig(app.node)

const { playbook, faults, files, assets } = await loadPlaybook(playbookFolder(app.node), config.emailDomain)

if (playbook === undefined) {
  for (const line of faultLines(faults)) console.error(line)
  process.exitCode = toldInput
} else {
  const outDir = join(root, '.build')
  const consoleFiles = await bundleConsole(root, outDir)
  const pictures = { 'assets.json': JSON.stringify(Object.fromEntries(assets)) }
  const bundles = await bundleFunctions({
    root,
    entries: Object.fromEntries(capabilities.map(({ name, entry }) => [name, entry])),
    playbook: JSON.stringify(playbook),
    beside: {
      intake: pictures,
      send: pictures,
      playbook: { ...pictures, 'playbook-files.json': JSON.stringify(Object.fromEntries(files)) },
      console: { 'console-files.json': JSON.stringify(consoleFiles) },
    },
    outDir,
  })
  const code = Object.entries(bundles).map(([name, { folder }]) => [name, Code.fromAsset(folder)])
  const stacks = addStacks(app, config, Object.fromEntries(code))
  stacks.app.templateOptions.metadata = { LocalLinks: localLinks(playbook) }
  app.synth()
}
