export interface ProxyPorts {
  readonly http: number
  readonly socks: number
}

/** Where the forwarder listens, on the loopback of the sandbox's own network namespace: no other run can be in the way. */
export const proxyPorts: ProxyPorts = { http: 3128, socks: 1080 }

/** The variables by which curl, git, npm, pip, current Node, cargo, Go, Maven and the like find the proxy as they are. */
export function proxyEnv(ports: ProxyPorts = proxyPorts): Record<string, string> {
  const http = `http://127.0.0.1:${ports.http}`
  // `h`: the name goes to the proxy, since nothing inside can resolve one.
  const socks = `socks5h://127.0.0.1:${ports.socks}`
  const direct = 'localhost,127.0.0.1,::1'
  const java = ['http', 'https'].map((to) => `-D${to}.proxyHost=127.0.0.1 -D${to}.proxyPort=${ports.http}`)
  return {
    ...inBothCases({ HTTP_PROXY: http, HTTPS_PROXY: http, ALL_PROXY: socks, NO_PROXY: direct }),
    // Above a proxy that a project's own .npmrc or .yarnrc names.
    npm_config_proxy: http,
    npm_config_https_proxy: http,
    npm_config_noproxy: direct,
    YARN_HTTP_PROXY: http,
    YARN_HTTPS_PROXY: http,
    NODE_USE_ENV_PROXY: '1',
    // Java reads properties, and Maven from 3.9 on these only where it is told to. What both start has none of it.
    MAVEN_OPTS: [...java, '-Daether.connector.http.useSystemProperties=true'].join(' '),
    GRADLE_OPTS: java.join(' '),
  }
}

function inBothCases(variables: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => [
      [name, value],
      [name.toLowerCase(), value],
    ]),
  )
}
