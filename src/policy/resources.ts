import type { ConstraintName, Resource } from './types.ts'

/** The pattern languages: `match/path-glob.ts`, `match/host-glob.ts`, `shell/`, `match/name-glob.ts`. */
export type PatternKind = 'path' | 'host' | 'words' | 'name'

export interface ResourceEntry {
  /** Each action a person may write, with the acts it stands for: `write` is create, change and delete. */
  readonly actions: Readonly<Record<string, readonly string[]>>
  /** What is proposed where an action is missing. */
  readonly usualAction?: string
  readonly pattern: PatternKind
  /** Where a left-out pattern means `*`. */
  readonly patternOptional?: 'always' | 'uri'
  readonly constraints: readonly ConstraintName[]
  readonly about: string
  /** A capability that a person could write, in the short spelling. */
  readonly example: string
  /** A request that a person could ask about. */
  readonly exampleRequest: string
}

const quota = ['rate', 'max', 'expires'] as const
const effort = ['timeout', 'memory', 'disk', 'output', 'cpu', 'processes'] as const
const methods = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const

/** The one table of what a rule can be about. */
export const resources: Readonly<Record<Resource, ResourceEntry>> = {
  file: {
    actions: { ...each('read', 'create', 'change', 'delete'), write: ['create', 'change', 'delete'] },
    usualAction: 'read',
    pattern: 'path',
    constraints: ['expires'],
    about: 'files and folders; read is open, list and execute',
    example: 'file:src/**:read,write',
    exampleRequest: 'file:src/index.ts:read',
  },
  http: {
    // `other` is what no method names: a tunnel, whose requests nobody sees, and any further method.
    actions: { ...each(...methods), request: [...methods, 'other'] },
    usualAction: 'request',
    pattern: 'host',
    constraints: ['timeout', ...quota],
    about: 'hosts on the network, by name, port, method and path',
    example: 'http:api.example.com/v1/*:get',
    exampleRequest: 'http:api.example.com:request',
  },
  shell: {
    actions: each('execute'),
    pattern: 'words',
    patternOptional: 'uri',
    constraints: [...effort, 'allowlist', 'everywhere', ...quota],
    about: 'commands, word by word',
    example: 'shell:npm run *',
    exampleRequest: 'shell:npm test',
  },
  run: {
    actions: {},
    pattern: 'name',
    constraints: [...effort, 'tokens', 'usd'],
    about: 'limits of a whole run, by agent',
    example: 'run:*{timeout:30m,memory:4GB}',
    exampleRequest: 'run:command{timeout:30m}',
  },
  env: {
    actions: each('read'),
    pattern: 'name',
    constraints: ['expires'],
    about: 'environment variables',
    example: 'env:LC_*',
    exampleRequest: 'env:LC_ALL',
  },
  secret: {
    actions: each('use'),
    pattern: 'name',
    constraints: ['to', ...quota],
    about: "secrets used on an agent's behalf and never shown to it",
    example: 'secret:deploy-key{to:api.example.com}',
    exampleRequest: 'secret:deploy-key{to:api.example.com}',
  },
  git: {
    actions: each('commit', 'push', 'force-push', 'delete', 'tag'),
    pattern: 'name',
    constraints: ['remote', ...quota],
    about: 'what happens to branches and tags',
    example: 'git:main:push',
    exampleRequest: 'git:main:push',
  },
  mcp: {
    actions: each('call'),
    pattern: 'name',
    constraints: ['timeout', 'output', ...quota],
    about: 'tools of MCP servers, as `server/tool`',
    example: 'mcp:files/read_*',
    exampleRequest: 'mcp:files/read_text',
  },
  browser: {
    actions: each('navigate'),
    pattern: 'host',
    constraints: ['timeout', ...quota],
    about: 'pages a browser is sent to',
    example: 'browser:docs.example.com/*',
    exampleRequest: 'browser:docs.example.com',
  },
  model: {
    actions: each('use'),
    pattern: 'name',
    constraints: ['timeout', 'tokens', 'usd', ...quota],
    about: 'language models, as `provider/model`',
    example: 'model:anthropic/*{usd:5/day}',
    exampleRequest: 'model:anthropic/claude',
  },
  memory: {
    actions: each('read', 'write'),
    pattern: 'name',
    constraints: quota,
    about: 'what agents remember, as `scope/key`',
    example: 'memory:project/*:read',
    exampleRequest: 'memory:project/notes:read',
  },
  agent: {
    actions: each('spawn', 'message'),
    pattern: 'name',
    patternOptional: 'always',
    constraints: quota,
    about: 'other agents, by name',
    example: 'agent:researcher:spawn{max:5}',
    exampleRequest: 'agent:researcher:spawn',
  },
  task: {
    actions: each('create', 'update', 'approve'),
    pattern: 'name',
    constraints: quota,
    about: 'tasks, by kind',
    example: 'task:*:create,update',
    exampleRequest: 'task:review:create',
  },
}

export function isResource(word: string): word is Resource {
  return Object.hasOwn(resources, word)
}

/** Acts as bits, so that a match of actions is one `&`. A resource without actions has one unnamed act. */
export function actBits(resource: Resource, actions: readonly string[]): number {
  const { actions: table } = resources[resource]
  const acts = Object.keys(table).length === 0 ? [''] : actions.flatMap((action) => actsOf(table, action))
  return acts.reduce((bits, act) => bits | (1 << bitOf(resource, act)), 0)
}

function each(...names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, [name]]))
}

function actsOf(table: ResourceEntry['actions'], action: string): readonly string[] {
  return (Object.hasOwn(table, action) ? table[action] : undefined) ?? []
}

function bitOf(resource: Resource, act: string): number {
  return act === '' ? 0 : [...new Set(Object.values(resources[resource].actions).flat())].indexOf(act)
}
