import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  ApplicationLogLevel,
  Architecture,
  CfnFunction,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core'
import { Construct } from 'constructs'
import { type Variable, variables } from '../../functions/environment.ts'
import type { LogLevel } from '../config.ts'

export interface FunctionSettings {
  readonly name: string
  /** From the project's root; it exports `handler`. */
  readonly entry: string
  readonly purpose: string
  /** MiB; CPU comes in proportion (1,769 MiB is one core). */
  readonly memory: number
  readonly timeoutSeconds: number
}

const root = join(import.meta.dirname, '../..')

interface AppFunctionProps {
  readonly settings: FunctionSettings
  /** Folder with `index.mjs` and what it reads beside itself. */
  readonly code: Code
  /** What its log leaves out is below this. @default INFO */
  readonly logLevel?: LogLevel
}

/**
 * A Lambda function with a role of its own that starts out empty: constructs with something to give add the permission
 * and the variable together. Synthesis fails unless its variables are exactly those that its entry names.
 *
 * No reserved concurrency: it would take from the account's pool (ten in a new account) for good. What needs
 * protection is protected at the source: queues limit their pollers, the API its requests.
 */
export class AppFunction extends Construct {
  readonly name: string
  readonly timeout: Duration
  readonly lambda: LambdaFunction
  readonly #role: Role
  readonly #entry: string
  readonly #variables = new Set<Variable>()

  constructor(scope: Construct, id: string, props: AppFunctionProps) {
    super(scope, id)
    const { settings } = props
    this.name = settings.name
    this.#entry = settings.entry
    this.timeout = Duration.seconds(settings.timeoutSeconds)
    // A month covers the fortnight that dead letters are kept, and a holiday. No personal data is logged.
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    })
    this.#role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    this.lambda = new LambdaFunction(this, 'Function', {
      description: settings.purpose,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code,
      memorySize: settings.memory,
      timeout: this.timeout,
      role: this.#role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel[props.logLevel ?? 'INFO'],
      environment: { NODE_OPTIONS: '--enable-source-maps' },
    })
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroup.logGroupArn])
    this.node.addValidation({ validate: () => this.#mismatches() })
  }

  get roleArn(): string {
    return this.#role.roleArn
  }

  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Record<string, unknown> = {},
  ): void {
    this.#role.addToPolicy(
      new PolicyStatement({ actions: [...actions], resources: [...resources], conditions }),
    )
  }

  /**
   * It puts messages on the queue that it works from: work done piece by piece, each of them once. Lambda would
   * stop that after about sixteen rounds.
   */
  allowRecursion(): void {
    const resource = this.lambda.node.defaultChild
    if (!(resource instanceof CfnFunction)) throw new Error(`function ${this.name} has no resource`)
    resource.recursiveLoop = RecursiveLoop.ALLOW
  }

  /** @throws when the function has it already. */
  setVariable(variable: Variable, value: string): void {
    if (this.#variables.has(variable)) throw new Error(`function ${this.name} has ${variable} already`)
    this.#variables.add(variable)
    this.lambda.addEnvironment(variable, value)
  }

  /** The entry runs elsewhere and later: what it reads is told from its text, and that of its adapters. */
  #mismatches(): string[] {
    const entry = readFileSync(join(root, this.#entry), 'utf8')
    const adapters = [...entry.matchAll(/'\.\.(\/adapters\/[\w-]+\.ts)'/g)].map(([, file]) =>
      readFileSync(join(root, 'functions', String(file)), 'utf8'),
    )
    const text = [entry, ...adapters].join('\n')
    const isRead = (variable: Variable): boolean => new RegExp(`\\b${variable}\\b`).test(text)
    return variables
      .filter((variable) => isRead(variable) !== this.#variables.has(variable))
      .map((variable) =>
        isRead(variable)
          ? `function ${this.name} reads ${variable}, which nothing sets`
          : `function ${this.name} does not read ${variable}`,
      )
  }
}
