import type { Caller } from '../access/guard.ts'
import { AwsError } from '../aws-error.ts'
import type { Service } from '../gateway/gateway.ts'
import { ACCOUNT } from '../template/intrinsics.ts'

/** GetCallerIdentity, which needs no permission. */
export function stsService(): Service {
  return {
    read: (request) => {
      const name = new URLSearchParams(request.body.toString()).get('Action') ?? request.query.get('Action')
      if (name !== 'GetCallerIdentity')
        throw new AwsError('InvalidAction', `The action ${name} is not offered locally`)
      return { name, input: {} }
    },
    needs: () => [],
    invoke: async (_operation, _request, caller) => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      body:
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>' +
        `<Arn>${arnOfCaller(caller)}</Arn><UserId>LOCAL</UserId><Account>${ACCOUNT}</Account>` +
        '</GetCallerIdentityResult></GetCallerIdentityResponse>',
    }),
    refuse: (error) => ({
      status: error.status,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse><Error><Code>${error.code}</Code><Message>${error.message}</Message></Error></ErrorResponse>`,
    }),
  }
}

function arnOfCaller(caller: Caller): string {
  switch (caller.kind) {
    case 'local':
      return `arn:aws:iam::${ACCOUNT}:root`
    case 'function':
      return `arn:aws:sts::${ACCOUNT}:assumed-role/${caller.roleArn.split('/').at(-1)}/${caller.name}`
    default:
      return caller satisfies never
  }
}
