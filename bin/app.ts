import { App } from 'aws-cdk-lib/core'
import { addStacks, codeIn } from '../lib/add-stacks.ts'
import { prepareCode } from '../lib/bundle/prepare-code.ts'
import { playbookFolder, readConfig } from '../lib/config.ts'
import { localMetadata } from '../lib/local-links.ts'
import { faultLines } from '../lib/playbook/load-playbook.ts'

/** What was to be read is wrong, and has been told in full (`EX_DATAERR` of sysexits). */
const toldInput = 65

// What is switched off serves other tools and takes two thirds of the time. The validation runs in the tests.
const app = new App({
  analyticsReporting: false,
  stackTraces: false,
  treeMetadata: false,
  builtinCloudFormationValidation: false,
})
const config = readConfig(app.node)
const { code, faults } = await prepareCode(playbookFolder(app.node), config.emailDomain)

if (code === undefined) {
  for (const line of faultLines(faults)) console.error(line)
  process.exitCode = toldInput
} else {
  const stacks = addStacks(app, config, codeIn(code.folders))
  stacks.app.templateOptions.metadata = localMetadata(code.links)
  app.synth()
}
