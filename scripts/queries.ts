import { writeFileSync } from 'node:fs'
import { renderCompiledQueries } from '../src/store/queries.ts'

writeFileSync(new URL('../src/store/compiled.ts', import.meta.url), renderCompiledQueries())
