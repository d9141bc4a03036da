#!/usr/bin/env node
// Plain old syntax: this file must parse in an old Node too, so that it can say a sentence and not a stack. Builtins are
// asked for and not imported: an ES module's import of `fs` loads all of its streams, which costs 3 ms of every start.
const main = new URL('../dist/cli/main.js', import.meta.url)

// What the database's driver is built for: Node 22.14 and 23.6 brought it. In an older one it crashes.
if (!(Number(process.versions.napi) >= 10)) {
  // A checkout has brought one along.
  const own = new URL('../node_modules/.bin/node', import.meta.url)
  const isThere =
    process.getBuiltinModule === undefined ? () => false : process.getBuiltinModule('fs').existsSync
  const where = isThere(own)
    ? `this checkout has one: ${decodeURIComponent(own.pathname)}`
    : 'get one from https://nodejs.org'
  process.stderr.write(`oos: needs Node 22.14 or newer, and this is ${process.versions.node}; ${where}\n`)
  process.exitCode = 4
} else if (!process.getBuiltinModule('fs').existsSync(main)) {
  process.stderr.write('oos: this checkout is not built yet; type `npm run build`\n')
  process.exitCode = 1
} else {
  import(main.href).then((cli) => cli.main())
}
